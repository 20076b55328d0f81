# SPDX-License-Identifier: GPL-2.0
"""What must be there before anything is measured: packages, module, sender."""

import pathlib
import subprocess

REPO = pathlib.Path(__file__).resolve().parent.parent.parent
KERNEL = "6.1"
MODULE = REPO / "build" / KERNEL / "mplink.ko"
RESULTS = REPO / "build/bench"

# Its cost is part of every packet's: keep how it is compiled, too, as it is.
CXX = ["g++", "-std=c++20", "-O2", "-Wall", "-Wextra", "-Werror"]


def prepare(build_module=True):
    subprocess.run([REPO / "scripts/setup", "bench"], check=True)
    if build_module:
        subprocess.run([REPO / "scripts/build-module", KERNEL], check=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    subprocess.run([*CXX, "-o", RESULTS / "stream", REPO / "tests/bench/stream.cc"], check=True)
    subprocess.run([REPO / "scripts/build-command"], check=True)
