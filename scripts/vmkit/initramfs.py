"""Makes the initramfs of a test VM: busybox, a few modules, one init script.

It carries only what is needed to mount the host's root over 9p; everything
else in the guest comes from there. It takes a tenth of a second to make, so it
is made anew for each boot and can never be stale.
"""

import lzma
import pathlib
import shutil
import stat

INIT = pathlib.Path(__file__).resolve().parent.parent / "guest/init"
WANTED = ("virtio_pci", "virtio_rng", "virtio_console", "virtio_net",
          "9pnet_virtio", "9p")


def module_files(tree, release):
    """The .ko files to load, each after those it depends on."""
    base = pathlib.Path(tree) / "lib/modules" / release
    depends, path_of = {}, {}
    dep_file = base / "modules.dep"
    if dep_file.exists():
        for line in dep_file.read_text(encoding="ascii").splitlines():
            path, _, rest = line.partition(":")
            depends[path] = rest.split()
            name = path.rsplit("/", 1)[-1].split(".ko")[0].replace("-", "_")
            path_of[name] = path
    order = []

    def add(path):
        for needed in depends[path]:
            add(needed)
        if path not in order:
            order.append(path)

    for name in WANTED:
        if name in path_of:  # otherwise it is built in
            add(path_of[name])
    return [base / path for path in order]


def module_bytes(path):
    if path.suffix == ".xz":
        return lzma.decompress(path.read_bytes())
    return path.read_bytes()


class Cpio:
    """A writer of the kernel's "newc" archives."""

    def __init__(self):
        self.parts = []
        self.count = 0

    def entry(self, name, mode, data=b"", device=(0, 0)):
        self.count += 1
        raw = name.encode() + b"\0"
        fields = (self.count, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(raw), 0)
        header = b"070701" + b"".join(b"%08x" % f for f in fields)
        for blob in (header + raw, data):
            self.parts.append(blob + b"\0" * (-len(blob) % 4))

    def folder(self, name):
        self.entry(name, stat.S_IFDIR | 0o755)

    def file(self, name, data, mode=0o644):
        self.entry(name, stat.S_IFREG | mode, data)

    def finish(self):
        self.entry("TRAILER!!!", 0)
        return b"".join(self.parts)


def busybox():
    path = shutil.which("busybox", path="/bin:/usr/bin")
    if not path:
        raise FileNotFoundError("busybox is not installed; run `scripts/setup test`")
    return pathlib.Path(path).read_bytes()


def make(tree, release, job):
    """The archive as bytes. `job` maps file names under /job to their text."""
    cpio = Cpio()
    for name in ("bin", "dev", "proc", "sys", "host", "root", "modules", "job"):
        cpio.folder(name)
    cpio.entry("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    cpio.file("bin/busybox", busybox(), 0o755)
    cpio.file("init", INIT.read_bytes(), 0o755)
    names = []
    for path in module_files(tree, release):
        names.append(path.name.removesuffix(".xz"))
        cpio.file(f"modules/{names[-1]}", module_bytes(path))
    cpio.file("modules/order", "".join(n + "\n" for n in names).encode())
    for name, text in job.items():
        cpio.file(f"job/{name}", text.encode(), 0o755)
    return cpio.finish()
