#!/bin/bash
# What scenarios about events of member NICs share: traffic from host A to host B
# through mpl0, and what the log says of a NIC.
#
# usage, after lib.sh:   source "$(dirname "$0")/../lib-events.sh"
#
#     mplink_to_b NIC...       loads with eth<i> for 10.0.<i>.2, and waits until B
#                              answers. B answers by its end of the first NIC only:
#                              what happens to the others is of no concern to it.
#     udp_start                numbered packets, UDP_RATE a second to UDP_DST, until
#     udp_stop                 which sets UDP_SENT, UDP_RECEIVED, UDP_LOST,
#                              UDP_DUPLICATED, UDP_REORDERED, UDP_GAP (ms)
#     udp_conserved            what the application sent is what the links sent
#                              and what was dropped for a counted reason (where
#                              nothing else is sent: not beside TCP)
#     counted_alike            what mpl0 sent is what its links sent
#     tcp_start; tcp_stop      iperf3, as fast as it goes or at TCP_RATE
#     tcp_moves                waits until B has acknowledged more
#     link_tx NIC; links_tx; drops REASON; rescheduled      counters, of packets
#     link_carries NIC [SECONDS]     waits until packets leave by it
#     link_silent NIC          none leaves by it, while others do
#     events NIC               what the log says of it since the mark, without the prefix
#     expect_events NIC LINE...     just these, in this order, once the last is there

# Scenarios, not this file, read these variables:
# shellcheck disable=SC2034

STREAM=$PWD/build/tools/stream
UDP_PORT=9000
UDP_DST=10.99.0.2
TCP_RATE=0
# A steady rate, that the emulated machine can keep without falling behind.
UDP_RATE=400
LINKS=/sys/class/net/mpl0/mplink/peers/10.99.0.2/links
if [[ $KERNEL == debug ]]; then
	UDP_RATE=100
fi

mplink_to_b() {
	local nic i nics='' remotes=''
	for nic in "$@"; do
		i=${nic#eth}
		nics+=,$nic
		remotes+=,10.0.$i.2
	done
	i=${1#eth}
	mplink_load "nics=${nics#,}" peer=10.99.0.2 "remotes=${remotes#,}"
	mplink_up
	in_b ip route replace 10.99.0.1 src 10.99.0.2 via "10.0.$i.1"
	wait_until 30 ping -qc1 -W1 10.99.0.2
}

# What is asked again and again starts no process: under full traffic on an
# emulated CPU each costs as much as a hundred packets.
link_tx() {
	local count
	read -r count <"$LINKS/$1/tx_packets"
	echo "$count"
}

links_tx() {
	local file count sum=0
	for file in "$LINKS"/*/tx_packets; do
		read -r count <"$file"
		sum=$((sum + count))
	done
	echo "$sum"
}

drops() {
	local count
	read -r count <"/sys/class/net/mpl0/mplink/drops/${1//-/_}"
	echo "$count"
}

rescheduled() {
	ethtool -S mpl0 | awk '$1 == "tx_rescheduled:" { print $2 }'
}

# Of packets that have a peer: others (neighbour discovery, say) are not ours.
_udp_accounted() {
	local reason sum
	sum=$(links_tx)
	for reason in no-link malformed too-big no-memory no-neighbour; do
		sum=$((sum + $(drops "$reason")))
	done
	echo "$sum"
}

_more_than() {
	local limit=$1
	shift
	[[ $("$@") -gt $limit ]]
}

link_carries() {
	wait_until "${2:-30}" _more_than $(($(link_tx "$1") + 20)) link_tx "$1"
}

link_silent() {
	local before
	before=$(link_tx "$1")
	wait_until 30 _more_than $(($(links_tx) + 100)) links_tx
	equal "packets that left by $1" $(($(link_tx "$1") - before)) 0
}

_udp_listens() {
	[[ -n $(in_b ss -Hlun "sport = :$UDP_PORT") ]]
}

udp_start() {
	UDP_LOG=$(mktemp -d /tmp/udp.XXXXXX)
	UDP_BEFORE=$(_udp_accounted)
	ip netns exec B "$STREAM" receive "$UDP_PORT" --seconds 600 >"$UDP_LOG/received" &
	UDP_RECEIVER=$!
	wait_until 30 _udp_listens
	"$STREAM" send "$UDP_DST" "$UDP_PORT" --rate "$UDP_RATE" --size 200 \
		--seconds 600 >"$UDP_LOG/sent" &
	UDP_SENDER=$!
	wait_until 30 _more_than $((UDP_BEFORE + 50)) _udp_accounted
}

_udp_value() {
	sed -n "s/.*\<$2=\([^ ]*\).*/\1/p" "$UDP_LOG/$1"
}

udp_stop() {
	kill -TERM "$UDP_SENDER"
	wait "$UDP_SENDER"
	sleep 0.5
	kill -TERM "$UDP_RECEIVER"
	wait "$UDP_RECEIVER"
	UDP_SENT=$(_udp_value sent sent)
	UDP_ERRORS=$(_udp_value sent errors)
	UDP_RECEIVED=$(_udp_value received received)
	UDP_DUPLICATED=$(_udp_value received duplicated)
	UDP_REORDERED=$(_udp_value received reordered)
	UDP_GAP=$(_udp_value received longest_gap_ms)
	UDP_LOST=$((UDP_SENT - UDP_RECEIVED))
	echo "UDP: $(<"$UDP_LOG/sent")"
	echo "UDP: $(<"$UDP_LOG/received")"
}

udp_conserved() {
	equal "packets that links sent or that were dropped for a reason" \
		$(($(_udp_accounted) - UDP_BEFORE)) $((UDP_SENT - UDP_ERRORS))
}

counted_alike() {
	local links
	links=$(links_tx)
	equal "packets that mpl0 sent" "$(</sys/class/net/mpl0/statistics/tx_packets)" "$links"
}

_tcp_acked() {
	ss -Htin "dst = 10.99.0.2" |
		sed -n 's/.*bytes_acked:\([0-9]*\).*/\1/p' | sort -n | tail -n1
}

_tcp_listens() {
	[[ -n $(in_b ss -Hltn "sport = :5201") ]]
}

tcp_start() {
	TCP_LOG=$(mktemp /tmp/tcp.XXXXXX)
	ip netns exec B iperf3 -s >/dev/null 2>&1 &
	TCP_SERVER=$!
	wait_until 30 _tcp_listens
	iperf3 -c 10.99.0.2 -t 600 -b "$TCP_RATE" >"$TCP_LOG" 2>&1 &
	TCP_CLIENT=$!
	wait_until 30 _more_than 100000 _tcp_acked
}

tcp_moves() {
	wait_until 30 _more_than $(($(_tcp_acked) + 200000)) _tcp_acked
}

tcp_stop() {
	kill -0 "$TCP_CLIENT" || fail "TCP: the connection ended: $(tail -n3 "$TCP_LOG")"
	kill -9 "$TCP_CLIENT" "$TCP_SERVER"
	wait "$TCP_CLIENT" "$TCP_SERVER" 2>/dev/null || true
}

events() {
	log_since | sed -n "s/.*mplink: mpl0: $1: //p"
}

_has_event() {
	events "$1" | grep -xF -- "$2" >/dev/null
}

expect_events() {
	local nic=$1 end
	shift
	end=$((SECONDS + 20))
	until _has_event "$nic" "${*: -1}"; do
		if [[ $SECONDS -ge $end ]]; then
			log_since
			fail "$nic: the log lacks: ${*: -1}"
		fi
		sleep 0.1
	done
	equal "$nic: events" "$(events "$nic")" "$(printf '%s\n' "$@")"
}
