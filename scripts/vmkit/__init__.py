"""Test VMs: machine.py, qemu.py, uml.py; initramfs.py and qmp.py serve qemu.py's."""


def machine_of(kernel):
    """The class of the machines that run a kernel of scripts/kernel."""
    # pylint: disable=import-outside-toplevel
    if kernel == "uml":
        from .uml import Uml
        return Uml
    from .qemu import Qemu
    return Qemu
