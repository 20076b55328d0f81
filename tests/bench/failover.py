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
PEER = "bonding.balance-rr"
ABOVE_PEER = 1.0        # ms that mplink's gap may be longer than the peer's
BLACKHOLE_GAP = 40.0    # ms, with BFD of 3 x 10 ms

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
"""


def results(said):
    """Of KEY -> numbers, as the guest says them."""
    found = {}
    for key, numbers in said.items():
        if len(numbers) == 3:
            found[f"{key}.lost"], found[f"{key}.gap_ms"], found[f"{key}.late"] = numbers
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
    print("\n" + NOTES, end="")
    return count
