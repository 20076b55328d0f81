#!/bin/bash
# What scenarios that send packets share; sourced after lib.sh.
#
#   REMOTES4, REMOTES6        remotes= for eth1..eth3 of `topology 3`
#   three_links [ARGS...]     topology 3, mplink over the three (peer 10.99.0.2 over
#                             IPv4 unless ARGS name one), mpl0 up, all links valid
#   links_valid [N]           whether N (3) links are valid
#   link_count NIC COUNTER    of the only peer's link over NIC
#   links_sum COUNTER         over its links
#   stat COUNTER [DEV]        of /sys/class/net/DEV/statistics
#   in_b_stat COUNTER DEV     the same in B
#   ethtool_stat NAME         of ethtool -S mpl0
#   udp_mixed DST COUNT SIZE...      COUNT datagrams of these payloads in turn, from
#                             one CPU, to a port where nobody listens but all arrive
#   iperf_server              iperf3 in B, for as long as the scenario lasts
#   iperf DST ARGS...         iperf3 client; fails if not a byte came through
#   numbered_start DST ARGS...       tools/stream to DST; numbered_stop prints and leaves what
#                             was SENT, RECEIVED, LOST, DUPLICATED, ERRORS
#   steady DST [SECONDS]      UDP and TCP traffic in the background; steady_stop ends it
#   promptly SECONDS WHAT CMD...     CMD succeeds within that time, or, where everything is
#                             slow, within eight times what a plain device's life takes now
#   receiver PORT; received   counts UDP datagrams that come to PORT in B

# shellcheck disable=SC2034,SC2119,SC2120
REMOTES4=10.0.1.2,10.0.2.2,10.0.3.2
REMOTES6=fd00:0:0:1::2,fd00:0:0:2::2,fd00:0:0:3::2
NICS=eth1,eth2,eth3
STREAM=$PWD/build/tools/stream

milliseconds() {
	local now=$EPOCHREALTIME
	echo $((${now/[^0-9]/} / 1000))
}

# A device of the kernel's own, up, down and gone.
plain_life() {
	ip link add plain0 type dummy
	ip link set plain0 up
	ip link del plain0
}

promptly() {
	local seconds=$1 what=$2 began took plain limit
	shift 2
	began=$(milliseconds)
	check "$what" "$@"
	took=$(($(milliseconds) - began))
	if [[ $took -gt $((seconds * 1000)) ]]; then
		began=$(milliseconds)
		plain_life
		plain=$(($(milliseconds) - began))
		limit=$((plain * 8 > seconds * 1000 ? plain * 8 : seconds * 1000))
		echo "$what: $took ms, while a plain device's life takes $plain ms"
		[[ $MPLINK_KERNEL == debug || $took -le $limit ]] || fail "$what took $took ms"
	else
		echo "$what: $took ms"
	fi
}

links_valid() {
	[[ $(cat /sys/class/net/mpl0/mplink/peers/*/links/*/valid | grep -c 1) -eq ${1:-3} ]]
}

three_links() {
	topology 3
	in_b sysctl -qw net.ipv4.icmp_ratelimit=0
	if [[ $* == *peer=* ]]; then
		mplink_load "nics=$NICS" "$@"
	else
		mplink_load "nics=$NICS" peer=10.99.0.2 "remotes=$REMOTES4" "$@"
	fi
	# No router solicitations: they are packets for nobody.
	ip link set mpl0 addrgenmode none
	mplink_up
	wait_until 10 links_valid 3
}

link_count() {
	cat /sys/class/net/mpl0/mplink/peers/*/links/"$1/$2"
}

links_sum() {
	cat /sys/class/net/mpl0/mplink/peers/*/links/*/"$1" | awk '{ sum += $1 } END { printf "%d", sum }'
}

stat() {
	cat "/sys/class/net/${2:-mpl0}/statistics/$1"
}

in_b_stat() {
	in_b cat "/sys/class/net/$2/statistics/$1"
}

ethtool_stat() {
	ethtool -S mpl0 | awk -v name="$1:" '$1 == name { print $2; found = 1 } END { exit !found }'
}

udp_mixed() {
	local dst=$1 count=$2
	shift 2
	taskset -c 0 python3 - "$dst" "$count" "$@" <<-'END'
		import socket, sys
		dst, count = sys.argv[1], int(sys.argv[2])
		data = [bytes(int(size)) for size in sys.argv[3:]]
		sock = socket.socket(socket.AF_INET6 if ":" in dst else socket.AF_INET, socket.SOCK_DGRAM)
		for i in range(count):
		    sock.sendto(data[i % len(data)], (dst, 9))
	END
}

# Nothing listens at port 9; ICMP errors are for the way back, which is not ours.
iperf_server() {
	background in_b iperf3 -s
	wait_until 10 in_b bash -c 'ss -ltn | grep -q :5201'
}

# Once more if the server has not yet closed the test before.
iperf() {
	local dst=$1 said
	shift
	for _ in 1 2 3 4 5; do
		if said=$(iperf3 -c "$dst" -J "$@"); then
			break
		fi
		[[ $said == *"busy"* ]] || break
		sleep 1
	done
	if ! jq -e '[.end.sum_received.bytes?, .end.sum.bytes?] | map(. // 0) | max > 0' \
		<<<"$said" >/dev/null; then
		printf '%s\n' "$said" | tail -n 30
		fail "no traffic: iperf3 -c $dst $*"
	fi
}

# Not through in_b: a function in the background is a shell, and killed alone.
numbered_start() {
	local dst=$1
	shift
	ip netns exec B "$STREAM" receive 7100 --seconds 600 >/run/numbered-received &
	RECEIVER=$!
	wait_until 20 in_b bash -c 'ss -lun | grep -q :7100'
	"$STREAM" send "$dst" 7100 "$@" >/run/numbered-sent &
	SENDER=$!
	wait_until 20 steady_flows "$(stat tx_packets)"
}

numbered_stop() {
	local file
	if [[ ${1:-} == now ]]; then
		kill "$SENDER" 2>/dev/null || true
	fi
	wait "$SENDER" || true
	sleep 1
	kill "$RECEIVER" 2>/dev/null || true
	wait "$RECEIVER" || true
	for file in /run/numbered-sent /run/numbered-received; do
		echo "${file##*-}: $(<$file)"
	done
	SENT=$(sed -n 's/^sent=\([0-9]*\) .*/\1/p' /run/numbered-sent)
	ERRORS=$(sed -n 's/.* errors=\([0-9]*\) .*/\1/p' /run/numbered-sent)
	RECEIVED=$(sed -n 's/.* received=\([0-9]*\) .*/\1/p' /run/numbered-received)
	LOST=$(sed -n 's/.* lost=\([0-9]*\) .*/\1/p' /run/numbered-received)
	LOST=$((LOST + SENT - $(sed -n 's/^sent=\([0-9]*\) .*/\1/p' /run/numbered-received)))
	DUPLICATED=$(sed -n 's/.* duplicated=\([0-9]*\) .*/\1/p' /run/numbered-received)
}

# Nice: it shall fill the CPUs, and not keep the scenario from them.
STEADY=()
steady() {
	local dst=$1 seconds=${2:-120} family=() listen=0.0.0.0
	if [[ $dst == *:* ]]; then
		family=(-6)
		listen=::
	fi
	nice ip netns exec B "$STREAM" receive 7000 --seconds "$seconds" >/run/stream-received &
	STEADY+=($!)
	nice "$STREAM" send "$dst" 7000 --rate 2000 --size 700 --seconds "$seconds" \
		>/run/stream-sent &
	STEADY+=($!)
	nice ip netns exec B iperf3 "${family[@]}" -s -B "$listen" -p 7001 >/dev/null 2>&1 &
	STEADY+=($!)
	# It comes again when the server has given the connection up.
	(
		trap 'kill $(jobs -p) 2>/dev/null; exit' TERM
		while :; do
			nice iperf3 -c "$dst" -p 7001 -t "$seconds" --connect-timeout 2000 >/dev/null 2>&1 &
			wait $! || true
			sleep 0.5
		done
	) &
	STEADY+=($!)
	wait_until 20 steady_flows "$(stat tx_packets)"
}

steady_flows() {
	[[ $(stat tx_packets) -gt $(($1 + 50)) ]]
}

steady_stop() {
	local pid
	for pid in "${STEADY[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
	for pid in "${STEADY[@]}"; do
		wait "$pid" 2>/dev/null || true
	done
	STEADY=()
}

# What nft saw leaves no doubt about what came, whoever listens.
receiver() {
	in_b nft "table inet count { chain in { type filter hook prerouting priority -300;
		udp dport $1 counter; }; }"
}

received() {
	in_b nft list chain inet count in | sed -n 's/.*counter packets \([0-9]*\).*/\1/p'
}
