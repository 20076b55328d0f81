"""One QEMU machine: boots a test kernel on the host's own files.

    machine = Machine("6.1", command=["uname", "-r"], log="build/vm/a.log")
    machine.start()
    sock = machine.ports["out"]        # a connected socket per virtio port
    machine.close()

KVM is never used: where it exists but cannot boot a kernel it hangs, and
probing tells nothing. The machine dies with the process that started it.
"""

import ctypes
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile

from . import initramfs

REPO = pathlib.Path(__file__).resolve().parent.parent.parent
DEATH = re.compile(r"Oops|BUG:|general protection|Kernel panic")
START = REPO / "scripts/guest/start"

# Watchdogs: an emulated CPU that waits for a real one is slow, not stuck.
APPEND = ("console=ttyS0 net.ifnames=0 panic=-1 loglevel=7 log_buf_len=4M "
          "printk.devkmsg=on no_timer_check random.trust_cpu=1 watchdog_thresh=60 "
          "rcupdate.rcu_cpu_stall_timeout=60")


class VmError(Exception):
    """The machine could not be started, died, or did not answer."""


# A QEMU from the cache looks beside itself, and these are packages of their own.
FIRMWARE = ["-L", "/usr/share/seabios", "-L", "/usr/lib/ipxe/qemu"]


def qemu_path():
    """Asks scripts/qemu, which fetches a newer one if need be."""
    done = subprocess.run([REPO / "scripts/qemu"], text=True, stdout=subprocess.PIPE,
                          check=False)
    if done.returncode:
        raise VmError("there is no QEMU (see above)")
    return done.stdout.strip()


def kernel_path(what, name):
    """Asks scripts/kernel, which prepares the kernel if need be."""
    done = subprocess.run([REPO / "scripts/kernel", what, name], text=True,
                          stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise VmError(f"kernel {name} is not available (see above)")
    return done.stdout.strip()


def _die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Machine:
    """See the module's docstring. `command` runs as root in the checkout."""

    def __init__(self, kernel, command, *, cpus=2, mem=None, icount=False,
                 append="", log, ports=("out", "status"), hostname="vm",
                 devices=(), env=None):
        self.kernel = kernel
        self.log = pathlib.Path(log)
        self.ports = dict.fromkeys(ports)
        self.process = None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mplink-vm-"))
        self.qmp_path = self.folder / "qmp"
        self._cpus = 1 if icount else cpus
        # KASAN's shadow and kmemleak's records need room.
        self._mem = mem or (2048 if kernel == "debug" else 1024)
        self._icount = icount
        self._append = append
        self._hostname = hostname
        self._devices = list(devices)
        env = {"MPLINK_KERNEL": kernel, **(env or {})}
        exports = "".join(f"export {k}={shlex.quote(v)}\n" for k, v in env.items())
        self._command = f"#!/bin/bash\n{exports}exec {shlex.join(command)}\n"

    def start(self):
        # The race that scripts/qemu avoids takes two CPUs; and 10.0 does not get
        # through a kernel's start with -icount.
        qemu = "qemu-system-x86_64" if self._icount else qemu_path()
        image = kernel_path("image", self.kernel)
        tree = kernel_path("modules", self.kernel)
        release = kernel_path("release", self.kernel)
        build = REPO / "build"
        build.mkdir(exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.write_bytes(b"")
        variables = {"CHECKOUT": str(REPO), "MODULES": f"{tree}/lib/modules",
                     "HOST": self._hostname}
        job = {"vars": "".join(f"{k}={shlex.quote(v)}\n" for k, v in variables.items()),
               "command": self._command,
               "start": START.read_text(encoding="utf-8")}
        initrd = self.folder / "initrd"
        initrd.write_bytes(initramfs.make(tree, release, job))
        argv = [qemu, *self._argv(image, initrd, build)]
        listeners = {name: self._listen(name) for name in self.ports}
        with open(self.folder / "qemu.err", "wb") as err:
            self.process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=err, stderr=err,
                preexec_fn=_die_with_parent)
        for name, listener in listeners.items():
            listener.settimeout(30)
            try:
                self.ports[name] = listener.accept()[0]
            except TimeoutError:
                raise VmError(f"QEMU did not start: {self.qemu_says()}") from None
            finally:
                listener.close()

    def _listen(self, name):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.folder / name))
        listener.listen(1)
        return listener

    def _argv(self, image, initrd, build):
        append = f"{APPEND} {self._append}"
        if self._icount:
            cpu = ["-accel", "tcg", "-icount", "shift=0,sleep=off", "-cpu", "max,erms=off"]
        else:
            cpu = ["-accel", "tcg,thread=multi", "-cpu", "max"]
            # On a busy machine the kernel would find the time stamp counter unsteady,
            # and read the HPET, which only one emulated CPU can at a time.
            append += " tsc=reliable"
        # Each return by a thunk is a search of QEMU's for where it goes. The stock
        # kernels run with their mitigations.
        # While 6.1 identifies its CPU it forgets for a moment that page tables have five
        # levels; KASAN then takes any address for a wild one, if an interrupt comes.
        if self.kernel == "debug":
            append += " mitigations=off no5lvl"
        # Not QEMU's default machine: it computes its interrupt routing in a loop of
        # ACPI byte code, which costs the debug kernel half a minute per device.
        argv = [*FIRMWARE, "-machine", "q35", *cpu,
                "-smp", str(self._cpus), "-m", str(self._mem),
                "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
                "-kernel", image, "-initrd", str(initrd),
                "-append", append,
                "-chardev", f"file,id=con,path={self.log}", "-serial", "chardev:con",
                "-object", "rng-random,id=rng,filename=/dev/urandom",
                "-device", "virtio-rng-pci,rng=rng",
                "-virtfs", "local,path=/,mount_tag=hostroot,security_model=none,"
                           "multidevs=remap,readonly=on",
                "-virtfs", f"local,path={build},mount_tag=build,security_model=none,"
                           "multidevs=remap",
                "-qmp", f"unix:{self.qmp_path},server=on,wait=off",
                "-device", "virtio-serial-pci"]
        for name in self.ports:
            argv += ["-chardev", f"socket,id={name},path={self.folder / name}",
                     "-device", f"virtserialport,chardev={name},name={name}"]
        return argv + self._devices

    def qemu_says(self):
        try:
            return (self.folder / "qemu.err").read_text(errors="replace").strip()
        except FileNotFoundError:
            return ""

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
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for sock in self.ports.values():
            if sock:
                sock.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def default_log(kernel, name="vm"):
    return REPO / f"build/vm/{name}-{kernel}-{os.getpid()}.log"
