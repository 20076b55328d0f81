# SPDX-License-Identifier: GPL-2.0
"""What is made of tests/bench/goodput.sh's measurements: results and their tables."""

SCRIPT = "tests/bench/goodput.sh"
# The links of each shape, as the guest names them, and what share of their sum is wanted.
SHAPES = {
    "equal": (["5/20"] * 3, 98.0),
    "delay": (["5/20", "20/20", "50/20"], 95.0),
    "unequal": (["5/20", "20/10", "50/5"], 95.0),
}
MECHANISMS = [
    ("bonding.balance-rr", "bonding balance-rr"),
    ("mptcp", "MPTCP"),
    ("mplink.none", "mplink none"),
    ("mplink.gre-udp", "mplink gre-udp"),
    ("mplink.gre-udp.no-hystart", "    the sender's HyStart off"),
    ("mplink.gre-udp.bbr", "    the sender with BBR"),
    ("mplink.adaptive", "mplink adaptive, no weights"),
    ("mplink.adaptive.bbr", "    the sender with BBR"),
]
FLOWS = {"goodput": "one TCP flow", "goodput8": "eight TCP flows",
         "start.goodput": "one TCP flow's start"}
UNTARGETED = "start.goodput"
LOSS_TARGET = 5.0       # percent, of flows on other links than the one that loses
DELAY_TARGET = 20.0     # us: what the instructions of both ends may be; nothing waits

# An IPv4 header without options, TCP's with time stamps, Ethernet's; and gre-udp's
# outer IPv4, UDP and GRE with key and sequence number.
MTU, INNER, ETHERNET, OUTER = 1500, 20 + 32, 14, 20 + 8 + 12
# A link is as busy with a full packet, whatever is in it.
SHARE = (MTU - OUTER - INNER) / (MTU - INNER)
_TARGETS = ", ".join(f"{share:g} % ({shape})" for shape, (_, share) in SHAPES.items())

NOTES = f"""\
Mbit/s of TCP payload that the receivers read in eight seconds (of eight flows: four) after
the first ten (four), in which flows find their rate: in the shape delay one over gre-udp
was seen to take six. A flow's start: these first ten seconds, from before it connects.
Debian's stock settings, CUBIC with HyStart, unless said otherwise; one CPU of an instruction
a nanosecond.
A link: both hosts hand packets of at most {MTU} bytes to a veth; between them netem lets
them queue for 100 ms at most for their turn at the rate, and then travel for the delay;
both ways alike.
equal: three of 20 Mbit/s, 5 ms. delay: 20 Mbit/s; 5, 20 and 50 ms. unequal: 20, 10 and
5 Mbit/s; 5, 20 and 50 ms, and weights of 4, 2 and 1 for mplink.
single: the best link by itself, one flow. links: all three by themselves, added. sum: the
same less the outer headers' share: of a full packet's {MTU + ETHERNET} bytes on a link {MTU - INNER} are
payload, with gre-udp's {OUTER} more bytes of headers {MTU - OUTER - INNER}, so {SHARE:.4f} of links.
All stand at both ends. MPTCP has a subflow for each link. mplink spreads by balance-rr.
Targets of gre-udp: of the sum {_TARGETS}; in unequal also above MPTCP.

Loss: mplink gre-udp with balance-xor over the shape equal, a flow on each link; then 1 %
of the packets on one link is lost, both ways. What becomes of the flows on the two others:
the goodput of TCP; and mean and highest delay of UDP, 500 packets of 1,000 bytes a second.
Extra delay: of 8,000 UDP packets of 1,000 bytes, one a millisecond, over links of 5 ms
and any rate, the highest by mplink less the highest by the plain link.
"""


def _links(said, shape):
    """What each link gives by itself; None if it was not measured."""
    kinds = [f"goodput.link.{kind}" for kind in SHAPES[shape][0]]
    return [said[kind][0] for kind in kinds] if set(kinds) <= said.keys() else None


def _loss(said):
    """Of the flows on the links that lose nothing, with and without that loss."""
    found = {}
    without, with_loss = said["loss.tcp.without"], said["loss.tcp.with"]
    found["loss.goodput_mbit.lossy.without"], found["loss.goodput_mbit.lossy.with"] = \
        without[0], with_loss[0]
    found["loss.goodput_mbit.others.without"] = round(sum(without[1:]), 2)
    found["loss.goodput_mbit.others.with"] = round(sum(with_loss[1:]), 2)
    found["loss.goodput_change_percent"] = \
        round(max(abs(b / a - 1) * 100 for a, b in zip(without[1:], with_loss[1:])), 2)
    # Eight numbers a flow, the first ones are lost, mean, max.
    without, with_loss = (said[f"loss.udp.{key}"] for key in ("without", "with"))
    for i, name in (1, "mean"), (2, "max"):
        for key, numbers in ("without", without), ("with", with_loss):
            found[f"loss.delay_{name}_us.others.{key}"] = max(numbers[8 + i], numbers[16 + i])
        found[f"loss.delay_{name}_change_percent"] = \
            round(max(abs(with_loss[n + i] / without[n + i] - 1) * 100 for n in (8, 16)), 2)
    return found


def results(said):
    """Of KEY -> numbers, as the guest says them."""
    found = {}
    for shape in SHAPES:
        links = _links(said, shape)
        if links:
            found[f"goodput.{shape}.single"] = max(links)
            found[f"goodput.{shape}.links"] = round(sum(links), 2)
            found[f"goodput.{shape}.sum"] = round(sum(links) * SHARE, 2)
        for flows in FLOWS:
            for mechanism, _ in MECHANISMS:
                key = f"{flows}.{shape}.{mechanism}"
                if key in said:
                    found[key] = round(sum(said[key]), 2)
        if f"held.{shape}" in said:
            found[f"tunnel.held_max.{shape}"] = said[f"held.{shape}"][0]
    if "tunnel.held_max.delay" in found:
        found["tunnel.held_max"] = found["tunnel.held_max.delay"]
    if "loss.udp.with" in said:
        found |= _loss(said)
    if "tunnel.delay.plain" in said:
        plain = said["tunnel.delay.plain"][2]
        for way in "one-link", "three-links":
            found[f"tunnel.extra_delay_us.{way}"] = \
                round(said[f"tunnel.delay.{way}"][2] - plain, 2)
            found[f"tunnel.waited.{way}"] = said[f"tunnel.waited.{way}"][0]
        found["tunnel.extra_delay_us"] = max(found[f"tunnel.extra_delay_us.{way}"]
                                             for way in ("one-link", "three-links"))
    return found


class _Table:
    """Prints lines as their numbers exist, and remembers the targets missed."""

    def __init__(self, found):
        self.found = found
        self.missed = 0

    def _cell(self, key, whole=None):
        value = self.found.get(key)
        if value is None:
            return f"{'-':>9}{'':>9}"
        return f"{value:9.1f}" + (f"{value / whole * 100:7.1f} %" if whole else f"{'':>9}")

    def _failed(self, flows, shape):
        """Whether gre-udp misses a target; None if it has none or was not measured."""
        values = [self.found.get(key) for key in
                  (f"{flows}.{shape}.mplink.gre-udp", f"goodput.{shape}.sum",
                   f"{flows}.{shape}.mptcp")]
        if None in values or flows == UNTARGETED:
            return None
        gre_udp, whole, mptcp = values
        return gre_udp < whole * SHAPES[shape][1] / 100 or (shape == "unequal" and gre_udp <= mptcp)

    def goodput(self, flows):
        print(f"\n{f'Mbit/s of {FLOWS[flows]}':<34}" + "".join(f"{shape:>18}" for shape in SHAPES)
              + "  target")
        for key, label in ("single", "best single link"), ("links", "links"), ("sum", "sum"):
            if flows == "goodput":
                print(f"{label:<34}" + "".join(self._cell(f"goodput.{shape}.{key}")
                                               for shape in SHAPES).rstrip())
        for mechanism, label in MECHANISMS:
            cells = "".join(self._cell(f"{flows}.{shape}.{mechanism}",
                                       self.found.get(f"goodput.{shape}.sum"))
                            for shape in SHAPES)
            verdict = ""
            if mechanism == "mplink.gre-udp":
                failed = [shape for shape in SHAPES if self._failed(flows, shape)]
                if any(self._failed(flows, shape) is not None for shape in SHAPES):
                    verdict = "MISSED: " + ", ".join(failed) if failed else "ok"
                self.missed += len(failed)
            print(f"{label:<34}{cells}  {verdict}".rstrip())

    def line(self, label, key, unit, target):
        if key not in self.found:
            return
        value = self.found[key]
        self.missed += target is not None and value > target
        verdict = "" if target is None else \
            f"{'ok' if value <= target else 'MISSED'} (at most {target:g})"
        print(f"{label:<54}{value:>10,g} {unit:<8}{verdict}".rstrip())

    def others(self):
        print()
        for label, key, unit, target in (
                ("1 % loss on one link: goodput of other links' flows",
                 "loss.goodput_change_percent", "%", LOSS_TARGET),
                ("    their mean delay", "loss.delay_mean_change_percent", "%", LOSS_TARGET),
                ("    their highest delay", "loss.delay_max_change_percent", "%", LOSS_TARGET),
                ("extra delay in order, over one link", "tunnel.extra_delay_us.one-link", "us",
                 DELAY_TARGET),
                ("    over three equal links", "tunnel.extra_delay_us.three-links", "us",
                 DELAY_TARGET),
                ("held back of these packets", "tunnel.waited.three-links", "packets", 0),
                ("held back at most, one bucket, in the shape delay", "tunnel.held_max", "packets",
                 None)):
            self.line(label, key, unit, target)


def table(found):
    """Prints them, and returns how many targets were missed."""
    printed = _Table(found)
    for flows in FLOWS:
        printed.goodput(flows)
    printed.others()
    print("\n" + NOTES, end="")
    return printed.missed


def arguments():
    return ["links", *(f"{shape}.{mechanism}" for shape in SHAPES for mechanism, _ in MECHANISMS),
            "loss", "delay"]
