# SPDX-License-Identifier: GPL-2.0
"""What is made of tests/bench/failover.sh's measurements: results and their table."""

SCRIPT = "tests/bench/failover.sh"
FAILURES = ["admin", "carrier", "delete", "blackhole"]
MECHANISMS = [
    ("bonding.balance-rr", "bonding balance-rr"),
    ("bonding.active-backup", "bonding active-backup, miimon"),
    ("bonding.active-backup-arp", "bonding active-backup, ARP"),
    ("team.roundrobin", "team roundrobin"),
    ("ecmp", "ECMP route"),
    ("mplink.balance-rr", "mplink balance-rr"),
    ("mplink.balance-xor", "mplink balance-xor"),
    ("mplink.active-backup", "mplink active-backup"),
    ("mplink.broadcast", "mplink broadcast"),
]
REPLAYS = [
    ("mplink.replay", "2,000 of 200 bytes a second"),
    ("mplink.replay.both", "the same both ways"),
    ("mplink.replay.fast", "20,000 of 1,250 bytes a second"),
    ("mplink.replay.fast.wide", "    max-perflow-buffer 4096"),
]
TIMEOUT = 3600
PEER = "bonding.balance-rr"
ABOVE_PEER = 1.0        # ms that mplink's gap may be longer than the peer's
BLACKHOLE_GAP = 40.0    # ms, with BFD of 3 x 10 ms
ROUND_TRIP = 20.0       # ms, of cables where replay is measured
REPLAY_GAP = 2 * ROUND_TRIP + 25.0
REPLAY_NONE = "lost", "twice", "disorder"       # there is to be none

NOTES = f"""\
A link that carries a stream of 2,000 packets a second fails, and the stream goes on
for two seconds: packets lost, and the longest time in ms without one (0.5: as sent;
2,000: none ever came again). Time is the guest's, whose one CPU runs an instruction a
nanosecond; the command that makes the link fail is running already when it does.
admin: the NIC is set down. carrier: the far end goes down. delete: the NIC is deleted.
blackhole: the far end drops what comes and what it sends, and the carrier stays.
Bonds use miimon=100 or arp_interval=100, at both ends; ECMP hashes by flow, and ignores
ways whose carrier is off; mplink uses BFD, 3 x 10 ms, for the blackhole.
Targets: what mplink loses had left before the NIC, or BFD, said that the link is dead;
its gap is at most {ABOVE_PEER:g} ms longer than that of bonding balance-rr, and at most
{BLACKHOLE_GAP:g} ms for the blackhole.
replay: mplink over gre-udp, policy adaptive, without BFD, over cables of {ROUND_TRIP / 2:g} ms each way, which
lose what is in a NIC's queue when it goes. One death after the other, each of a new set-up:
packets lost, that came twice, and that came after a later one, in all of them, and the
longest time without a packet in any. Targets: none, none, none, and two round trips and
25 ms.
"""


def results(said):
    """Of KEY -> numbers, as the guest says them."""
    found, deaths = {}, {}
    for key, numbers in said.items():
        if key.rpartition(".")[2].isdigit():
            deaths.setdefault(key.rpartition(".")[0], []).append(numbers)
        else:
            found[f"{key}.lost"], found[f"{key}.gap_ms"], found[f"{key}.late"], *_ = numbers
    for key, several in deaths.items():
        lost, gaps, _, twice, disorder = zip(*several)
        found |= {f"{key}.lost": sum(lost), f"{key}.lost_most": max(lost),
                  f"{key}.twice": sum(twice), f"{key}.disorder": sum(disorder),
                  f"{key}.gap_ms": max(gaps), f"{key}.deaths": len(several)}
    return found


def missed(found, failure, mechanism):
    """Whether mplink missed a target in that failure."""
    key = f"failover.{failure}.{mechanism}"
    limit = BLACKHOLE_GAP
    if failure != "blackhole":
        limit = found[f"failover.{failure}.{PEER}.gap_ms"] + ABOVE_PEER
    return found[f"{key}.late"] > 0 or found[f"{key}.gap_ms"] > limit


def table(found):
    """Prints it, and returns how many targets were missed."""
    print(f"\n{'packets lost, longest gap in ms':<34}"
          + "".join(f"{failure:>14}" for failure in FAILURES) + "  target")
    count = 0
    for mechanism, label in MECHANISMS:
        cells, where = "", []
        for failure in FAILURES:
            key = f"failover.{failure}.{mechanism}"
            cells += f"{found[f'{key}.lost']:6,.0f}{found[f'{key}.gap_ms']:8,.1f}"
            if mechanism.startswith("mplink.") and missed(found, failure, mechanism):
                where.append(failure)
        verdict = "MISSED: " + ", ".join(where) if where else "ok"
        print(f"{label:<34}{cells}  {verdict if mechanism.startswith('mplink.') else ''}".rstrip())
        count += len(where)
    count += replay_table(found)
    print("\n" + NOTES, end="")
    return count


def replay_table(found):
    """The same of what is measured with replay."""
    print(f"\n{'replay':<34}{'':<11}{'deaths':>7}{'lost':>7}{'twice':>7}{'disorder':>9}"
          f"{'gap in ms':>11}")
    count = 0
    for mechanism, label in REPLAYS:
        for failure in FAILURES:
            key = f"failover.{failure}.{mechanism}"
            if f"{key}.lost" not in found:
                continue
            where = [what for what in REPLAY_NONE if found[f"{key}.{what}"] > 0]
            where += ["gap"] if found[f"{key}.gap_ms"] > REPLAY_GAP else []
            verdict = "MISSED: " + ", ".join(where) if where else "ok"
            print(f"{label:<34}{failure:<11}{found[f'{key}.deaths']:7,.0f}"
                  f"{found[f'{key}.lost']:7,.0f}{found[f'{key}.twice']:7,.0f}"
                  f"{found[f'{key}.disorder']:9,.0f}{found[f'{key}.gap_ms']:11,.1f}  {verdict}")
            count += len(where)
    return count
