"""H-score: the share of stained tumour cells, weighted by intensity.

Source: McCarty KS Jr et al., Cancer Research 1986;46(8 Suppl):4244s-4248s.
"""

from __future__ import annotations

RULE = "h-score"
VERSION = "1.0"


def h_score(percent_1plus: int, percent_2plus: int, percent_3plus: int) -> int:
    """Return 1 × (% 1+) + 2 × (% 2+) + 3 × (% 3+), from 0 to 300; ValueError when the shares exceed 100 %.

    >>> h_score(20, 30, 40)
    200
    """
    shares = (percent_1plus, percent_2plus, percent_3plus)
    if min(shares) < 0 or sum(shares) > 100:
        raise ValueError("The percentages must be 0 or more and at most 100 together.")
    return percent_1plus + 2 * percent_2plus + 3 * percent_3plus
