"""The live view: lines that stay, and below them a table that is redrawn.

On a terminal the table is redrawn in place. Elsewhere (a pipe, a log) it becomes
one line every few seconds.
"""

import os
import shutil
import sys
import threading

WIDTH = 24          # of a bar
SPARSE = 5          # seconds between the lines of a log


class Screen:
    def __init__(self, out=sys.stdout):
        self.out = out
        self.live = out.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._shown = []
        self._last = 0
        self._lock = threading.Lock()

    def say(self, text=""):
        """A line that stays."""
        with self._lock:
            self._wipe()
            self.out.write(text + "\n")
            self._draw()

    def table(self, seconds, lines, sparse):
        """Replaces the table; `sparse` is its form for a log."""
        with self._lock:
            if self.live:
                self._wipe()
                # A line that wraps would be two, and not be wiped.
                width = shutil.get_terminal_size().columns - 1
                self._shown = [line[:width] for line in lines]
                self._draw()
            elif seconds - self._last >= SPARSE:
                self._last = seconds
                self.out.write(sparse + "\n")
                self.out.flush()

    def keep(self):
        """What the table shows now stays; the next one comes below."""
        with self._lock:
            self._shown = []

    def _wipe(self):
        if self._shown:
            self.out.write(f"\x1b[{len(self._shown)}A\r\x1b[J")

    def _draw(self):
        self.out.write("".join(line + "\n" for line in self._shown))
        self.out.flush()


def stamp(seconds):
    return f"  {seconds:5.1f} s"


def bar(rate, full):
    return "#" * min(WIDTH, round(WIDTH * rate / full)) if full else ""


def of(rate):
    return f" of {rate:g}" if rate else ""


def draw(record):
    """(table lines, the same as one line)"""
    live = record.live() or {name: (0.0, 0.0) for name in record.links}
    total = sum(mbit for mbit, _ in live.values())
    head = (f"  {'link':5} {'host A sends':15} {'Mbit/s':>6}{'':6} {'share':>6}  {'':{WIDTH}}  "
            "host B receives")
    rule = "  " + "-" * (len(head) - 2)
    rates = record.rates
    rows = [f"  {name:5} {record.state('a', name):15} {mbit:6.1f}{of(rates.get(name)):6} "
            f"{share:4.0f} %  {bar(mbit, rates.get(name)):{WIDTH}}  {record.state('b', name)}"
            for name, (mbit, share) in live.items()]
    sum_of = of(record.carried(record.now()))
    foot = f"  {'all':5} {'':15} {total:6.1f}{sum_of:6}   at {record.now():.0f} s of the flow"
    links = "   ".join(f"{name} {mbit:4.1f} ({share:2.0f} %)" if record.state("a", name) == "valid"
                       else f"{name} {record.state('a', name)}"
                       for name, (mbit, share) in live.items())
    return (["", head, rule, *rows, rule, foot],
            f"{stamp(record.now())}  Mbit/s   {links}   all {total:4.1f}{sum_of}")
