"""What the demo says at the end, and whether it succeeded."""

import time

import plot

EVENTS = 5      # that demo.py causes
STALL = 0.3     # seconds of standing still that are told
SETTLE = 3      # seconds after an event before its aftermath is judged
WATCHED = 6     # seconds after an event in which a gap is put down to it


def megabytes(n):
    return f"{n / 1e6:.1f} MB"


def complaint(status, said):
    """Of the gate: empty if it had none."""
    return (said.strip() or f"(nothing, but the gate's status is {status})") if status else ""


def delivery(last, failures):
    sent, got = last["a"], last["b"]
    if sent["bytes"] != got["bytes"]:
        failures.append(f"{sent['bytes']} bytes were sent, {got['bytes']} arrived")
    elif sent["digest"] != got["digest"]:
        failures.append(f"the bytes differ: BLAKE2b {sent['digest']} sent, {got['digest']} arrived")
    elif not got["bytes"]:
        failures.append("not a byte was sent")
    else:
        return (f"every byte arrived, in order: {got['bytes']:,} sent and received,\n"
                f"{'':15}BLAKE2b {got['digest']} at both ends")
    return "NOT every byte arrived: " + failures[-1]


def datagrams(stream, failures):
    """What the application saw that sends nothing again by itself."""
    sent, received = stream["sent"], stream["received"]
    lost = sent - received
    wrong = [(n, what) for n, what in ((lost, "lost"), (stream["twice"], "came twice"),
                                       (stream["overtaken"], "came out of order")) if n]
    if not received:
        failures.append("no datagram arrived")
    if stream["missing"]:
        failures.append("datagrams that never came: " + ", ".join(map(str, stream["missing"])) + " …")
    for n, what in wrong:
        failures.append(f"{n:,} of {sent:,} datagrams {what}")
    return (f"{sent:,} numbered datagrams sent, {received:,} arrived: "
            + (", ".join(f"{n:,} {what}" for n, what in wrong)
               or "none lost, none twice, none out of order"))


def stalls(record):
    """An emulated host waits for the CPUs of this machine; then no promise of time holds."""
    for host in record.samples:
        if (late := record.stood_still(host)) >= STALL:
            yield f"host {host.upper()} stood still for up to {1000 * late:.0f} ms: this machine is busy"


def went_on(record, end, failures):
    """Bytes must keep arriving from soon after each event until the next."""
    times = [when for when, _ in record.events] + [end]
    for (when, text), until in zip(record.events, times[1:]):
        arrived = record.arrived_between(min(when + SETTLE, until), until)
        if arrived < 100_000:
            failures.append(f"the flow did not go on after '{text}' (at {when:.1f} s): "
                            f"{arrived:.0f} bytes arrived from {when + SETTLE:.1f} s "
                            f"to {until:.1f} s")


def phases(record, end):
    """Table lines: the links' mean rates between the events."""
    names = record.links
    head = f"  {'Mbit/s':36}" + "".join(f"{name:>8}" for name in names) + f"{'all':>8}"
    lines = [head + ("   of the cables" if record.rates else "")]
    starts = [(0.0, "all three cables")] + record.events
    ends = [when for when, _ in record.events] + [end]
    for (began, text), until in zip(starts, ends):
        # Not the half second in which one turns into the other.
        until -= 0.5
        began = min(began + SETTLE / 2, until)
        span = max(until - began, 0.1)
        rates = [moved * 8e-6 / span for moved, _ in record.shares(began, until).values()]
        what = f"{began:5.1f} - {until:4.1f} s  {text}"
        line = f"  {what:36}" + "".join(f"{rate:8.1f}" for rate in rates + [sum(rates)])
        carried = record.carried(until)
        lines.append(line + (f"{carried:6g}: {100 * sum(rates) / carried:3.0f} %" if carried else ""))
    if record.rates:
        lines.append(f"  {'what the cables carry':36}"
                     + "".join(f"{record.rates[name]:8g}" for name in names))
    return lines


def gap_lines(record):
    length, when = record.longest_gap()
    yield (f"{length:.0f} ms in the whole flow, at {when:.1f} s" if length
           else "under 20 ms in the whole flow")
    for began, text in record.events:
        length, _ = record.longest_gap(began, began + WATCHED)
        size = f"{length:.0f} ms" if length else "under 20 ms"
        yield f"{size} in the {WATCHED} s after '{text}'"


def read_counters(host):
    """{counter: value}: what mplink dropped, by reason, rescheduled, and put in order."""
    found = {}
    for line in host.check("ethtool -S mpl0").splitlines():
        name, _, value = line.strip().partition(": ")
        if name.startswith(("drop_", "reseq_")) or name == "tx_rescheduled":
            found[name] = int(value)
    return found


def order_lines(counters):
    """Of the end that the data came to."""
    b = counters["b"]
    waited = b["reseq_reordered"]
    lost = sum(n for name, n in b.items() if name.startswith("reseq_lost_"))
    yield (f"host B: {b['reseq_in_order'] + waited:,} packets, of which {waited:,} waited for those "
           "before them,")
    if waited:
        yield (f"{b['reseq_wait_us'] / waited / 1000:.0f} ms on average; {lost:,} never came, "
               f"{b['reseq_late']:,} too late")
    yield (f"links lost {b['reseq_repaired'] + b['reseq_replayed'] + lost:,}: "
           f"{b['reseq_repaired']:,} repaired, {b['reseq_replayed']:,} replayed, {lost:,} lost for good")


def drop_lines(counters):
    for end, counts in counters.items():
        rescheduled = counts["tx_rescheduled"]
        dropped = [f"{name.removeprefix('drop_')} {n}" for name, n in counts.items()
                   if n and name.startswith("drop_")]
        yield (f"host {end.upper()}: {', '.join(dropped) or 'none dropped for any reason'}; "
               f"{rescheduled} moved to another link as theirs died")


def listing(title, lines):
    for i, line in enumerate(lines):
        yield f"{title if i == 0 else '':15}{line}"


def give(record, screen, last, stream, counters, complaints, out, began):
    """Prints the summary, writes the files; returns the exit status."""
    failures = []
    end = record.local("a", last["a"]["t"])
    arrived_end = record.local("b", last["b"]["t"])
    lines = ["", "What was seen", ""]
    lines += listing("  Data", [delivery(last, failures)])
    lines += listing("  Packets lost", [datagrams(stream, failures), *stalls(record)])
    mean = last["b"]["bytes"] * 8e-6 / max(arrived_end, 0.1)
    lines += listing("  Speed", [f"{megabytes(last['b']['bytes'])} in {arrived_end:.1f} s: "
                                 f"{mean:.1f} Mbit/s of data on average"])
    lines += listing("  Longest gap", gap_lines(record))
    lines += listing("  Order", order_lines(counters))
    lines += listing("  Dropped", drop_lines(counters))
    if len(record.events) != EVENTS:
        failures.append(f"only {len(record.events)} of {EVENTS} events came to pass: "
                        + (", ".join(text for _, text in record.events) or "none"))
    went_on(record, arrived_end, failures)
    for host, text in complaints.items():
        if text:
            failures.append(f"host {host.upper()}'s kernel log after rmmod:\n{text}")
    if not any(complaints.values()):
        lines += listing("  Kernels", ["module unloaded in both hosts, everything it made is "
                                       "destroyed, both logs are clean"])
    lines += ["", *phases(record, end), ""]

    csv, png = out / "rates.csv", out / "rates.png"
    record.write_csv(csv)
    png.unlink(missing_ok=True)
    cables = " of " + ", ".join(f"{rate:g}" for rate in record.rates.values()) + " Mbit/s"
    plot.draw(record, csv, png, f"One TCP flow over mplink ({record.policy}) on three cables"
              + (cables if record.rates else ""), end)
    shown = [path.relative_to(out.parent.parent) for path in (png, csv)]
    lines.append(f"  Plot: {shown[0]}   numbers: {shown[1]}")
    lines.append("")
    for line in lines:
        screen.say(line)
    for failure in failures:
        screen.say(f"demo: FAILED: {failure}")
    if not failures:
        screen.say(f"demo: succeeded, in {time.time() - began:.0f} s")
    return 1 if failures else 0
