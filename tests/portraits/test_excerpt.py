"""The beginning of somebody's words: whole sentences, marked, never rewritten."""

import pytest

from portraits.excerpt import CUT, cut

pytestmark = pytest.mark.one_database
LONG = "Réjean a déneigé l’escalier de ma mère. Il a refusé le café ! Il a dit : à la prochaine bordée."


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        (LONG, 200, LONG),
        (LONG, len(LONG), LONG),
        (LONG, len(LONG) - 1, "Réjean a déneigé l’escalier de ma mère. Il a refusé le café !" + CUT),
        (LONG, 60, "Réjean a déneigé l’escalier de ma mère." + CUT),
        (LONG, 42, None),
        ("Merci à M. Roy qui nous a aidés. Et à Mme Li.", 40, "Merci à M. Roy qui nous a aidés." + CUT),
        ("Merci à M. Roy qui nous a aidés. Et à Mme Li.", 30, None),
        ("Oh ! que la rue est belle. Merci.", 32, "Oh ! que la rue est belle." + CUT),
        (
            "Elle a dit : « Merci beaucoup. Revenez ! » Et elle est partie.",
            50,
            "Elle a dit : « Merci beaucoup. Revenez ! »" + CUT,
        ),
        ("Elle a dit : « Merci beaucoup. Revenez ! » Et elle est partie.", 40, None),
        ("Quelle patience… Merci mille fois à vous.", 30, "Quelle patience…" + CUT),
        ("Il est bon. […] Puis il est parti. Loin.", 22, "Il est bon. […]"),
        ("Merci à Mme. Roy pour tout. Et à vous.", 20, None),
        ('Il a dit "Je pars. Merci." et voilà, c’est fini.', 22, None),
        ("", 10, ""),
    ],
)
def test_it_is_cut_after_a_sentence_or_not_at_all(text, most, expected):
    assert cut(text, most) == expected


def test_what_is_kept_is_what_was_written():
    for most in range(len(LONG)):
        kept = cut(LONG, most)
        if kept is not None:
            assert len(kept) <= most
            assert LONG.startswith(kept.removesuffix(CUT))
