#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What tests/bench/run runs in the VM for the part sessions: one end of many BFD
# sessions, over two NICs whose far ends mirror.bpf.c plays. Prints two lines for each
# argument: with as many links and no session, and with their sessions.
#
#   sessions.COUNT.INTERVAL.idle SECONDS IDLE
#   sessions.COUNT.INTERVAL SECONDS IDLE PACKETS UP STAYED BYTES
#
# In SECONDS the CPU was IDLE for so long, and PACKETS were received; then UP sessions
# are Up, and STAYED of them have been so since before. BYTES is the kernel's memory.
#
# usage: tests/bench/sessions.sh COUNT.INTERVAL...      INTERVAL: of a session's packets, in ms
set -Eeuo pipefail
# shellcheck source=tests/bench/lib.sh
source "$(dirname "$0")/lib.sh"

mplink=$PWD/build/mplink
mirror=$PWD/build/bench/mirror.bpf.o
seconds=4

# lay_cables LINKS: NICs eth1 and eth2; over each go half of the links.
lay_cables() {
	local i n mac
	for i in 1 2; do
		# What comes back is for the NIC itself.
		mac=02:00:00:00:00:0$i
		ip link add "eth$i" address "$mac" type veth peer name "eth$i" netns B
		ip -n B link set "eth$i" up
		ip addr add "10.$i.0.1/16" dev "eth$i"
		ip link set "eth$i" up
		tc qdisc add dev "eth$i" clsact
		tc filter add dev "eth$i" egress protocol ip \
			bpf direct-action object-file "$mirror" section classifier
		for ((n = 0; n < $1 / 2; n++)); do
			echo "neigh replace 10.$i.$((1 + n / 250)).$((n % 250)) lladdr $mac" \
				"nud permanent dev eth$i"
		done | ip -batch -
	done
}

# configuration LINKS: half as many peers, with a link over each NIC.
configuration() {
	python3 - "$1" <<-'END'
		import json, sys
		def peer(n):
		    host = f"{1 + n // 250}.{n % 250}"
		    return {"address": f"10.99.{host}", "links": [
		        {"nic": f"eth{i}", "remote": f"10.{i}.{host}"} for i in (1, 2)]}
		print(json.dumps({"devices": [{
		    "name": "mpl0", "nics": ["eth1", "eth2"],
		    "peers": [peer(n) for n in range(int(sys.argv[1]) // 2)]}]}))
	END
}

# up_since MS: how many sessions are Up, and how many of them since that time. Asking
# must take no time from them: under load, softirqs share the CPU with programs.
up_since() {
	chrt --idle 0 "$mplink" --json show | chrt --idle 0 python3 -c '
import json, sys
since = [link["stages_ms"]["bfd-up"] for device in json.load(sys.stdin)
         for peer in device["peers"] for link in peer["links"]
         if link["session"] and link["session"]["state"] == "up"]
print(len(since), sum(ms <= int(sys.argv[1]) for ms in since))' "$1"
}

received() {
	awk '/^Udp: [0-9]/ { print $2 }' /proc/net/snmp
}

# pass: sets passed to "SECONDS IDLE PACKETS", and began to when it did, in ms.
pass() {
	local before after count
	count=$(received)
	read -ra before </proc/uptime
	sleep "$seconds"
	read -ra after </proc/uptime
	count=$(($(received) - count))
	passed=$(awk -v n="$count" '{ print $3 - $1, $4 - $2, n }' <<<"${before[*]} ${after[*]}")
	began=${before[0]/./}0
}

# All Up, or as many as will be.
wait_until_up() {
	local i up
	for ((i = 0; i < 20; i++)); do
		sleep 1
		read -r up _ < <(up_since 0)
		[[ $up -lt $1 ]] || return 0
	done
}

# measure COUNT INTERVAL
measure() {
	local key=sessions.$1.$2 before passed began
	lay_cables "$1"
	insmod "$module"
	configuration "$1" >/run/peers.json
	"$mplink" load /run/peers.json
	ip addr add 10.99.0.1/16 dev mpl0
	ip link set mpl0 up
	# Before memory is looked at: what is used again has its memory already.
	up_since 0 >/run/none
	pass
	echo "$key.idle ${passed% *}"
	before=$(kernel_memory)
	"$mplink" set dev mpl0 liveness bfd bfd-interval-us "$2"000 bfd-multiplier 3
	wait_until_up "$1"
	# The intervals are agreed on, and the log has been written.
	sleep 2
	pass
	echo "$key $passed $(up_since "$began") $((($(kernel_memory) - before) * 1024))"
	ip link del mpl0
	rmmod mplink
	ip link del eth1
	ip link del eth2
}

two_hosts
modprobe -a sch_ingress cls_bpf
for argument in "$@"; do
	measure "${argument%.*}" "${argument#*.}"
done
echo end
