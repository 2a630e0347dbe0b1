#!/usr/bin/env python3
"""Vérifie un reçu d’accord sans l’application, sans réseau et sans rien installer : Python 3.10 ou plus récent suffit.

    python3 verify_receipt.py recu.json
    python3 verify_receipt.py recu.json --ledger registre.jsonl

Le registre est une suite de lignes. L’empreinte d’une ligne est le SHA-256 de son contenu suivi de l’empreinte de la ligne
précédente : changer une seule lettre change toutes les empreintes qui suivent. Ce programme refait le calcul pour les
lignes du reçu, les compare à ce que le reçu dit en mots, puis, avec --ledger, au registre que la Ville a exporté.
Il écrit ce qu’il trouve et finit avec 0 si tout tient, 1 si quelque chose ne tient pas, 2 si un fichier ne se lit pas.
"""

import argparse
import hashlib
import itertools
import json
import sys

FIRST = "0" * 64  # ce que suit la ligne 1
FIELDS = ("seq", "at", "kind", "body", "prev", "hash")


def digest(line):
    """L’empreinte d’une ligne : SHA-256 du JSON de [seq, at, kind, body], puis de l’empreinte précédente."""
    content = [line["seq"], line["at"], line["kind"], line["body"]]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256((text + line["prev"]).encode("utf-8")).hexdigest()


def chain(lines):
    """Ce qui ne tient pas dans une suite de lignes."""
    previous = None
    for line in lines:
        number = line["seq"]
        if digest(line) != line["hash"]:
            yield f"La ligne {number} a été modifiée : son empreinte ne correspond pas à son contenu."
        if previous is not None and number <= previous["seq"]:
            yield f"La ligne {number} n’est pas à sa place."
        if previous is not None and number == previous["seq"] + 1 and line["prev"] != previous["hash"]:
            yield f"La ligne {number} ne suit pas la ligne {previous['seq']} : l’une des deux a été réécrite."
        if number == 1 and line["prev"] != FIRST:
            yield "La première ligne du registre en suit une autre."
        previous = line


def head(lines, found):
    """La tête que le reçu annonce est bien celle de sa dernière ligne."""
    last = lines[-1]
    if found["seq"] < last["seq"]:
        yield f"La tête annoncée ({found['seq']}) vient avant la dernière ligne du reçu ({last['seq']})."
    elif found["seq"] == last["seq"] and found["hash"] != last["hash"]:
        yield f"La tête annoncée n’est pas l’empreinte de la ligne {last['seq']}."


def words(receipt, lines):
    """Ce que le reçu dit en mots est ce que disent ses lignes."""
    known = {line["seq"]: line for line in lines}
    for service in receipt["services"]:
        for purpose in service["purposes"]:
            line = known.get(purpose["line"])
            if line is None:
                yield f"« {purpose['purpose']} » renvoie à la ligne {purpose['line']}, que le reçu ne contient pas."
                continue
            body = line["body"]
            said = (purpose["decision"], purpose["usage"], purpose["until"], purpose["rendering"])
            kept = (line["kind"], body.get("usage"), body.get("ends_at"), body.get("rendering") or None)
            if said != kept:
                yield f"« {purpose['purpose']} » ne dit pas la même chose que la ligne {line['seq']}."
            if body.get("person") != receipt["piiPrincipalId"]:
                yield f"La ligne {line['seq']} parle de quelqu’un d’autre."


def ledger(lines, found, exported):
    """Le registre exporté est entier, et contient les lignes du reçu telles quelles."""
    yield from chain(exported)
    missing = [one["seq"] for one, after in itertools.pairwise(exported) if after["seq"] > one["seq"] + 1]
    for number in missing:
        yield f"Il manque des lignes au registre après la ligne {number}."
    if exported and exported[0]["seq"] != 1:
        yield f"Le registre exporté ne commence qu'à la ligne {exported[0]['seq']}."
    there = {line["seq"]: line["hash"] for line in exported}
    for line in [*lines, found]:
        if line["seq"] not in there:
            yield f"Le registre exporté n’a pas la ligne {line['seq']} : elle en a été retirée, ou l’export est plus ancien."
        elif there[line["seq"]] != line["hash"]:
            yield f"La ligne {line['seq']} du registre n’est pas celle du reçu : le registre a été réécrit."


def check(line):
    """La ligne a tous ses champs, sinon ValueError."""
    if not isinstance(line, dict) or set(line) != set(FIELDS) or not isinstance(line["body"], dict):
        raise ValueError("une ligne du registre est incomplète")
    return line


def read_receipt(path):
    """Le reçu, ses lignes et sa tête."""
    with open(path, encoding="utf-8") as file:
        receipt = json.load(file)
    lines = [check(line) for line in receipt["ledger"]["lines"]]
    if not lines:
        raise ValueError("le reçu ne contient aucune ligne du registre")
    return receipt, lines, receipt["ledger"]["head"]


def read_ledger(path):
    """Les lignes d’un registre exporté, une par ligne de texte."""
    with open(path, encoding="utf-8") as file:
        return [check(json.loads(text)) for text in file if text.strip()]


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Vérifie un reçu d’accord, sans l’application et sans réseau.")
    parser.add_argument("receipt", metavar="recu.json", help="le reçu joint au courriel")
    parser.add_argument("--ledger", metavar="registre.jsonl", help="le registre exporté par la Ville")
    options = parser.parse_args(arguments)
    try:
        receipt, lines, found = read_receipt(options.receipt)
        gaps = [*chain(lines), *head(lines, found), *words(receipt, lines)]
        exported = read_ledger(options.ledger) if options.ledger else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        print(f"Ce fichier ne se lit pas comme un reçu ou un registre : {problem}", file=sys.stderr)
        return 2
    if exported is not None:
        gaps += ledger(lines, found, exported)
    for gap in gaps:
        print(gap)
    if gaps:
        print("Ce reçu ne tient pas.")
        return 1
    count = len(lines)
    print(f"Ce reçu tient : {count} ligne{'s' if count > 1 else ''}, jusqu'à la tête {found['seq']}:{found['hash']}")
    if exported is None:
        print("Avec --ledger, il serait aussi comparé au registre de la Ville.")
    else:
        print(f"Le registre de {len(exported)} lignes est entier et contient ce reçu.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
