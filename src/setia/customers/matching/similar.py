"""How alike two short texts are, in plain Python, for one record beside a few hundred others.

DuckDB has the same measures for millions of pairs; a test holds the two together.
"""


def jaro_winkler(a: str, b: str) -> float:
    """Similarity of Winkler (1990), 0 to 1: weight .1 for up to four first letters, where Jaro's is above .7."""
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    reach = max(len(a), len(b)) // 2 - 1
    reach = max(reach, 0)
    taken = [False] * len(b)
    mine: list[str] = []
    for place, letter in enumerate(a):
        for at in range(max(0, place - reach), min(len(b), place + reach + 1)):
            if not taken[at] and b[at] == letter:
                taken[at] = True
                mine.append(letter)
                break
    if not mine:
        return 0.0
    common = len(mine)
    theirs = [letter for letter, was in zip(b, taken, strict=True) if was]
    swaps = sum(x != y for x, y in zip(mine, theirs, strict=True)) // 2
    jaro = (common / len(a) + common / len(b) + (common - swaps) / common) / 3
    if jaro <= 0.7:
        return jaro
    prefix = 0
    for x, y in zip(a[:4], b[:4], strict=False):
        if x != y:
            break
        prefix += 1
    return jaro + prefix * 0.1 * (1 - jaro)


def within_one(a: str, b: str) -> bool:
    """Whether one letter added, left out, changed, or two neighbours swapped make one text of the other."""
    if a == b:
        return True
    if len(a) > len(b):
        a, b = b, a
    if len(b) - len(a) > 1:
        return False
    at = 0
    while at < len(a) and a[at] == b[at]:
        at += 1
    if len(a) < len(b):
        return a[at:] == b[at + 1 :]
    return a[at + 1 :] == b[at + 1 :] or (
        at + 1 < len(a) and a[at] == b[at + 1] and a[at + 1] == b[at] and a[at + 2 :] == b[at + 2 :]
    )
