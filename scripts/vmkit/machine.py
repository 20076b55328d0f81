"""A machine that boots a test kernel on the host's own files.

    machine = machine_of("6.1")("6.1", command=["uname", "-r"], log="build/vm/a.log")
    machine.start()
    sock = machine.ports["out"]        # a connected socket per port
    machine.close()

Qemu (qemu.py) and Uml (uml.py) are such; scripts/vmkit/__init__.py knows which kernel takes
which. In the guest a port is /run/vm/ports/NAME. The machine dies with the process that
started it.
"""

import ctypes
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import tempfile

REPO = pathlib.Path(__file__).resolve().parent.parent.parent
GUEST = REPO / "scripts/guest"
DEATH = re.compile(r"Oops|BUG:|general protection|Kernel panic")

# Watchdogs: a CPU that waits for the host's is slow, not stuck.
APPEND = ("panic=-1 loglevel=7 log_buf_len=4M printk.devkmsg=on watchdog_thresh=60 "
          "rcupdate.rcu_cpu_stall_timeout=60")


class VmError(Exception):
    """The machine could not be started, died, or did not answer."""


def kernel_path(what, name):
    """Asks scripts/kernel, which prepares the kernel if need be."""
    done = subprocess.run([REPO / "scripts/kernel", what, name], text=True,
                          stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise VmError(f"kernel {name} is not available (see above)")
    return done.stdout.strip()


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Machine:
    """See the module's docstring. `command` runs as root in the checkout."""

    def __init__(self, kernel, command, *, mem=None, append="", log, ports=("out", "status"),
                 hostname="vm", env=None):
        self.kernel = kernel
        self.log = pathlib.Path(log)
        self.ports = dict.fromkeys(ports)
        self.process = None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mplink-vm-"))
        # KASAN's shadow and kmemleak's records need room.
        self._mem = mem or (2048 if kernel in ("debug", "uml") else 1024)
        self._append = append
        self._hostname = hostname
        env = {"MPLINK_KERNEL": kernel, **(env or {})}
        exports = "".join(f"export {k}={shlex.quote(v)}\n" for k, v in env.items())
        self._command = f"#!/bin/bash\n{exports}exec {shlex.join(command)}\n"

    def start(self):
        raise NotImplementedError

    def says(self):
        """What the program that is the machine has to say, besides the console."""
        return ""

    def _job(self):
        """The files that the guest's first process finds, and makes room for the output."""
        tree = kernel_path("modules", self.kernel)
        (REPO / "build").mkdir(exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.write_bytes(b"")
        variables = {"CHECKOUT": str(REPO), "MODULES": f"{tree}/lib/modules",
                     "HOST": self._hostname}
        return {"vars": "".join(f"{k}={shlex.quote(v)}\n" for k, v in variables.items()),
                "command": self._command,
                **{name: (GUEST / name).read_text(encoding="utf-8")
                   for name in ("furnish", "start")}}

    def console_tail(self, lines=40):
        """What the console says of its death first, or at the end."""
        said = self.log.read_text(errors="replace").replace("\r", "").splitlines()
        for i, line in enumerate(said):
            if DEATH.search(line):
                return "\n".join(said[max(0, i - 5):i + lines])
        return "\n".join(said[-lines:])

    def running(self):
        return self.process is not None and self.process.poll() is None

    def close(self):
        if self.running():
            self._stop()
        for sock in self.ports.values():
            if sock:
                sock.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _stop(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def default_log(kernel, name="vm"):
    return REPO / f"build/vm/{name}-{kernel}-{os.getpid()}.log"
