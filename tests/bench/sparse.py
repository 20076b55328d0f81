# SPDX-License-Identifier: GPL-2.0
"""What is made of tests/bench/sparse.sh's measurements: results and their table."""

SCRIPT = "tests/bench/sparse.sh"
PART = "sparse"
TIMEOUT = 1800
# Links as wires.sh has them.
ROWS = {
    "bursts": ("20^20%2/20", "20^20%2/20"),
    "normal": ("20~6%2/20", "20~6%2/20"),
    "wild": ("40~20%2/20", "40~20%2/20"),
    "unlike": ("20^20%2/20", "35^20%2/20"),
}
MODES = ("off", "sparse")
LOSS_TARGET = 0.1       # percent
LATER_TARGET = 10.0     # ms, of 99 in 100, above the median by the first link alone
EXTRA_TARGET = 5.0      # percent of what the links carry
# Of a packet on a link, all headers included, and the seconds of a measurement.
FRAME, SECONDS = 182, 105

NOTES = f"""\
A call, 50 UDP packets of 100 bytes a second, for 100 seconds, one way over links that lose
2 % each. DELAY^BURST%LOSS/RATE and DELAY~JITTER%LOSS/RATE in ms and Mbit/s:
{chr(10).join(f'  {name}: {", ".join(links)}' for name, links in ROWS.items())}
^20: packets arrive in bursts that are up to 20 ms apart. ~6: the standard deviation of the
delay; the order stays. link: the first link by itself. off, sparse: mplink's gre-udp with
that duplicate, policy adaptive. Extra: the copies' part of what the links carry.
Targets, of sparse: lost at most {LOSS_TARGET:g} %; 99 in 100 at most {LATER_TARGET:g} ms above the first
link's median; extra below {EXTRA_TARGET:g} %.
"""


def arguments():
    return [f"{name}:{','.join(links)}" for name, links in ROWS.items()]


def judged():
    return [f"{PART}.{name}.sparse.{what}" for name in ROWS
            for what in ("lost_percent", "p99_ms", "extra_percent")]


def results(said):
    """Of KEY -> numbers, as the guest says them."""
    found = {}
    for name, links in ROWS.items():
        carried = sum(float(link.split("/")[1]) for link in links) * 1e6 / 8 * SECONDS
        for mode in "link", *MODES:
            lost, _, _, _, median, _, sent, p99 = said[f"{PART}.{name}.{mode}"]
            here = f"{PART}.{name}.{mode}"
            found |= {f"{here}.lost_percent": round(lost / sent * 100, 3),
                      f"{here}.median_ms": round(median / 1e3, 1),
                      f"{here}.p99_ms": round(p99 / 1e3, 1)}
            if mode != "link":
                copies = said[f"copies.{name}.{mode}"][0]
                found[f"{here}.copies"] = copies
                found[f"{here}.extra_percent"] = round(copies * FRAME / carried * 100, 2)
    return found


def table(found):
    """Prints what was measured, and returns how many targets were missed."""
    count = 0
    print(f"\n{'a call':<18}{'lost':>9}{'median':>10}{'99 in 100':>11}{'extra':>9}")
    for name in ROWS:
        for mode in "link", *MODES:
            here = f"{PART}.{name}.{mode}"
            extra = found.get(f"{here}.extra_percent")
            print(f"{f'{name}, {mode}':<18}{found[f'{here}.lost_percent']:>7.2f} %"
                  f"{found[f'{here}.median_ms']:>7.1f} ms{found[f'{here}.p99_ms']:>8.1f} ms"
                  + ("" if extra is None else f"{extra:>7.2f} %"))
        here = f"{PART}.{name}.sparse"
        late = found[f"{PART}.{name}.link.median_ms"] + LATER_TARGET
        said = []
        for what, target in (("lost_percent", LOSS_TARGET), ("p99_ms", late),
                             ("extra_percent", EXTRA_TARGET)):
            bad = found[f"{here}.{what}"] > target
            count += bad
            said.append(f"{what.split('_', maxsplit=1)[0]} {'MISSED' if bad else 'ok'} "
                        f"(at most {target:.4g})")
        print("    " + ", ".join(said))
    print("\n" + NOTES, end="")
    return count
