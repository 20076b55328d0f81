#!/usr/bin/python3
"""Two hosts, three cables, a TCP flow and numbered datagrams: what demo/run shows once all is built.

usage: demo/run [--seconds N] [--rate MBIT] [--command]

  --seconds N    how long the flow runs (50)
  --rate MBIT    what the fastest cable carries, in Mbit/s (8); the others carry a half
                 and a quarter of it; 0 leaves the cables as fast as the emulation
                 lets them be, and of equal length
  --command      set the hosts up with the command mplink, not by parameters
"""

import argparse
import json
import os
import pathlib
import signal
import sys
import threading
import time

REPO = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPO / "scripts"), str(REPO / "demo")]
sys.dont_write_bytecode = True
import table  # noqa: E402
import verdict  # noqa: E402
from record import Record  # noqa: E402
from two_hosts import TwoHosts, VmError  # noqa: E402

OUT = REPO / "build/demo"
NICS = ["eth1", "eth2", "eth3"]
PARTS = [1, 1 / 2, 1 / 4]   # of --rate: what each cable carries
DELAYS = [5, 20, 50]        # ms, one way
QUEUE = 500                 # ms; see WINDOW in traffic.py
VIRTUAL = {"a": "10.99.0.1", "b": "10.99.0.2"}
POLICIES = {"adaptive": "each packet of the flow takes the cable by which it arrives first"}
PORT = 5001
DATAGRAMS = 250             # a second, beside the TCP flow; fewer than 160 would not be waited for
# A machine that is busy otherwise can starve the emulated hosts for long.
START_LIMIT = 180
SAMPLE_EVERY = 0.5


class Failure(Exception):
    """The demo cannot go on; the text says why."""


def far(end):
    return "b" if end == "a" else "a"


def listed(numbers):
    *most, last = [f"{n:g}" for n in numbers]
    return f"{', '.join(most)} and {last}"


def address(end, cable):
    return f"10.0.{cable}.{1 if end == 'a' else 2}"


class Demo:
    def __init__(self, args, screen):
        self.args, self.screen = args, screen
        rates = {nic: args.rate * part for nic, part in zip(NICS, PARTS)} if args.rate else {}
        self.record = Record(NICS, rates, SAMPLE_EVERY)
        self.began = float(os.environ.get("MPLINK_DEMO_BEGAN", time.time()))
        self.card_gone = threading.Event()
        self.card_pulled = False
        self.quiet = True           # kernel lines are shown from the load on

    # --- what is said ------------------------------------------------------------

    def step(self, text):
        self.screen.say(f"{table.stamp(time.time() - self.began)}  {text}")

    def say(self, who, text):
        seconds = self.record.now() if self.record.zero else time.time() - self.began
        self.screen.say(f"{table.stamp(seconds)}  {who:6} | {text}")

    def prompt(self, host, *words):
        """Runs a command, and shows it as typed."""
        for i, part in enumerate(words):
            self.say(f"host {host.name.upper()}", ("# " if i == 0 else "      ") + part
                     + (" \\" if i < len(words) - 1 else ""))
        host.check("PATH=$PWD/build:$PATH; " + " ".join(words))

    def event(self, text, detail):
        self.record.event(text)
        self.say("demo", f"{text}: {detail}")

    def kernel_line(self, end, line):
        text = line.partition("] ")[2]
        if self.quiet or not text.startswith("mplink: mpl0:"):
            return
        if self.card_pulled and end == "a" and "eth3:" in text and not self.card_gone.is_set():
            # Only now has the card left: the guest takes its time.
            self.card_gone.set()
            self.event("eth3 removed", "the card has left host A; its cable goes dark in host B")
        self.say(f"host {end.upper()}", text)

    # --- setting up --------------------------------------------------------------

    def set_up(self, net):
        self.step(f"two hosts are booted: Linux {net.a.check('uname -r').strip()}, "
                  "three cables between them")
        for end, host in net.hosts.items():
            host.check(["tests/vm/lib-gate.sh", "begin", "demo"])
            host.on_kernel_line = lambda line, end=end: self.kernel_line(end, line)
            lines = ["set -e"]
            for cable, nic in enumerate(NICS, 1):
                lines.append(f"ip addr add {address(end, cable)}/24 dev {nic}")
                lines.append(f"ip link set {nic} up")
                if self.record.rates:
                    rate, delay = self.record.rates[nic], DELAYS[cable - 1]
                    # netem's queue holds the packets under way, too; each has 1,500 bytes.
                    limit = round(rate * (QUEUE + delay) / 12)
                    lines.append(f"tc qdisc add dev {nic} root netem rate {rate:g}mbit "
                                 f"delay {delay}ms limit {limit}")
            host.check("\n".join(lines))
        if self.record.rates:
            self.step(f"the cables carry {listed(self.record.rates.values())} Mbit/s and are "
                      f"{listed(DELAYS)} ms long (tc netem)")
            self.step("nobody tells mplink so: it measures")
        self.quiet = False
        for end, host in net.hosts.items():
            self.load(end, host)
            self.prompt(host, f"ip addr add {VIRTUAL[end]}/24 dev mpl0")
            # IPv6's own multicast is for no peer, and would be counted as drops.
            self.prompt(host, "sysctl -qw net.ipv6.conf.mpl0.disable_ipv6=1")
            self.prompt(host, "ip link set mpl0 up")
        policy, encap = net.a.check("cd /sys/class/net/mpl0/mplink && cat policy encap").split()
        self.record.policy = policy
        self.screen.say()
        self.screen.say(f"  Policy {policy}, encap {encap}: {POLICIES.get(policy, 'see docs/guide.md')}.")
        if encap == "gre-udp":
            self.screen.say("  Packets are numbered on the way out, and put back in order at the far "
                            "end: to TCP it is one cable.")
        # One echo per link, so that no cable starts cold.
        done = net.a.run(f"ping -c{len(NICS) * 2} -i0.2 -W5 -q {VIRTUAL['b']}", timeout=120)
        if done.status:
            raise Failure(f"host A cannot ping {VIRTUAL['b']} over mpl0:\n{done.output}")

    def load(self, end, host):
        insmod = f"insmod build/{self.args.kernel}/mplink.ko"
        remotes = [address(far(end), i) for i in range(1, len(NICS) + 1)]
        if not self.args.command:
            self.prompt(host, f"{insmod} nics={','.join(NICS)} encap=gre-udp",
                        f"peer={VIRTUAL[far(end)]} remotes={','.join(remotes)}")
            return
        self.prompt(host, insmod)
        self.prompt(host, "ip link add mpl0 type mplink")
        self.prompt(host, "mplink set dev mpl0 encap gre-udp")
        self.prompt(host, "mplink nic add " + " ".join(NICS))
        self.prompt(host, f"mplink peer add {VIRTUAL[far(end)]}",
                    " ".join(f"link {nic} {remote}" for nic, remote in zip(NICS, remotes)))

    def watch(self, net, end):
        def heard(line):
            try:
                self.record.sample(end, json.loads(line))
            except ValueError:
                self.say(f"host {end.upper()}", line)
        return net.host(end).spawn(["demo/watch.py", "mpl0", VIRTUAL[far(end)],
                                    str(SAMPLE_EVERY)], on_line=heard)

    # --- the flow ----------------------------------------------------------------

    def flow(self, net):
        """Runs it with its events; returns what its two ends said last, and those of the datagrams."""
        listening, counting, flowing = (threading.Event() for _ in range(3))
        last, garbled, stream = {}, [], {}

        def told(line):
            try:
                return json.loads(line)
            except ValueError:
                garbled.append(line)
                return {}

        def counted(line):
            message = told(line)
            if "listening" in message:
                counting.set()
            else:
                stream.update(message)

        def heard(end, line):
            message = told(line)
            if "listening" in message:
                listening.set()
            elif "digest" in message:
                last[end] = message
            elif end == "a" and message:
                flowing.set()
            if end == "b" and "bytes" in message:
                self.record.progress(message)

        watches = [self.watch(net, end) for end in ("a", "b")]
        receiver = net.b.spawn(["demo/traffic.py", "receive", str(PORT)],
                               on_line=lambda line: heard("b", line))
        counter = net.b.spawn(["demo/datagrams.py", "receive", str(PORT)], on_line=counted)
        for job, begun in ((receiver, listening), (counter, counting)):
            if not begun.wait(START_LIMIT):
                raise Failure(f"host B's receiver did not start within {START_LIMIT} s: {job.output}")
        wait_until(lambda: all(len(s) > 1 for s in self.record.samples.values()), START_LIMIT,
                   "the hosts' link counters could not be read: "
                   + "".join(job.output for job in watches)[-300:])
        sender = net.a.spawn(["demo/traffic.py", "send", VIRTUAL["b"], str(PORT),
                              str(self.args.seconds)], on_line=lambda line: heard("a", line))
        if not flowing.wait(START_LIMIT):
            raise Failure(f"host A's sender did not start within {START_LIMIT} s: {sender.output}")
        self.record.zero = time.monotonic()
        self.say("demo", f"the flow begins: {VIRTUAL['a']} to {VIRTUAL['b']}, "
                 f"{self.args.seconds:g} s of pseudo-random bytes")
        self.say("demo", f"beside it: {DATAGRAMS} numbered UDP datagrams a second")
        numbers = net.a.spawn(["demo/datagrams.py", "send", VIRTUAL["b"], str(PORT),
                               str(self.args.seconds), str(DATAGRAMS)], on_line=counted)
        self.events_and_table(net, sender)
        for end, job in (("a", sender), ("b", receiver), ("a", numbers), ("b", counter)):
            done = job.wait(90)
            if done.status:
                raise Failure(f"host {end.upper()}'s end of the flow failed with status "
                              f"{done.status}: {''.join(garbled) or done.output}")
        if set(last) != {"a", "b"} or not {"sent", "received"} <= set(stream):
            raise Failure(f"an end did not say what it saw: {''.join(garbled) or 'nothing is garbled'}")
        time.sleep(SAMPLE_EVERY + 0.2)  # the counters' last word
        for job in watches:
            job.kill()
        self.record.gaps = last["b"]["gaps"]
        return last, stream

    def events_and_table(self, net, sender):
        length = self.args.seconds
        plan = [(length * 0.2, self.cable_out), (length * 0.36, self.cable_in),
                (length * 0.52, self.blackhole), (length * 0.68, self.blackhole_end),
                (length * 0.84, self.card_out)]
        dark = False
        while not sender.ended.wait(0.1):
            if plan and self.record.now() >= plan[0][0]:
                plan.pop(0)[1](net)
            if self.card_gone.is_set() and not dark:
                dark = True
                net.cable_out(3, ends="b")
            self.draw()
            if self.record.now() > length + 120:
                raise Failure(f"the flow has not ended {length + 120:g} s after it began")
        self.draw()
        self.screen.keep()

    def draw(self):
        now = int(self.record.now())
        if now != getattr(self, "_drawn", None):
            self._drawn = now
            self.screen.table(now, *table.draw(self.record))

    def cable_out(self, net):
        self.event("cable 2 pulled", "eth2 loses its carrier in both hosts")
        net.cable_out(2)

    def cable_in(self, net):
        self.event("cable 2 plugged back", "eth2 gets its carrier back in both hosts")
        net.cable_in(2)

    def blackhole(self, net):
        self.event("cable 1 silently dead", "nothing passes, and eth1 keeps its carrier")
        net.blackhole(1)

    def blackhole_end(self, net):
        if self.args.command:
            # With one link suspect: demo/picture.py draws it.
            shown = net.a.check("PATH=$PWD/build:$PATH; mplink show")
            (OUT / "show.txt").write_text(shown, encoding="ascii")
        self.event("cable 1 mended", "packets pass again")
        net.blackhole_end(1)

    def card_out(self, net):
        self.say("demo", "removing the card of eth3 from host A, for good (PCI unplug)")
        self.card_pulled = True

        def remove():
            try:
                net.unplug_nic("a", 3, timeout=60)
            except (VmError, TimeoutError) as why:
                self.say("demo", f"eth3 did not go: {why}")

        threading.Thread(target=remove, daemon=True).start()

    # --- the end -----------------------------------------------------------------

    def unload(self, net):
        """rmmod under tests/vm's gate: each host's complaints."""
        complaints = {}
        for end, host in net.hosts.items():
            # The module counts what it made and destroyed at debug level.
            done = host.run("echo 'module mplink +p' >/proc/dynamic_debug/control; "
                            "exec tests/vm/lib-gate.sh end demo", timeout=120)
            complaints[end] = verdict.complaint(done.status, done.output)
        return complaints

    def run(self):
        with TwoHosts(self.args.kernel, len(NICS), log=OUT / "host.log") as net:
            self.set_up(net)
            before = {end: verdict.read_counters(host) for end, host in net.hosts.items()}
            self.screen.say()
            last, stream = self.flow(net)
            counters = {end: {name: value - before[end][name]
                              for name, value in verdict.read_counters(host).items()}
                        for end, host in net.hosts.items()}
            complaints = self.unload(net)
        return verdict.give(self.record, self.screen, last, stream, counters, complaints,
                            OUT, self.began)


def wait_until(true, seconds, otherwise):
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise Failure(otherwise)
        time.sleep(0.1)


def main():
    parser = argparse.ArgumentParser(prog="demo/run", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter,
                                     usage=argparse.SUPPRESS)
    parser.add_argument("--kernel", default="6.1", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, default=50, help=argparse.SUPPRESS)
    parser.add_argument("--rate", type=float, default=8, help=argparse.SUPPRESS)
    parser.add_argument("--command", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if not 30 <= args.seconds <= 3600:
        parser.error(f"--seconds {args.seconds:g}: each event needs time to show; give 30 to 3600")
    if args.rate and not 1 <= args.rate <= 1000:
        parser.error(f"--rate {args.rate:g}: no such cable; give 1 to 1000 Mbit/s, or 0")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    screen = table.Screen()
    try:
        return Demo(args, screen).run()
    except (Failure, VmError, TimeoutError, RuntimeError) as why:
        screen.keep()
        print(f"demo: FAILED: {why}\nThe hosts' consoles are in {OUT.relative_to(REPO)}/host-a.log "
              "and host-b.log.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        screen.keep()
        print("demo: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
