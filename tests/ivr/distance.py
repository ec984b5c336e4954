"""How far a text is from another."""


def errors(wanted: str, got: str) -> int:
    """Characters to insert, drop or change: Levenshtein's distance."""
    row = list(range(len(got) + 1))
    for at, sign in enumerate(wanted, 1):
        before, row[0] = row[0], at
        for to, other in enumerate(got, 1):
            before, row[to] = row[to], min(row[to] + 1, row[to - 1] + 1, before + (sign != other))
    return row[-1]
