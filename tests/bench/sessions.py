# SPDX-License-Identifier: GPL-2.0
"""What is made of tests/bench/sessions.sh's measurements: results and their table."""

SCRIPT = "tests/bench/sessions.sh"
# So many sessions, and their interval in ms: what is asked for is INTERVAL, which the
# most of them are too many for.
INTERVAL = 50
LOADS = [(1000, INTERVAL), (4000, INTERVAL), (10000, 200)]
JITTER = 0.875  # of an interval, on average (RFC 5880 6.8.7)

NOTES = """\
One end of the sessions: each sends and receives a packet every 44 of 50 ms (the jitter
of RFC 5880), by IPv4, over two veth NICs, on which a few BPF instructions send back what
leaves, from the address that it was sent to. All that takes is in the instructions of a
packet sent and a packet received: timer, interrupt, both ways through the IP stack.
The CPU is one of an instruction a nanosecond: share of it, less that of the machine with
as many links and no session. Memory is what the kernel's grew by, beyond those links.
All sessions are Up at the end, and were so since before the measured seconds; and they
kept to their interval.
"""


class Unheld(Exception):
    """The machine could not hold the sessions: what it measured says nothing."""


def arguments():
    return [f"{count}.{interval}" for count, interval in LOADS]


def _measured(said, count, interval):
    """Percent of a CPU, instructions a packet, bytes a session."""
    key = f"sessions.{count}.{interval}"
    seconds, idle, packets, up, stayed, memory = said[key]
    if up < count or stayed < count:
        raise Unheld(f"of {count} sessions at {interval} ms {up:.0f} are Up, "
                     f"{stayed:.0f} of them without a break")
    due = count * seconds * 1000 / (interval * JITTER)
    if packets < 0.97 * due:
        raise Unheld(f"{count} sessions at {interval} ms: {packets:.0f} packets came in "
                     f"{seconds:g} s, {due:.0f} were due")
    before, before_idle = said[f"{key}.idle"]
    busy = (1 - idle / seconds) - (1 - before_idle / before)
    return busy * 100, busy * seconds * 1e9 / packets, memory / count


def results(said):
    """Of KEY -> numbers, as the guest says them."""
    found = {}
    for count, interval in LOADS:
        percent, instructions, memory = _measured(said, count, interval)
        key = f"bfd.sessions.{count}"
        found[f"{key}.bytes_per_session"] = round(memory)
        if interval == INTERVAL:
            found[f"{key}.cpu_percent"] = round(percent, 1)
        else:
            found[f"{key}.cpu_percent_at_{interval}_ms"] = round(percent, 1)
            found[f"{key}.cpu_percent_extrapolated"] = \
                round(percent * interval / INTERVAL, 1)
        found[f"{key}.instructions_per_packet"] = round(instructions)
    return found


def table(found):
    print(f"\n{'BFD sessions, one end':<34}{'CPU':>10}{'a packet':>12}{'bytes each':>12}")
    for count, interval in LOADS:
        key = f"bfd.sessions.{count}"
        at = "" if interval == INTERVAL else f"_at_{interval}_ms"
        print(f"{f'{count:,} at {interval} ms':<34}{found[f'{key}.cpu_percent{at}']:>8.1f} %"
              f"{found[f'{key}.instructions_per_packet']:>12,.0f}"
              f"{found[f'{key}.bytes_per_session']:>12,.0f}")
        if at:
            print(f"{f'{count:,} at {INTERVAL} ms, extrapolated':<34}"
                  f"{found[f'{key}.cpu_percent_extrapolated']:>8.1f} %")
    print("\n" + NOTES, end="")
