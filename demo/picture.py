#!/usr/bin/python3
"""Draws docs/demo.svg from what `demo/run --command` left in build/demo: the rates of the
three cables from rates.csv, and what `mplink show` said in show.txt.

usage: demo/run --command && demo/picture.py
"""

import csv
import html
import pathlib

REPO = pathlib.Path(__file__).resolve().parent.parent
DATA = REPO / "build/demo"
OUT = REPO / "docs/demo.svg"
COLOURS = ["#0072b2", "#d55e00", "#009e73"]
WIDTH, LEFT, RIGHT, TOP, HEIGHT = 1000, 50, 20, 58, 240
ROW = 17


def read():
    with open(DATA / "rates.csv", encoding="ascii", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [name.removesuffix("_mbit_s") for name in rows[0] if name.endswith("_mbit_s")]
    links = [name for name in names if name != "arrived"]
    return rows, links


def curves(rows, links):
    """[(label, colour, [(seconds, Mbit/s)])]"""
    times = [float(row["seconds"]) for row in rows]
    rates = {name: [float(row[f"{name}_mbit_s"]) for row in rows] for name in links}
    total = [sum(at) for at in zip(*rates.values())]
    return [("all", "#333333", list(zip(times, total)))] + [
        (name, colour, list(zip(times, rates[name]))) for name, colour in zip(links, COLOURS)]


def draw(rows, links, shown):
    lines = curves(rows, links)
    end = lines[0][2][-1][0]
    top = 5 * (int(max(rate for _, rate in lines[0][2]) / 5) + 1)
    bottom = TOP + HEIGHT

    def x(seconds):
        return LEFT + (WIDTH - LEFT - RIGHT) * seconds / end

    def y(rate):
        return bottom - HEIGHT * rate / top

    text = shown.rstrip("\n").splitlines()
    shown_top = bottom + 60
    height = shown_top + ROW * (len(text) + 1) + 28
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
           'font-family="DejaVu Sans, sans-serif" font-size="13">',
           f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
           f'<text x="{LEFT}" y="22" font-size="15">One TCP flow over three cables: Mbit/s that '
           'host A sends on each</text>']
    for rate in range(0, top + 1, 5):
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(rate):.1f}" y2="{y(rate):.1f}" '
                   'stroke="#e4e4e4"/>'
                   f'<text x="{LEFT - 8}" y="{y(rate) + 4:.1f}" text-anchor="end">{rate}</text>')
    for seconds in range(0, int(end) + 1, 5):
        out.append(f'<text x="{x(seconds):.1f}" y="{bottom + 18}" text-anchor="middle">{seconds} s</text>')
    for row in rows:
        if row["event"]:
            at = x(float(row["seconds"]))
            out.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP - 6}" y2="{bottom}" '
                       'stroke="#777777" stroke-dasharray="5 4"/>'
                       f'<text x="{at:.1f}" y="{TOP - 12}" text-anchor="middle">'
                       f'{html.escape(row["event"])}</text>')
    for label, colour, points in lines:
        path = " ".join(f"{x(seconds):.1f},{y(rate):.1f}" for seconds, rate in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
    for i, (label, colour, _) in enumerate(lines):
        at = LEFT + 90 * i
        out.append(f'<line x1="{at}" x2="{at + 26}" y1="{bottom + 36}" y2="{bottom + 36}" '
                   f'stroke="{colour}" stroke-width="3"/>'
                   f'<text x="{at + 32}" y="{bottom + 41}">{label}</text>')
    out.append(f'<rect x="{LEFT - 14}" y="{shown_top}" width="{WIDTH - LEFT - RIGHT + 28}" '
               f'height="{height - shown_top - 10}" rx="6" fill="#1e1e1e"/>')
    out.append('<g font-family="DejaVu Sans Mono, monospace" font-size="12" fill="#dddddd" '
               'xml:space="preserve">')
    for i, line in enumerate(["# mplink show", *text], 1):
        out.append(f'<text x="{LEFT}" y="{shown_top + 4 + ROW * i}">{html.escape(line)}</text>')
    out += ["</g>", "</svg>", ""]
    return "\n".join(out)


def main():
    rows, links = read()
    shown = (DATA / "show.txt").read_text(encoding="ascii")
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(draw(rows, links, shown), encoding="ascii")
    print(OUT.relative_to(REPO))


if __name__ == "__main__":
    main()
