# SPDX-License-Identifier: GPL-2.0
"""What is made of tests/bench/real.sh's measurements: results and their tables."""

import dataclasses

from goodput import SHARE

SCRIPT = "tests/bench/real.sh"
PART, MORE = "real", "real.more"
TIMEOUT = 3600


@dataclasses.dataclass(frozen=True)
class Row:
    """Links as wires.sh has them, DELAY/RATE and more; Mbit/s that mplink must reach."""
    links: tuple
    first: float = 0
    rest: float = 0
    of_links: float = 0     # percent of what the links give by themselves, added
    sender: str = "cubic"
    then: str = ""          # what the first link is like for ten seconds after the first ten
    back: float = 0         # once the link is as before, again
    eight: float = 0        # eight flows, in the eight seconds after their first ten, added

    def delay(self):
        """Of the fastest link, in ms."""
        return min(int(link[:len(link) - len(link.lstrip("0123456789"))]) for link in self.links)


UNWEIGHTED = ("5/20", "20/10", "50/5")
DELAY = ("5/20", "20/20", "50/20")
ROWS = {
    "unweighted": Row(UNWEIGHTED, 28, 31.5),
    "delay": Row(DELAY, 50, 54.5),
    "jitter": Row(("20/20", "40^25/20", "30/20"), 48, 53),
    "sag": Row(("10/20", "10/20", "10/20"), rest=39, then="10/4", back=53),
    "delay-bbr": Row(DELAY, 45, 53, sender="bbr"),
    "unweighted-bbr": Row(UNWEIGHTED, 24, 30, sender="bbr"),
    "pair-40ms": Row(("20/50", "40/50"), of_links=90),
    "pair-70ms": Row(("20/50", "70/50"), of_links=90),
    "pair-120ms": Row(("20/50", "120/50"), of_links=90),
    "pair-12mbit": Row(("20/50", "20/12"), of_links=90),
    "pair-10mbit": Row(("20/100", "20/10"), of_links=90),
    "pair-lossy": Row(("8/300", "40~8%0.5/30")),
    "lossy-one": Row(("5%1/20", "5/20", "5/20"), 50, 54.5),
    "lossy-all": Row(("10%0.5/20", "30%0.5/20", "50%0.5/20"), 40, 50, eight=54),
    "lte": Row(("10/30", "35^15%0.2/15+600", "45^20%0.5/8+800"), 40, 46),
    "dual-lte": Row(("30~~5%0.5/40", "45~~8%0.5/25"), 40, 54),
}
MORE_ROWS = ("unweighted", "delay")
MECHANISMS = ("single", "sum", "mptcp", "mplink")
PROBE_TARGET = 30.0     # ms above the fastest link's delay, of 95 in 100 small packets
IDLE_TARGET = 1.0       # the same on an idle bundle: sending the packet is in it
JAIN_TARGET = 0.95
BOTH_TARGET = 90.0      # percent of what a direction gets alone
LOSS_TARGET = 0.1       # percent of UDP packets

_LINKS = "\n".join(f"  {name}: {', '.join(row.links)}{', BBR' if row.sender == 'bbr' else ''}"
                   for name, row in ROWS.items())

NOTES = f"""\
Mbit/s of TCP payload that one flow's receiver reads: in the first ten seconds, from before
the flow connects, and in the eight seconds after them. Nobody tells mplink anything but
NICs and remotes: gre-udp, policy adaptive, both ends, no weights. Debian's stock settings:
CUBIC with HyStart, or BBR, at the sender. One CPU that runs an instruction a nanosecond;
"idle" is what was left of it beside mplink's flow.
Links, DELAY/RATE in ms (one way) and Mbit/s; a packet queues for at most 100 ms (+600: 600 ms):
{_LINKS}
^25: packets arrive in bursts that are up to 25 ms apart. ~8: the standard deviation of the
delay. ~~5: the same, and the link reorders. %0.5: the link loses so many percent.
The pairs are a field benchmark's of user-space multipath tunnels, none of them scaled down.
single: the best of the row's links by itself. sum: all of the row's links by themselves,
added, less the outer headers' share. mptcp: a subflow for each link, CUBIC.
sag: the first link falls to 4 Mbit/s after ten seconds. "Rest" are the nine seconds from
one second after that on. Ten seconds after its fall the link is as before; "back" are the
five seconds from five seconds after that on.
lossy-all: "eight" are eight flows over mplink, in the eight seconds after their first ten.
Probe: beside the flow, for all of its time, 50 UDP packets a second of 100 bytes; the
delay of half of them, and of 95 in 100, is at most this. Beside the best single link's
flow they share that link's queue.
Targets: the numbers given; for pairs of which none loses, a share of the single runs, added;
never below the best single link; 95 in 100 probes take at most {PROBE_TARGET:g} ms longer than the
fastest link's delay.
"""
NOTES_MORE = f"""\
Of mplink alone, set up as above. Eight flows: eight seconds after the first ten, added, and
Jain's index of fairness. Both directions: a flow each way at once, each in percent of what it
gets alone. UDP: 1,400 bytes evenly spaced, 90 % of the links' rates with all headers; lost of
those sent after the first two seconds. Idle: the probe without any flow beside it, and how
much longer 95 in 100 take than the fastest link's delay (at most {IDLE_TARGET:g} ms, for the time to
send a packet and the CPU's).
"""


def parts():
    """What tests/bench/run measures for the part real; each row is a part of its own, too."""
    return [f"{PART}.{name}" for name in ROWS]


def arguments(wanted):
    """What the guest is to measure for these parts; none of them: all."""
    lines = [f"table:{name}:{row.sender}:{','.join(row.links)}:{row.then}:"
             + ("eight" if row.eight else "")
             for name, row in ROWS.items()
             if not wanted or PART in wanted or f"{PART}.{name}" in wanted]
    if not wanted or MORE in wanted:
        lines += [f"more:{name}:cubic:{','.join(ROWS[name].links)}" for name in MORE_ROWS]
    return lines


def _judged(name, row):
    keys = [f"{mechanism}.{when}" for mechanism in MECHANISMS for when in ("first", "rest")
            if mechanism != "mptcp" or row.sender == "cubic"]
    keys += ["mplink.back"] if row.then else []
    keys += ["mplink.eight"] if row.eight else []
    return [f"{PART}.{name}.{key}" for key in [*keys, "mplink.probe_p95_ms"]]


def judged():
    """Part -> the keys that --check wants."""
    rows = {f"{PART}.{name}": _judged(name, row) for name, row in ROWS.items()}
    more = [f"{PART}.{name}.mplink.{key}" for name in MORE_ROWS for key in
            ("eight", "jain", "both_out_percent", "both_back_percent", "udp_loss_percent",
             "idle_p95_ms")]
    return {PART: [key for keys in rows.values() for key in keys], **rows, MORE: more}


def _probe(said, key):
    """Median and 95th percentile in ms; of eight numbers, those are the fifth and the sixth."""
    numbers = said[f"probe.{key}"]
    return {"probe_median_ms": round(numbers[4] / 1e3, 1),
            "probe_p95_ms": round(numbers[5] / 1e3, 1)}


def _row(said, name, row):
    keys = [f"{PART}.link.{row.sender}.{link}" for link in row.links]
    here = f"{PART}.{name}"
    if f"{here}.mplink" not in said:
        return {}
    best = max(keys, key=lambda key: said[key][0])
    found = {"single.first": said[f"start.{best}"][0], "single.rest": said[best][0],
             "sum.first": sum(said[f"start.{key}"][0] for key in keys) * SHARE,
             "sum.rest": sum(said[key][0] for key in keys) * SHARE,
             "mplink.idle_cpu_percent": said[f"idle_cpu.{here}.mplink"][0]}
    if row.eight:
        found["mplink.eight"] = sum(said[f"{here}.mplink.eight"])
    for mechanism in "mptcp", "mplink":
        key = f"{here}.{mechanism}"
        if key in said:
            found[f"{mechanism}.first"] = said[f"start.{key}"][0]
            # Of a row that changes: the first second, nine more, then twice five.
            found[f"{mechanism}.rest"] = said[key][1 if row.then else 0]
            if row.then:
                found[f"{mechanism}.back"] = said[key][3]
    for mechanism, key in ("single", best), ("mplink", f"{here}.mplink"):
        found |= {f"{mechanism}.{what}": value for what, value in _probe(said, key).items()}
    return {f"{here}.{key}": round(value, 2) for key, value in found.items()}


def jain(shares):
    """1: all are equal; one in so many: one has all."""
    return sum(shares) ** 2 / (len(shares) * sum(share ** 2 for share in shares))


def _more(said, name):
    here = f"more.{name}"
    if f"{here}.idle" not in said:
        return {}
    eight, udp = said[f"{here}.eight"], said[f"{here}.udp"]
    found = {"eight": sum(eight), "jain": jain(eight),
             "udp_loss_percent": udp[0] / udp[6] * 100,
             "idle_p95_ms": said[f"{here}.idle"][5] / 1e3}
    for way in "out", "back":
        alone, both = said[f"{here}.{way}"][0], said[f"{here}.both.{way}"][0]
        found |= {f"alone_{way}": alone, f"both_{way}": both,
                  f"both_{way}_percent": both / alone * 100}
    return {f"{PART}.{name}.mplink.{key}": round(value, 3) for key, value in found.items()}


def results(said):
    """Of KEY -> numbers, as the guest says them."""
    found = {}
    for name, row in ROWS.items():
        found |= _row(said, name, row)
    for name in MORE_ROWS:
        found |= _more(said, name)
    return found


def _targets(found, name, row):
    """(What, value, whether it must be at least or at most, target)."""
    value = {key: found[f"{PART}.{name}.{key}"] for key in
             ("single.first", "single.rest", "sum.rest", "mplink.first", "mplink.rest",
              "mplink.probe_p95_ms")}
    rest = max(row.rest, row.of_links / 100 * value["sum.rest"] / SHARE)
    targets = [("first", value["mplink.first"], 1, max(row.first, value["single.first"])),
               ("rest", value["mplink.rest"], 1, max(rest, value["single.rest"])),
               ("probe", value["mplink.probe_p95_ms"], -1, row.delay() + PROBE_TARGET)]
    if row.then:
        targets.insert(2, ("back", found[f"{PART}.{name}.mplink.back"], 1, row.back))
    if row.eight:
        targets.insert(2, ("eight", found[f"{PART}.{name}.mplink.eight"], 1, row.eight))
    return targets


def _verdicts(targets):
    """One word a target, and how many are missed."""
    said, count = [], 0
    for what, value, sign, target in targets:
        bad = (value - target) * sign < 0
        count += bad
        said.append(f"{what} {'MISSED' if bad else 'ok'} "
                    f"({'at least' if sign > 0 else 'at most'} {target:.4g})")
    return ", ".join(said), count


def _cell(found, key):
    values = [found.get(f"{key}.{when}") for when in ("first", "rest")]
    return f"{'-':>13}" if None in values else f"{values[0]:6.1f} /{values[1]:5.1f}"


def _table(found):
    rows = {name: row for name, row in ROWS.items() if f"{PART}.{name}.mplink.rest" in found}
    if not rows:
        return 0
    count = 0
    print(f"\n{'Mbit/s, first / rest':<20}"
          + "".join(f"{label:>13}" for label in ("best single", "sum", "MPTCP", "mplink"))
          + f"{'probe, ms':>14}{'single':>14}{'idle':>6}")
    for name, row in rows.items():
        key = f"{PART}.{name}"
        cells = "".join(_cell(found, f"{key}.{mechanism}") for mechanism in MECHANISMS)
        probes = "".join(f"{found[f'{key}.{mechanism}.probe_median_ms']:7.1f} /"
                         f"{found[f'{key}.{mechanism}.probe_p95_ms']:5.0f}"
                         for mechanism in ("mplink", "single"))
        print(f"{name:<20}{cells}{probes}{found[f'{key}.mplink.idle_cpu_percent']:4.0f} %")
        if row.then:
            backs = [found.get(f"{key}.{mechanism}.back") for mechanism in ("mptcp", "mplink")]
            print(f"{'    back':<46}" + "".join(f"{back:13.1f}" for back in backs))
        if row.eight:
            print(f"{'    eight flows':<59}{found[f'{key}.mplink.eight']:13.1f}")
        said, missed = _verdicts(_targets(found, name, row))
        print(f"    {said}")
        count += missed
    print("\n" + NOTES, end="")
    return count


def _more_table(found):
    rows = [name for name in MORE_ROWS if f"{PART}.{name}.mplink.eight" in found]
    count = 0
    for name in rows:
        row, value = ROWS[name], {}
        for key in judged()[MORE]:
            if key.startswith(f"{PART}.{name}."):
                value[key.rsplit(".", 1)[1]] = found[key]
        print(f"\n{name}")
        for label, unit, target in (
                ("eight flows", "Mbit/s", ("eight", 1, row.rest)),
                ("    Jain's index", "", ("jain", 1, JAIN_TARGET)),
                ("both directions: out, of alone", "%", ("both_out_percent", 1, BOTH_TARGET)),
                ("    back", "%", ("both_back_percent", 1, BOTH_TARGET)),
                ("UDP at 90 %: lost", "%", ("udp_loss_percent", -1, LOSS_TARGET)),
                ("probe, nothing beside it", "ms",
                 ("idle_p95_ms", -1, row.delay() + IDLE_TARGET))):
            key, sign, wanted = target
            bad = (value[key] - wanted) * sign < 0
            count += bad
            print(f"{label:<34}{value[key]:>10,.5g} {unit:<8}{'MISSED' if bad else 'ok'} "
                  f"({'at least' if sign > 0 else 'at most'} {wanted:g})")
    if rows:
        print("\n" + NOTES_MORE, end="")
    return count


def table(found):
    """Prints what was measured, and returns how many targets were missed."""
    return _table(found) + _more_table(found)
