"""What every benchmark does the same way: two actions measured in turn, one row per figure, a dated file of results."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).resolve().parent.parent / "results"


def seconds(action: Callable[[], object], clock: Callable[[], float]) -> float:
    began = clock()
    action()
    return clock() - began


def by_turns(action, peer, times: int, clock=time.process_time) -> list[float]:
    """Medians of both in seconds, measured in turn. Processor time by default: what is all computing must not be judged by
    whatever else the machine does."""
    for warm in (action, peer):
        warm()
    pairs = [(seconds(action, clock), seconds(peer, clock)) for _ in range(times)]
    return [statistics.median(column) for column in zip(*pairs, strict=True)]


def figure(name: str, unit: str, value: float, goal: str, peer: str | None = None, peer_value: float | None = None):
    """One row. The goal (« <= 10 ») applies to the ratio where there is a peer, else to the value."""
    ratio = None if peer_value is None else round(value / peer_value, 3)
    row = {"figure": name, "unit": unit, "value": round(value, 4), "peer": peer}
    row |= {"peer_value": None if peer_value is None else round(peer_value, 4), "ratio": ratio, "goal": goal}
    return row | {"holds": (value if ratio is None else ratio) <= float(goal.split()[1])}


def machine(database: str) -> str:
    """Processors, Python, database, and how busy the machine was."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    processor = names[0] if names else platform.machine()
    return f"{os.cpu_count()} × {processor}, Python {platform.python_version()}, {database}, load {load}"


def publish(name: str, rows: Iterable[dict], database: str) -> bool:
    """Write results/<name>.json and print the table. Whether every goal holds."""
    rows = [row | {"machine": machine(database), "date": f"{datetime.now(UTC):%Y-%m-%d}"} for row in rows]
    (RESULTS / f"{name}.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    for row in rows:
        beside = f"  {row['ratio']} × {row['peer']} ({row['peer_value']} {row['unit']})" if row["peer"] else ""
        verdict = "ok" if row["holds"] else "NO"
        print(f"{verdict} {row['figure']}: {row['value']} {row['unit']}{beside}  goal {row['goal']}")
    return all(row["holds"] for row in rows)
