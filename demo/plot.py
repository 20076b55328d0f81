"""Draws build/demo/rates.png from rates.csv with gnuplot."""

import subprocess

COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"]

SCRIPT = """
set terminal pngcairo size 1200,620 font "DejaVu Sans,11" background "white"
set output "{png}"
set datafile separator ","
set title "{title}" font "DejaVu Sans,13" offset 0,0.4
set xlabel "seconds of the flow"
set ylabel "Mbit/s"
set xrange [0:{end}]
set yrange [0:{top}]
set grid ytics lt 1 lc rgb "#e4e4e4" lw 1
set border 3 lc rgb "#555555"
set tics nomirror out
set bmargin 6
set key at screen 0.5, screen 0.03 center horizontal samplen 3
{marks}
plot {curves}
"""


def quoted(text):
    return text.replace("\\", "").replace('"', "'")


def draw(record, csv, png, title, end):
    """Raises RuntimeError with the reason if gnuplot fails."""
    peak = max((arrived for _, _, arrived in record.rows()), default=1.0)
    peak = max([peak] + [sum(rates.values()) for _, rates, _ in record.rows()])
    top = 1.3 * peak
    marks = []
    for i, (when, text) in enumerate(record.events, 1):
        marks += [f'set arrow {i} from {when:.2f},0 to {when:.2f},{top * 0.93:.3f} nohead '
                  'dashtype 2 lw 1.5 lc rgb "#777777" front',
                  f'set label {i} "{quoted(text)}" at {when:.2f},{top * 0.96:.3f} center '
                  'font "DejaVu Sans,10" tc rgb "#333333" front']
    columns = len(record.links)
    curves = [f'"{csv}" using 1:{i + 2} every ::1 with lines lw 2.5 lc rgb '
              f'"{COLOURS[i % len(COLOURS)]}" title "{name}, sent by host A"'
              for i, name in enumerate(record.links)]
    total = "+".join(f"${i + 2}" for i in range(columns))
    curves.insert(0, f'"{csv}" using 1:({total}) every ::1 with lines lw 2.5 lc rgb "#333333" '
                     'title "all links"')
    script = SCRIPT.format(png=png, title=quoted(title), end=f"{end:.1f}", top=f"{top:.2f}",
                           marks="\n".join(marks), curves=", ".join(curves))
    done = subprocess.run(["gnuplot"], input=script, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode or not png.exists():
        raise RuntimeError(f"gnuplot could not draw {png} (status {done.returncode}): "
                           + done.stdout.strip())
