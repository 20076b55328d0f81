"""One QEMU machine. KVM is never used: where it exists but cannot boot a kernel it hangs, and
probing tells nothing.
"""

import socket
import subprocess

from . import initramfs
from .machine import APPEND, REPO, Machine, VmError, die_with_parent, kernel_path

QEMU_APPEND = "console=ttyS0 net.ifnames=0 no_timer_check random.trust_cpu=1"

# A QEMU from the cache looks beside itself, and these are packages of their own.
FIRMWARE = ["-L", "/usr/share/seabios", "-L", "/usr/lib/ipxe/qemu"]


def qemu_path():
    """Asks scripts/qemu, which fetches a newer one if need be."""
    done = subprocess.run([REPO / "scripts/qemu"], text=True, stdout=subprocess.PIPE,
                          check=False)
    if done.returncode:
        raise VmError("there is no QEMU (see above)")
    return done.stdout.strip()


class Qemu(Machine):
    """Of one or more emulated CPUs; cards can be plugged in while it runs (qmp.py)."""

    def __init__(self, kernel, command, *, cpus=2, icount=False, devices=(), **options):
        super().__init__(kernel, command, **options)
        self.qmp_path = self.folder / "qmp"
        self._cpus = 1 if icount else cpus
        self._icount = icount
        self._devices = list(devices)

    def start(self):
        # The race that scripts/qemu avoids takes two CPUs; and 10.0 does not get
        # through a kernel's start with -icount.
        qemu = "qemu-system-x86_64" if self._icount else qemu_path()
        image = kernel_path("image", self.kernel)
        tree = kernel_path("modules", self.kernel)
        release = kernel_path("release", self.kernel)
        job = self._job()
        initrd = self.folder / "initrd"
        initrd.write_bytes(initramfs.make(tree, release, job))
        argv = [qemu, *self._argv(image, initrd)]
        listeners = {name: self._listen(name) for name in self.ports}
        with open(self.folder / "qemu.err", "wb") as err:
            self.process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=err, stderr=err,
                preexec_fn=die_with_parent)
        for name, listener in listeners.items():
            listener.settimeout(30)
            try:
                self.ports[name] = listener.accept()[0]
            except TimeoutError:
                raise VmError(f"QEMU did not start: {self.says()}") from None
            finally:
                listener.close()

    def _listen(self, name):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.folder / name))
        listener.listen(1)
        return listener

    def _argv(self, image, initrd):
        append = f"{APPEND} {QEMU_APPEND} {self._append}"
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
                "-virtfs", f"local,path={REPO / 'build'},mount_tag=build,security_model=none,"
                           "multidevs=remap",
                "-qmp", f"unix:{self.qmp_path},server=on,wait=off",
                "-device", "virtio-serial-pci"]
        for name in self.ports:
            argv += ["-chardev", f"socket,id={name},path={self.folder / name}",
                     "-device", f"virtserialport,chardev={name},name={name}"]
        return argv + self._devices

    def says(self):
        try:
            return (self.folder / "qemu.err").read_text(errors="replace").strip()
        except FileNotFoundError:
            return ""
