#!/usr/bin/python3
"""Random events of all kinds for mpl0 over eth1..eth3, from a seed: of NICs, cables and
addresses, and what the command mplink can change, of liveness at both ends.

usage: random-events.py SEED COUNT inet|inet6 [no-mtu]      the family of the links'
    remotes; no-mtu: no MTU changes

The list of events depends on the seed only; how they fall in with the traffic
does not repeat. Each namespace has an `ip -batch` of its own, so that events of
the near end, the far end (B) and the namespace that NICs visit (C) also run
against each other. Prints how many of each kind there were.
"""

import collections
import errno
import glob
import os
import random
import subprocess
import sys

NICS = (1, 2, 3)
MPLINK = "/sys/class/net/mpl0/mplink"
PEER = "10.99.0.2"
POLICIES = ("balance-rr", "balance-xor", "active-backup", "broadcast")
FAR = "ip netns exec B mplink"


class Batch:
    """`ip -batch` in one namespace; what fails (a NIC is not there now) is no matter."""

    def __init__(self, netns):
        where = ["-n", netns] if netns else []
        self.process = subprocess.Popen(["ip", *where, "-force", "-batch", "-"],
                                        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, text=True)

    def say(self, *lines):
        for line in lines:
            self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Events:
    """One method a kind of event; its name is the kind."""

    def __init__(self, rng, family):
        self.rng = rng
        # Which addresses the peer's links are of, as the scenario has chosen them.
        self._remote = "10.0.{}.2" if family == "inet" else "fd00:0:0:{}::2"
        self.here, self.far, self.away = Batch(None), Batch("B"), Batch("C")
        self._commands, self._taken = [], 0

    def nic_down_up(self, i):
        self.here.say(f"link set eth{i} down", f"link set eth{i} up")

    def nic_down(self, i):
        self.here.say(f"link set eth{i} down")

    def nic_up(self, i):
        self.here.say(f"link set eth{i} up", f"addr replace fd00:0:0:{i}::1/64 dev eth{i} nodad")

    def cable_out(self, i):
        self.far.say(f"link set eth{i} down")

    def cable_in(self, i):
        self.far.say(f"link set eth{i} up", f"addr replace fd00:0:0:{i}::2/64 dev eth{i} nodad")

    def address_del(self, i):
        self.here.say(f"addr del 10.0.{i}.1/24 dev eth{i}",
                      f"addr del fd00:0:0:{i}::1/64 dev eth{i}")

    def address_add(self, i):
        self.here.say(f"addr replace 10.0.{i}.1/24 dev eth{i}",
                      f"addr replace fd00:0:0:{i}::1/64 dev eth{i} nodad")

    def address_change(self, i):
        self.here.say(f"addr add 10.0.{i}.7/24 dev eth{i}", f"addr del 10.0.{i}.1/24 dev eth{i}",
                      f"addr add 10.0.{i}.1/24 dev eth{i}", f"addr del 10.0.{i}.7/24 dev eth{i}")

    def recreate(self, i):
        self.here.say(f"link del eth{i}",
                      f"link add eth{i} type veth peer name eth{i} netns B",
                      f"addr add 10.0.{i}.1/24 dev eth{i}",
                      f"addr add fd00:0:0:{i}::1/64 dev eth{i} nodad", f"link set eth{i} up")
        self.far.say(f"addr add 10.0.{i}.2/24 dev eth{i}",
                     f"addr add fd00:0:0:{i}::2/64 dev eth{i} nodad", f"link set eth{i} up")

    def rename(self, i):
        self.here.say(f"link set eth{i} down", f"link set eth{i} name eth{i}0",
                      f"link set eth{i}0 up", f"link set eth{i}0 down",
                      f"link set eth{i}0 name eth{i}", f"link set eth{i} up")

    def swap_names(self, i):
        j = i % 3 + 1
        self.here.say(f"link set eth{i} down", f"link set eth{j} down",
                      f"link set eth{i} name swap", f"link set eth{j} name eth{i}",
                      f"link set swap name eth{j}", f"link set eth{i} up", f"link set eth{j} up")

    def move_away(self, i):
        self.here.say(f"link set eth{i} netns C")

    def move_back(self, i):
        self.away.say(f"link set eth{i} netns 1")

    def mtu(self, i):
        self.here.say(f"link set eth{i} mtu {self.rng.choice((1280, 1400, 1500, 68, 9000))}")

    def mac(self, i):
        self.here.say(f"link set eth{i} address 02:00:00:00:{i:02x}:{self.rng.randrange(256):02x}")

    def route(self, i):
        self.here.say(f"route add 10.0.{i}.2 via 10.0.{i}.3 dev eth{i}",
                      f"route del 10.0.{i}.2 via 10.0.{i}.3 dev eth{i}")

    def route_lost(self, i):
        self.here.say(f"route add blackhole 10.0.{i}.2/32", f"route del blackhole 10.0.{i}.2/32")

    def virtual_down_up(self, _):
        self.here.say("link set mpl0 down", "link set mpl0 up",
                      "addr replace fd99::1/64 dev mpl0 nodad")

    def virtual_mtu(self, _):
        self.here.say(f"link set mpl0 mtu {self.rng.choice((1300, 1500))}")

    def policy(self, _):
        with open(f"{MPLINK}/policy", "w", encoding="ascii") as file:
            file.write(self.rng.choice(POLICIES))

    def read_sysfs(self, _):
        for path in glob.glob(f"{MPLINK}/**", recursive=True):
            if not os.path.isfile(path):
                continue
            try:
                with open(path, encoding="ascii") as file:
                    file.read()
            except OSError as error:
                # A command that still runs may take the NIC or link away meanwhile.
                if error.errno not in (errno.ENOENT, errno.ENODEV):
                    raise

    def _mplink(self, *commands, at=("mplink",)):
        """Refused is no matter: there may be no such NIC or link now, or one already."""
        self._wait(1)
        self._commands.append(subprocess.Popen("; ".join(f"{end} {c}" for c in commands
                                                         for end in at),
                                               shell=True, stdout=subprocess.DEVNULL,
                                               stderr=subprocess.DEVNULL))

    def _wait(self, running):
        while len(self._commands) > running:
            command = self._commands.pop(0)
            self._taken += command.wait() == 0
            if command.returncode not in (0, 1):
                sys.exit(f"{command.args}: status {command.returncode}")

    def _link(self, i):
        return f"peer set {PEER} link eth{i} {self._remote.format(i)}"

    def control_nic_del(self, i):
        self._mplink(f"nic del eth{i}")

    def control_nic_add(self, i):
        # With the link that went with it, for else there would soon be none.
        self._mplink(f"nic add eth{i}", self._link(i))

    def control_link(self, i):
        self._mplink(self._link(i))

    def control_unlink(self, i):
        self._mplink(f"peer set {PEER} unlink eth{i}")

    def control_weight(self, i):
        self._mplink(f"peer set {PEER} link eth{i} weight {self.rng.randrange(1, 5)}")

    def control_policy(self, _):
        self._mplink(f"set policy {self.rng.choice(POLICIES)}")

    def liveness(self, _):
        self._mplink(f"set liveness {self.rng.choice(('off', 'bfd'))}")

    def liveness_peer(self, _):
        self._mplink(f"peer set {PEER} liveness {self.rng.choice(('inherit', 'off', 'bfd'))}")

    def liveness_link(self, i):
        self._mplink(f"peer set {PEER} link eth{i} liveness "
                     f"{self.rng.choice(('inherit', 'off', 'bfd'))}")

    def liveness_far(self, _):
        # On again, for without it no link would carry anything for long.
        self._mplink("set liveness off", "set liveness bfd", at=(FAR,))

    def liveness_waits(self, _):
        self._mplink(f"set wtr-ms {self.rng.choice((0, 50, 500))} "
                     f"holdoff-ms {self.rng.choice((0, 0, 100))}")

    def bfd_times(self, _):
        self._mplink(f"set bfd-tx-us {self.rng.choice((10000, 50000, 300000))} "
                     f"bfd-rx-us {self.rng.choice((10000, 50000, 300000))} "
                     f"bfd-multiplier {self.rng.randrange(2, 6)}",
                     at=(self.rng.choice(("mplink", FAR)),))

    def bfd_multihop(self, _):
        self._mplink(f"set bfd-multihop {self.rng.choice(('off', 'on'))}", at=("mplink", FAR))

    def bfd_auth(self, _):
        kind = self.rng.choice(("none", "sha1 bfd-key-id 7 bfd-key secret",
                                "meticulous-sha1 bfd-key-id 8 bfd-key other"))
        self._mplink(f"set bfd-auth {kind}", at=("mplink", FAR))

    def control_show(self, _):
        self._mplink("show")

    def end(self):
        """How many of the command's were carried out."""
        self._wait(0)
        for batch in (self.away, self.far, self.here):
            batch.end()
        return self._taken


def main():
    rng = random.Random(int(sys.argv[1]))
    events = Events(rng, sys.argv[3])
    left_out = ("mtu", "virtual_mtu") if "no-mtu" in sys.argv else ()
    kinds = [name for name in vars(Events)
             if name[0] != "_" and name != "end" and name not in left_out]
    count = collections.Counter()
    for _ in range(int(sys.argv[2])):
        kind = rng.choice(kinds)
        count[kind] += 1
        getattr(events, kind)(rng.choice(NICS))
    taken = events.end()
    print(" ".join(f"{kind}={n}" for kind, n in sorted(count.items())), f"taken={taken}")


main()
