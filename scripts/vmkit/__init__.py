"""Booting QEMU machines for mplink: initramfs, machine, QMP. Standard library only."""
