"""What was measured, on one clock: seconds since the flow began.

The hosts' lines carry their own monotonic times. A line never arrives before it
was sent, so the smallest difference seen between its arrival here and its time
there is the offset of the two clocks, but for the quickest line's way.
"""

import bisect
import threading
import time


class Record:
    def __init__(self, links, rates, every):
        self.links = links
        self.every = every          # seconds from one sample of a host to the next
        self.rates = rates          # link -> Mbit/s that its cable carries; empty: unknown
        self.policy = "?"
        self.offsets = {}           # host -> this clock minus the host's
        self.samples = {"a": [], "b": []}   # (time there, {link: {...}})
        self.arrived = []           # (time there, bytes), of host b
        self.gaps = []              # (began, ended), of host b
        self.events = []            # (time here, short text), in order
        self.zero = None            # time here when the flow began
        self._lock = threading.Lock()

    def now(self):
        return time.monotonic() - self.zero if self.zero else 0.0

    def _heard(self, host, there):
        offset = time.monotonic() - there
        self.offsets[host] = min(offset, self.offsets.get(host, offset))

    def sample(self, host, line):
        with self._lock:
            self._heard(host, line["t"])
            self.samples[host].append((line["t"], line["links"]))

    def progress(self, line):
        with self._lock:
            self._heard("b", line["t"])
            self.arrived.append((line["t"], line["bytes"]))

    def event(self, text):
        self.events.append((self.now(), text))

    def local(self, host, there):
        return there + self.offsets[host] - self.zero

    # --- links, as host A sends on them -----------------------------------------

    def link_series(self):
        """[(seconds, {link: tx_bytes})]"""
        with self._lock:
            samples = list(self.samples["a"])
        return [(self.local("a", t), {name: links[name]["tx_bytes"] for name in self.links})
                for t, links in samples]

    def live(self):
        """{link: (Mbit/s, share in %)} over the last second, or None."""
        with self._lock:
            samples = self.samples["a"][-3:]
        if len(samples) < 2:
            return None
        (began, first), (ended, last) = samples[0], samples[-1]
        moved = {name: last[name]["tx_bytes"] - first[name]["tx_bytes"] for name in self.links}
        total = sum(moved.values())
        return {name: (n * 8e-6 / (ended - began), 100 * n / total if total else 0.0)
                for name, n in moved.items()}

    def state(self, host, link):
        """"valid", or why it carries nothing."""
        with self._lock:
            if not self.samples[host]:
                return "?"
            seen = self.samples[host][-1][1][link]
        if not seen["valid"]:
            return seen["reason"]
        return "suspect" if seen["suspect"] else "valid"

    def stood_still(self, host):
        """Seconds by which a host's samples were late at most."""
        with self._lock:
            times = [t for t, _ in self.samples[host]]
        return max((t1 - t0 - self.every for t0, t1 in zip(times, times[1:])), default=0.0)

    def carried(self, ended):
        """Mbit/s that the cables carry together that host A used last before a time."""
        with self._lock:
            before = [links for t, links in self.samples["a"] if self.local("a", t) <= ended]
        return sum(rate for name, rate in self.rates.items()
                   if before and before[-1][name]["valid"] and not before[-1][name]["suspect"])

    def shares(self, began, ended):
        """{link: (bytes, share in %)} between two times."""
        moved = {name: at(self.series_of(name), ended) - at(self.series_of(name), began)
                 for name in self.links}
        total = sum(moved.values())
        return {name: (n, 100 * n / total if total else 0.0) for name, n in moved.items()}

    def series_of(self, link):
        return [(t, sent[link]) for t, sent in self.link_series()]

    # --- arrivals ------------------------------------------------------------------

    def arrived_between(self, began, ended):
        with self._lock:
            series = [(self.local("b", t), n) for t, n in self.arrived]
        return at(series, ended) - at(series, began)

    def longest_gap(self, began=float("-inf"), ended=float("inf")):
        """(milliseconds, when it began) of the longest gap that touches this time."""
        found = [(1000 * (g1 - g0), self.local("b", g0)) for g0, g1 in self.gaps
                 if self.local("b", g1) > began and self.local("b", g0) < ended]
        return max(found, default=(0.0, 0.0))

    # --- the file ------------------------------------------------------------------

    def rows(self):
        """(seconds, {link: Mbit/s}, arrived Mbit/s), one per sample."""
        series = self.link_series()
        for (t0, was), (t1, now) in zip(series, series[1:]):
            if t1 < 0 or t1 - t0 <= 0:
                continue
            rates = {name: (now[name] - was[name]) * 8e-6 / (t1 - t0) for name in self.links}
            yield t1, rates, self.arrived_between(t0, t1) * 8e-6 / (t1 - t0)

    def write_csv(self, path):
        marks = list(self.events)
        with open(path, "w", encoding="ascii") as out:
            print("seconds", *(f"{name}_mbit_s" for name in self.links),
                  "arrived_mbit_s", "event", sep=",", file=out)
            for t, rates, arrived in self.rows():
                text = ""
                while marks and marks[0][0] <= t:
                    text += ("; " if text else "") + marks.pop(0)[1]
                print(f"{t:.2f}", *(f"{rates[name]:.3f}" for name in self.links),
                      f"{arrived:.3f}", text, sep=",", file=out)


def at(series, when):
    """The value of a growing count at a time, between the samples around it."""
    if not series:
        return 0
    i = bisect.bisect_left(series, (when,))
    if i == 0:
        return series[0][1]
    if i == len(series):
        return series[-1][1]
    (t0, n0), (t1, n1) = series[i - 1], series[i]
    return n0 + (n1 - n0) * (when - t0) / (t1 - t0)
