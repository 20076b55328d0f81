# SPDX-License-Identifier: GPL-2.0
"""What must be there before anything is measured: packages, module, senders, far ends."""

import pathlib
import subprocess

REPO = pathlib.Path(__file__).resolve().parent.parent.parent
KERNEL = "6.1"
MODULE = REPO / "build" / KERNEL / "mplink.ko"
RESULTS = REPO / "build/bench"
# Debian keeps asm/types.h there, where clang does not look for BPF's.
MULTIARCH = "x86_64-linux-gnu"

# The cost of stream is part of every packet's: keep how it is compiled, too, as it is.
CXX = ["g++", "-std=c++20", "-O2", "-Wall", "-Wextra", "-Werror"]


def prepare(build_module=True):
    subprocess.run([REPO / "scripts/setup", "bench"], check=True)
    if build_module:
        subprocess.run([REPO / "scripts/build-module", KERNEL], check=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    for sender in "stream", "failover", "goodput", "delay":
        subprocess.run([*CXX, "-o", RESULTS / sender, REPO / f"tests/bench/{sender}.cc"],
                       check=True)
    subprocess.run(["clang", "-O2", "-Wall", "-Wextra", "-Werror", "-target", "bpf",
                    f"-I/usr/include/{MULTIARCH}", "-c", "-o", RESULTS / "mirror.bpf.o",
                    REPO / "tests/bench/mirror.bpf.c"], check=True)
    subprocess.run([REPO / "scripts/build-command"], check=True)
