#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What tests/bench/run runs in the VM for the part real: TCP over links as people have them,
# of which mplink is told nothing but NICs and remotes. Prints one line a measurement, "KEY
# NUMBER..." (see tests/bench/goodput.cc, delay.cc). LINK is a WIRE of wires.sh.
#
#   real.link.SENDER.LINK    Mbit/s of one flow over one link: "start." before it, in the first
#   real.ROW.MECHANISM       ten seconds; over all links of the row: mptcp, mplink
#   probe.KEY                the delay of a flow of small packets beside that flow
#   idle_cpu.KEY             percent of the CPU's time that it was idle meanwhile
#   real.ROW.mplink.eight    of each of eight flows
#   more.ROW.WHAT            of mplink: idle (the small packets alone), eight (flows), out, back
#                            (a flow alone), both.out, both.back (at once), udp (90 % of all rates)
#
# usage: tests/bench/real.sh WHAT:ROW:SENDER:LINK,...[:LATER[:eight]]...
#        WHAT: table more; SENDER: cubic bbr; LATER: the first link is like this from the
#        eleventh to the twentieth second, and as before in the ten seconds after that;
#        eight: eight flows, too
set -Eeuo pipefail
# shellcheck source=tests/bench/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/bench/wires.sh
source "$(dirname "$0")/wires.sh"
# shellcheck source=tests/bench/mechanisms.sh
source "$(dirname "$0")/mechanisms.sh"

goodput=$PWD/build/bench/goodput
delay=$PWD/build/bench/delay
start=10
seconds=8
# Of a flow whose link changes: the first second of the change and the nine after, then
# twice five seconds.
changing=1,9,5,5
probe=(50 100)  # packets a second, bytes
udp_bytes=1400  # of payload
fifos=/run/real # a FIFO for each of those that must act in time with a flow
udp_frame=1482  # the same on a link, with the inner and outer headers
declare -A measured=()

# watch_cpu KEY: for as long as a flow lasts. The times of /proc/stat are user, nice, system,
# idle, iowait, irq, softirq, steal.
watch_cpu() {
	local before after all=0 i
	{
		read -r
		read -ra before </proc/stat
		while read -r; do :; done
		read -ra after </proc/stat
	} <"$fifos/cpu"
	for ((i = 1; i <= 8; i++)); do
		all=$((all + after[i] - before[i]))
	done
	echo "idle_cpu.$1" $((100 * (after[4] + after[5] - before[4] - before[5]) / all))
}

# flow KEY PROTOCOL NETWORK PERIODS [FIFO...]
flow() {
	"$goodput" "$1" "$2" "$start" "$4" 1 - - "$3.1" B "$3.2" "${@:5}"
}

# loaded KEY PROTOCOL NETWORK PERIODS [FIFO...]: a flow, and small packets beside it.
loaded() {
	local small cpu
	watch_cpu "$1" &
	cpu=$!
	"$delay" "probe.$1" 0 $((start + ${4//,/+})) "${probe[@]}" 1 - - "$3.1" B "$3.2" \
		"$fifos/small" &
	small=$!
	flow "$@" "$fifos/small" "$fifos/cpu"
	wait "$small"
	wait "$cpu"
}

# single SENDER LINK: several rows may have it.
single() {
	[[ -z ${measured[$1.$2]:-} ]] || return 0
	lay_wires "$2"
	connect_nics 1 | in_host 1
	connect_nics 2 | in_host 2
	sender "$1"
	loaded "real.link.$1.$2" tcp 10.0.1 "$seconds"
	sender ""
	remove_wires
	measured[$1.$2]=1
}

add_adaptive() {
	local weights=() i
	for ((i = 0; i < wires; i++)); do
		weights+=(-)
	done
	add_mplink gre-udp adaptive "${weights[@]}"
}

# changes LINK LATER: the first wire, while a flow runs. The flow says when it connects, when
# the first of its periods begins, the second, and so on.
changes() {
	{
		read -r && read -r
		reshape_as 1 "$2"
		read -r && read -r
		reshape_as 1 "$1"
		while read -r; do :; done
	} <"$fifos/changes" | tc -n W -batch -
}

# eight KEY: flows, over mplink.
eight() {
	"$goodput" "$1" tcp "$start" "$seconds" 8 - - 10.99.0.1 B 10.99.0.2
}

# table ROW SENDER LINKS LATER EIGHT
table() {
	local links link periods=$seconds changes=() changer
	IFS=, read -ra links <<<"$3"
	[[ -z $4 ]] || periods=$changing changes=("$fifos/changes")
	for link in "${links[@]}"; do
		single "$2" "$link"
	done
	if [[ $2 == cubic ]]; then
		lay_wires "${links[@]}"
		add_mptcp
		[[ -z $4 ]] || changes "${links[0]}" "$4" &
		changer=$!
		flow "real.$1.mptcp" "mptcp$((wires - 1))" 10.0.1 "$periods" "${changes[@]}"
		wait "$changer"
		remove_mptcp
		remove_wires
	fi
	lay_wires "${links[@]}"
	add_adaptive
	sender "$2"
	[[ -z $4 ]] || changes "${links[0]}" "$4" &
	changer=$!
	loaded "real.$1.mplink" tcp 10.99.0 "$periods" "${changes[@]}"
	wait "$changer"
	[[ -z $5 ]] || eight "real.$1.mplink.eight"
	sender ""
	remove_mplink
	remove_wires
}

# back KEY [FIFO]
back() {
	"$goodput" "$1" tcp "$start" "$seconds" 1 - B 10.99.0.2 - 10.99.0.1 "${@:2}"
}

# more ROW LINKS
more() {
	local links link rate=0 other
	IFS=, read -ra links <<<"$2"
	for link in "${links[@]}"; do
		link=${link#*/}
		rate=$((rate + ${link%+*}))
	done
	lay_wires "${links[@]}"
	add_adaptive
	"$delay" "more.$1.idle" 2 "$seconds" "${probe[@]}" 1 - - 10.99.0.1 B 10.99.0.2
	"$delay" "more.$1.udp" 2 "$seconds" $((rate * 900000 / (8 * udp_frame))) "$udp_bytes" 1 - \
		- 10.99.0.1 B 10.99.0.2
	flow "more.$1.out" tcp 10.99.0 "$seconds"
	back "more.$1.back"
	back "more.$1.both.back" "<$fifos/back" &
	other=$!
	flow "more.$1.both.out" tcp 10.99.0 "$seconds" "$fifos/back"
	wait "$other"
	eight "more.$1.eight"
	remove_mplink
	remove_wires
}

two_hosts
mkdir "$fifos"
mkfifo "$fifos"/{small,cpu,changes,back}
modprobe -a tcp_bbr sch_netem sch_ingress cls_matchall act_mirred
for part in "$@"; do
	IFS=: read -r what row how links later flows <<<"$part"
	case $what in
	table) table "$row" "$how" "$links" "$later" "$flows" ;;
	more) more "$row" "$links" ;;
	*) echo "real.sh: no part $what" >&2; exit 2 ;;
	esac
done
echo end
