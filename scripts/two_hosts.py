#!/usr/bin/python3
"""Two hosts, A and B: two VMs joined by virtual cables.

    with TwoHosts(kernel="6.1", cables=3) as net:
        net.a.check("ip addr add 10.0.1.1/24 dev eth1 && ip link set eth1 up")
        done = net.b.run("ping -c1 10.0.1.1", timeout=10)  # .status, .output
        job = net.a.spawn(["iperf3", "-s"], on_line=print)  # runs on
        net.a.on_kernel_line = print        # each line of A's kernel log, live
        net.cable_out(1); net.cable_in(1)   # both ends lose their carrier
        net.cable_out(1, ends="a")          # only A's end does
        net.blackhole(1); net.blackhole_end(1)   # nothing passes, and no end is told
        net.unplug_nic("a", 2); net.plug_nic("a", 2)   # device_del / device_add
        job.kill(); print(job.wait(5))

Cable i joins eth<i> of A with eth<i> of B (i from 1; MAC 52:54:00:6d:0a:<i> and
52:54:00:6d:0b:<i>). Commands run as root in the checkout, as in scripts/vm: a
string is a bash script, a list is executed as it is. One CPU per host.

usage: scripts/two_hosts.py [--kernel NAME] [--cables N]     a self-check
"""

import argparse
import json
import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
from vmkit.machine import REPO, VmError, default_log  # noqa: E402
from vmkit.qemu import Qemu  # noqa: E402
from vmkit.qmp import Qmp  # noqa: E402

AGENT = str(REPO / "scripts/guest/agent.py")


class Result:
    """What a command said and how it ended (status < 0: by that signal)."""

    def __init__(self, status, output):
        self.status, self.output = status, output

    def __repr__(self):
        return f"Result(status={self.status}, output={self.output!r})"


class Job:
    """A command that runs in a host. `lines` grows as it speaks."""

    def __init__(self, host, number, argv, on_line):
        self.host, self.number, self.argv, self.on_line = host, number, argv, on_line
        self.lines = []
        self.status = None
        self.ended = threading.Event()

    @property
    def output(self):
        return "".join(self.lines)

    def kill(self, signal=15):
        self.host._send(id=self.number, kill=signal)

    def wait(self, timeout=None):
        """Its Result. TimeoutError if it runs on; VmError if the host died."""
        if not self.ended.wait(timeout):
            raise TimeoutError(f"host {self.host.name}: {self.argv} still runs after "
                               f"{timeout:g} s; so far it said:\n{self.output}")
        if self.status is None:
            raise VmError(self.host.obituary(f"during {self.argv}"))
        return Result(self.status, self.output)


class Host:
    """One of the two. Made by TwoHosts."""

    def __init__(self, name, machine):
        self.name, self.machine = name, machine
        self.kernel_log = []        # every line since boot
        self.on_kernel_line = None
        self.ready = threading.Event()
        self.dead = False
        self._jobs, self._next = {}, 0
        self._lock = threading.Lock()
        self.qmp = None

    def start(self):
        self.machine.start()
        self.qmp = Qmp(self.machine.qmp_path)
        threading.Thread(target=self._listen, daemon=True).start()

    def run(self, command, timeout=60):
        """Runs to the end; on timeout kills it and raises TimeoutError."""
        job = self.spawn(command)
        try:
            return job.wait(timeout)
        except TimeoutError:
            job.kill(9)
            raise

    def check(self, command, timeout=60):
        """As run, but a failure raises. Returns the output."""
        done = self.run(command, timeout)
        if done.status != 0:
            raise VmError(f"host {self.name}: {command}: exit status {done.status}\n"
                          + done.output)
        return done.output

    def spawn(self, command, on_line=None):
        """Starts a command in the background; on_line(text) per output line."""
        argv = ["bash", "-c", command] if isinstance(command, str) else list(command)
        with self._lock:
            self._next += 1
            job = self._jobs[self._next] = Job(self, self._next, argv, on_line)
        if self.dead:
            job.ended.set()
        else:
            self._send(id=job.number, run=argv)
        return job

    def obituary(self, when):
        return (f"host {self.name} died {when}; the end of {self.machine.log}:\n"
                + self.machine.console_tail())

    def _send(self, **message):
        try:
            with self._lock:
                self.machine.ports["agent"].sendall((json.dumps(message) + "\n").encode())
        except OSError:
            pass  # it died: _listen sees that, and ends the jobs

    def _listen(self):
        try:
            with self.machine.ports["agent"].makefile("r", encoding="utf-8") as stream:
                for line in stream:
                    self._hear(json.loads(line))
        except (OSError, ValueError):
            pass
        self.dead = True
        self.ready.set()
        for job in list(self._jobs.values()):
            job.ended.set()

    def _hear(self, message):
        if "kmsg" in message:
            self.kernel_log.append(message["kmsg"])
            if self.on_kernel_line:
                self.on_kernel_line(message["kmsg"])
        elif "ready" in message:
            self.ready.set()
        elif "out" in message:
            job = self._jobs[message["id"]]
            job.lines.append(message["out"])
            if job.on_line:
                job.on_line(message["out"].rstrip("\n"))
        else:
            job = self._jobs.pop(message["id"])
            job.status = message["status"]
            job.ended.set()


class TwoHosts:
    """See the module's docstring."""

    def __init__(self, kernel="6.1", cables=3, mem=None, append="", log=None,
                 boot_timeout=300, env=None):
        self.kernel, self.cables = kernel, cables
        self._timeout = boot_timeout
        log = pathlib.Path(log) if log else default_log(kernel, "host")
        self.hosts = {}
        for name in ("a", "b"):
            self.hosts[name] = Host(name, Qemu(
                kernel, [AGENT], cpus=1, mem=mem, append=append, hostname=f"host-{name}",
                env=env,
                log=log.with_name(f"{log.stem}-{name}{log.suffix}"),
                ports=("out", "status", "agent")))
        self.a, self.b = self.hosts["a"], self.hosts["b"]
        for name, host in self.hosts.items():
            host.machine._devices = self._cable_ends(name)

    def _cable_path(self, end, i):
        return self.hosts[end].machine.folder / f"cable{i}"

    def _nic_options(self, end, i):
        mac = f"52:54:00:6d:0{end}:{i:02x}"
        return {"driver": "virtio-net-pci", "id": f"nic{i}", "netdev": f"cable{i}", "mac": mac,
                "bus": f"slot{i}"}

    def _cable_ends(self, end):
        far = "b" if end == "a" else "a"
        argv = []
        for i in range(1, self.cables + 1):
            nic = ",".join(f"{k}={v}" for k, v in self._nic_options(end, i).items())
            argv += ["-netdev", f"dgram,id=cable{i},"
                     f"local.type=unix,local.path={self._cable_path(end, i)},"
                     f"remote.type=unix,remote.path={self._cable_path(far, i)}",
                     # A card can be unplugged only from a slot of its own.
                     "-device", f"pcie-root-port,id=slot{i},chassis={i},slot={i}",
                     "-device", nic]
        return argv

    def start(self):
        for host in self.hosts.values():
            host.start()
        deadline = time.monotonic() + self._timeout
        for host in self.hosts.values():
            host.ready.wait(max(0, deadline - time.monotonic()))
            if host.dead or not host.ready.is_set():
                raise VmError(host.obituary(f"or did not boot within {self._timeout} s"))

    def host(self, end):
        return self.hosts[end.lower()]

    def _set_link(self, i, up, ends):
        for end in ends.lower():
            self.hosts[end].qmp("set_link", name=f"nic{i}", up=up)

    def cable_out(self, i, ends="ab"):
        """Pulls cable i: its NICs lose their carrier, now."""
        self._set_link(i, False, ends)

    def cable_in(self, i, ends="ab"):
        self._set_link(i, True, ends)

    def blackhole(self, i):
        """Cable i swallows what either end sends, from now on; its NICs keep their carrier."""
        # On its way to A and from A, every packet is led to a device that forgets it.
        self.a.qmp("chardev-add", id=f"hole{i}", backend={"type": "null", "data": {}})
        self.a.qmp("object-add", **{"qom-type": "filter-redirector", "id": f"hole{i}",
                                    "netdev": f"cable{i}", "queue": "all",
                                    "outdev": f"hole{i}"})

    def blackhole_end(self, i):
        self.a.qmp("object-del", id=f"hole{i}")
        self.a.qmp("chardev-remove", id=f"hole{i}")

    def unplug_nic(self, end, i, timeout=30):
        """Removes eth<i> from a host as pulling the card would; waits for it."""
        host = self.host(end)
        host.qmp("device_del", id=f"nic{i}")
        self._wait_nic(host, i, False, timeout)

    def plug_nic(self, end, i, timeout=30):
        """Puts it back; it comes up as eth<i> again, down and unconfigured."""
        host = self.host(end)
        options = self._nic_options(end.lower(), i)
        host.qmp("device_add", **options)
        self._wait_nic(host, i, True, timeout)

    def _wait_nic(self, host, i, present, timeout):
        mac = self._nic_options(host.name, i)["mac"]
        script = f"""
            end=$((SECONDS + {int(timeout)}))
            while ((SECONDS < end)); do
                dev=$(grep -lx {mac} /sys/class/net/*/address 2>/dev/null | head -n1)
                dev=${{dev%/address}} dev=${{dev##*/}}
                if [[ -n $dev ]]; then
                    [[ {int(present)} == 1 ]] || {{ sleep 0.05; continue; }}
                    [[ $dev == eth{i} ]] || ip link set "$dev" name eth{i}
                    exit
                fi
                [[ {int(present)} == 1 ]] || exit 0
                sleep 0.05
            done
            echo "NIC {i} did not {'appear' if present else 'go'} within {timeout} s"; exit 1"""
        host.check(script, timeout + 10)

    def close(self):
        for host in self.hosts.values():
            host.machine.close()

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()


def self_check(kernel, cables):
    began = time.monotonic()

    def step(text):
        print(f"{time.monotonic() - began:6.1f} s  {text}", flush=True)

    with TwoHosts(kernel, cables) as net:
        step("both hosts are up")
        for i in range(1, cables + 1):
            for end, host in net.hosts.items():
                host.check(f"ip addr add 10.0.{i}.{1 if end == 'a' else 2}/24 dev eth{i} && "
                           f"ip link set eth{i} up")
            step(net.a.check(f"ping -c3 -i0.2 10.0.{i}.2").splitlines()[-1])
        net.cable_out(1)
        net.a.check("for ((n = 0; n < 50; n++)); do [[ $(</sys/class/net/eth1/carrier) == 0 ]]"
                    " && exit; sleep 0.1; done; exit 1")
        step("cable 1 out: no carrier in host A")
        net.cable_in(1)
        net.a.check("for ((n = 0; n < 50; n++)); do ping -qc1 -W1 10.0.1.2 && exit; done; exit 1")
        step("cable 1 in: ping works again")
        net.blackhole(1)
        net.a.check("[[ $(</sys/class/net/eth1/carrier) == 1 ]] && ! ping -qc3 -W1 10.0.1.2")
        net.blackhole_end(1)
        net.a.check("for ((n = 0; n < 50; n++)); do ping -qc1 -W1 10.0.1.2 && exit; done; exit 1")
        step("cable 1 swallowed pings, and does not any more")
        net.unplug_nic("a", 1)
        step("NIC 1 unplugged: " + net.a.run("ip link show eth1").output.strip())
        net.plug_nic("a", 1)
        net.a.check("ip addr add 10.0.1.1/24 dev eth1 && ip link set eth1 up")
        net.a.check("for ((n = 0; n < 50; n++)); do ping -qc1 -W1 10.0.1.2 && exit; done; exit 1")
        step("NIC 1 plugged again: ping works")
        net.b.check("echo a line for the kernel log >/dev/kmsg; sleep 0.3")
        assert any("a line for the kernel log" in line for line in net.b.kernel_log)
        step(f"kernel logs seen: {len(net.a.kernel_log)} and {len(net.b.kernel_log)} lines")
        server = net.b.spawn(["iperf3", "-s", "-1"])
        net.a.check("sleep 1")
        step(net.a.check("iperf3 -c 10.0.2.2 -t 3 | grep receiver").strip())
        server.kill()
        step(f"server ended with status {server.wait(5).status}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", default="6.1")
    parser.add_argument("--cables", type=int, default=3)
    options = parser.parse_args()
    try:
        self_check(options.kernel, options.cables)
    except (VmError, TimeoutError) as failure:
        sys.exit(f"two_hosts: {failure}")
