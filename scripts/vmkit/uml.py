"""One User Mode Linux machine: a kernel that is a program of the host, of one CPU, at the
CPU's own speed. It needs no virtualisation, but ptrace, and memory that can be executed.
"""

import functools
import itertools
import os
import shutil
import socket
import subprocess
import time

from .machine import APPEND, GUEST, Machine, VmError, die_with_parent, kernel_path

MEMORY = "/dev/shm"     # a file there is the guest's memory; on a disk it would be written to it
STARTS = 20             # seconds until it says its first word
CPUS = itertools.cycle(sorted(os.sched_getaffinity(0)))


def settle(cpu):
    """In the process to be. The kernel and its processes wait for each other at each system call:
    on one CPU that is a switch, on two it is an interrupt to one that sleeps.
    """
    die_with_parent()
    os.sched_setaffinity(0, {cpu})


class Uml(Machine):
    """Its ports are serial lines, whose far ends are sockets."""

    def start(self):
        image = kernel_path("image", self.kernel)
        for name, text in self._job().items():
            (self.folder / name).write_text(text, encoding="utf-8")
        self._see_memory()
        ends = {}
        for name in self.ports:
            self.ports[name], ends[name] = socket.socketpair()
        lines = [f"ssl{i}=fd:{end.fileno()}" for i, end in enumerate(ends.values())]
        with open(self.log, "ab") as log:
            # It consists of several processes, and one that is killed leaves the others. A
            # namespace of processes ends with its first one, and that with us.
            self.process = subprocess.Popen(
                ["unshare", "--pid", "--fork", "--kill-child=SIGKILL", "--",
                 "sh", "-c", 'ulimit -c 0; "$@"; exit $?', "sh",
                 image, f"mem={self._mem}M", "root=hostfs", "rootfstype=hostfs", "rootflags=/",
                 "ro", f"init={GUEST / 'init-uml'}", f"VM={self.folder}",
                 "PORTS=" + ",".join(ends), f"uml_dir={self.folder}", "con=null",
                 "con0=null,fd:1", "ssl=null", *lines, *APPEND.split(), *self._append.split()],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=functools.partial(settle, next(CPUS)),
                pass_fds=[end.fileno() for end in ends.values()],
                env={**os.environ, "TMPDIR": MEMORY})
        for end in ends.values():
            end.close()
        self._see_start()

    def _see_memory(self):
        for tool in ("unshare", "sh"):
            if not shutil.which(tool):
                raise VmError(f"User Mode Linux is started by {tool}, which is not there")
        if not os.path.ismount(MEMORY):
            raise VmError(f"User Mode Linux has its memory in {MEMORY}, which is no tmpfs here; "
                          f"`mount -t tmpfs tmpfs {MEMORY}`")
        room = os.statvfs(MEMORY)
        if room.f_flag & os.ST_NOEXEC:
            raise VmError(f"User Mode Linux runs in its memory, which {MEMORY} forbids; "
                          f"`mount -o remount,exec {MEMORY}`")
        if (free := room.f_bavail * room.f_frsize >> 20) < self._mem:
            raise VmError(f"User Mode Linux has its memory in {MEMORY}, which has {free} MB "
                          f"of the {self._mem} that are needed; "
                          f"`mount -o remount,size=...` makes it larger")

    def _see_start(self):
        end = time.monotonic() + STARTS
        while "Linux version" not in self.log.read_text(errors="replace"):
            if not self.running() or time.monotonic() > end:
                raise VmError("User Mode Linux does not start on this machine. It needs ptrace, "
                              f"and a namespace of processes, of root. It says:\n"
                              f"{self.console_tail()}")
            time.sleep(0.05)

    def _stop(self):
        self.process.kill()     # unshare passes no other signal on
        self.process.wait()
