#!/bin/bash
# What scenarios that send packets share; sourced after lib.sh.  Traffic goes from
# host A to host B's virtual address unless it says otherwise.
#
#   set-up, for a peer 10.99.0.2 unless ARGS name another:
#     NICS, REMOTES4, REMOTES6   nics= and remotes= for eth1..eth3 of `topology 3`
#     three_links [ARGS...]      topology 3, mplink over the three, mpl0 up, all valid
#     mplink_to_b NIC...         loads with eth<i> for 10.0.<i>.2, and waits until B
#                                answers. B answers by its end of the first NIC only:
#                                what happens to the others is of no concern to it.
#     links_valid [N]            whether N (3) links are valid
#   counters:
#     link_count NIC COUNTER; links_sum COUNTER      of the only peer's links
#     stat COUNTER [DEV]         of /sys/class/net/DEV/statistics; in_b_stat COUNTER DEV
#     drops REASON; ethtool_stat NAME                of mpl0
#     more_than N CMD...         whether CMD prints a greater number
#     equal_to TEXT CMD...       whether CMD prints this
#     link_carries NIC [SECONDS]     waits until packets leave by it
#     link_silent NIC            none leaves by it, while others do
#   what the log says of a NIC since the mark, without the prefix:
#     events NIC; expect_events NIC LINE...     just these, once the last is there
#   traffic:
#     udp_mixed DST COUNT SIZE...    COUNT datagrams of these payloads in turn, from
#                                one CPU, to a port where nobody listens but all arrive
#     udp_start [DST [ARGS...]]  numbered packets, UDP_RATE a second to 10.99.0.2, until
#     udp_stop                   which sets UDP_SENT, UDP_ERRORS, UDP_RECEIVED, UDP_LOST,
#                                UDP_DUPLICATED, UDP_GAP (ms)
#     udp_conserved              what the application sent is what the links sent
#                                and what was dropped for a counted reason (where
#                                nothing else is sent: not beside TCP)
#     handed_start; handed_conserved      what the stack hands to mpl0 from the one to
#                                the other, of both families, is sent or dropped for a reason
#     handed_at_least            the same where an MTU has shrunk meanwhile: the stack cuts
#                                packets, or refuses them, after they are counted
#     counted_alike              what mpl0 sent is what its links sent
#     count_on_cables NAME...    from now on counts, in counters of these names, what leaves by
#                                eth1 to eth3: by the nft rules on its input
#     counted NAME; zero         what such a counter has; all of them begin anew
#     tcp_start; tcp_stop        iperf3, as fast as it goes or at TCP_RATE
#     tcp_moves                  waits until B has acknowledged more
#     steady DST [SECONDS]       UDP and TCP, as much as the kernel bears; steady_stop ends it
#     flowing SINCE              whether mpl0 has sent 50 packets more than SINCE
#     iperf_server; iperf DST ARGS...    one whole iperf3; fails if not a byte came, sets
#                                IPERF_RECEIVED: of TCP less than -n, for iperf3 ends when
#                                the last byte is in the sender's socket
#     receiver PORT; received    counts UDP datagrams that come to PORT in B
#   time:
#     promptly SECONDS WHAT CMD...   CMD succeeds within that time, or, where everything
#                                is slow, within eight times what a plain device's life
#                                takes now

# Scenarios, not this file, pass arguments and read variables of these functions:
# shellcheck disable=SC2034,SC2119,SC2120

REMOTES4=10.0.1.2,10.0.2.2,10.0.3.2
REMOTES6=fd00:0:0:1::2,fd00:0:0:2::2,fd00:0:0:3::2
NICS=eth1,eth2,eth3
STREAM=$PWD/build/tools/stream
UDP_PORT=9000
TCP_RATE=0
# A steady rate, that the emulated machine can keep without falling behind.
UDP_RATE=400
LINKS="/sys/class/net/mpl0/mplink/peers/*/links"
if [[ $KERNEL == debug ]]; then
	UDP_RATE=100
fi
# As much as goes; on the debug kernel what leaves some of the CPUs to the events.
STEADY_UDP=2000
STEADY_TCP=0
if [[ $KERNEL == debug ]]; then
	STEADY_UDP=100
	STEADY_TCP=500K
fi

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
link_count() {
	local count
	# shellcheck disable=SC2086 # the only peer
	read -r count < $LINKS/"$1"/"$2"
	echo "$count"
}

links_sum() {
	local file count sum=0
	# shellcheck disable=SC2231 # the only peer
	for file in $LINKS/*/"$1"; do
		read -r count <"$file"
		sum=$((sum + count))
	done
	echo "$sum"
}

stat() {
	local count
	read -r count <"/sys/class/net/${2:-mpl0}/statistics/$1"
	echo "$count"
}

in_b_stat() {
	in_b cat "/sys/class/net/$2/statistics/$1"
}

drops() {
	local count
	read -r count <"/sys/class/net/mpl0/mplink/drops/${1//-/_}"
	echo "$count"
}

ethtool_stat() {
	ethtool -S mpl0 | awk -v name="$1:" '$1 == name { print $2; found = 1 } END { exit !found }'
}

more_than() {
	local limit=$1
	shift
	[[ $("$@") -gt $limit ]]
}

equal_to() {
	[[ $("${@:2}") == "$1" ]]
}

link_carries() {
	wait_until "${2:-30}" more_than $(($(link_count "$1" tx_packets) + 20)) \
		link_count "$1" tx_packets
}

link_silent() {
	local before
	before=$(link_count "$1" tx_packets)
	wait_until 30 more_than $(($(links_sum tx_packets) + 100)) links_sum tx_packets
	equal "packets that left by $1" $(($(link_count "$1" tx_packets) - before)) 0
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
		nap 0.1
	done
	equal "$nic: events" "$(events "$nic")" "$(printf '%s\n' "$@")"
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

# Of packets that have a peer: others (neighbour discovery, say) are not ours.
_udp_accounted() {
	local reason sum
	sum=$(links_sum tx_packets)
	for reason in no-link malformed too-big no-memory no-neighbour loop policy; do
		sum=$((sum + $(drops "$reason")))
	done
	echo "$sum"
}

_udp_listens() {
	[[ -n $(in_b ss -Hlun "sport = :$UDP_PORT") ]]
}

# Not through in_b: a function in the background is a shell, and killed alone.
udp_start() {
	local dst=${1:-10.99.0.2}
	shift || true
	UDP_LOG=$(mktemp -d /tmp/udp.XXXXXX)
	UDP_BEFORE=$(_udp_accounted)
	ip netns exec B "$STREAM" receive "$UDP_PORT" --seconds 600 >"$UDP_LOG/received" &
	UDP_RECEIVER=$!
	wait_until 30 _udp_listens
	"$STREAM" send "$dst" "$UDP_PORT" --rate "$UDP_RATE" --size 200 --seconds 600 "$@" \
		>"$UDP_LOG/sent" &
	UDP_SENDER=$!
	wait_until 30 more_than $((UDP_BEFORE + 50)) _udp_accounted
}

_udp_value() {
	sed -n "s/.*\<$2=\([^ ]*\).*/\1/p" "$UDP_LOG/$1"
}

udp_stop() {
	kill -TERM "$UDP_SENDER"
	wait "$UDP_SENDER"
	nap 0.5
	kill -TERM "$UDP_RECEIVER"
	wait "$UDP_RECEIVER"
	UDP_SENT=$(_udp_value sent sent)
	UDP_ERRORS=$(_udp_value sent errors)
	UDP_RECEIVED=$(_udp_value received received)
	UDP_DUPLICATED=$(_udp_value received duplicated)
	UDP_GAP=$(_udp_value received longest_gap_ms)
	UDP_LOST=$((UDP_SENT - UDP_RECEIVED))
	echo "UDP: $(<"$UDP_LOG/sent")"
	echo "UDP: $(<"$UDP_LOG/received")"
}

udp_conserved() {
	equal "packets that links sent or that were dropped for a reason" \
		$(($(_udp_accounted) - UDP_BEFORE)) $((UDP_SENT - UDP_ERRORS))
}

_handed() {
	nft -j list table inet handed | jq '[.nftables[].rule.expr[]?.counter.packets // empty] | add'
}

handed_start() {
	nft 'table inet handed { chain out { type filter hook postrouting priority 200;
		oifname "mpl0" counter; }; }'
}

_handed_count() {
	# Now and then the kernel has a word to say itself (MLD): nothing may pass
	# while this is read.
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		given=$(_handed)
		sent=$(stat tx_packets)
		copies=$(ethtool_stat tx_copies)
		dropped=$(stat tx_dropped)
		[[ $(_handed) -ne $given ]] || break
		nap 0.3
	done
	echo "handed over $given, sent $sent, copies $copies, dropped $dropped;" \
		"rescheduled $(ethtool_stat tx_rescheduled)"
}

handed_conserved() {
	local given sent copies dropped
	_handed_count
	equal "packets sent or dropped" $((sent - copies + dropped)) "$given"
}

handed_at_least() {
	local given sent copies dropped refused
	_handed_count
	refused=$(nstat -asz IpFragFails Ip6FragFails | awk '/Frag/ { n += $2 } END { print n }')
	[[ $((sent - copies + dropped + refused)) -ge $given ]] ||
		fail "$given packets handed over, $((sent - copies + dropped)) sent or dropped, $refused refused for their length"
}

counted_alike() {
	local links
	links=$(links_sum tx_packets)
	equal "packets that mpl0 sent" "$(stat tx_packets)" "$links"
}

count_on_cables() {
	local nic rules
	rules=$(cat)
	{
		echo 'table netdev c {'
		printf 'counter n_%s { }\n' "$@"
		for nic in eth1 eth2 eth3; do
			printf 'chain %s {\ntype filter hook egress device "%s" priority 0;\n%s\n}\n' \
				"$nic" "$nic" "$rules"
		done
		echo '}'
	} | nft -f -
}

counted() {
	nft -j list counter netdev c "n_$1" | jq '.nftables[].counter.packets // empty'
}

zero() {
	nft reset counters table netdev c >/dev/null
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
	wait_until 30 more_than 100000 _tcp_acked
}

tcp_moves() {
	wait_until 30 more_than $(($(_tcp_acked) + 200000)) _tcp_acked
}

tcp_stop() {
	kill -0 "$TCP_CLIENT" || fail "TCP: the connection ended: $(tail -n3 "$TCP_LOG")"
	kill -9 "$TCP_CLIENT" "$TCP_SERVER"
	wait "$TCP_CLIENT" "$TCP_SERVER" 2>/dev/null || true
}

# With nice, because it must fill the CPUs without keeping the scenario from them.
STEADY=()
steady() {
	local dst=$1 seconds=${2:-120} family=() listen=0.0.0.0
	if [[ $dst == *:* ]]; then
		family=(-6)
		listen=::
	fi
	nice ip netns exec B "$STREAM" receive 7000 --seconds "$seconds" >/run/stream-received &
	STEADY+=($!)
	nice "$STREAM" send "$dst" 7000 --rate "$STEADY_UDP" --size 700 --seconds "$seconds" \
		>/run/stream-sent &
	STEADY+=($!)
	nice ip netns exec B iperf3 "${family[@]}" -s -B "$listen" -p 7001 >/dev/null 2>&1 &
	STEADY+=($!)
	# It comes again when the server has given the connection up.
	(
		trap 'kill $(jobs -p) 2>/dev/null; exit' TERM
		while :; do
			nice iperf3 -c "$dst" -p 7001 -t "$seconds" -b "$STEADY_TCP" --connect-timeout 2000 >/dev/null 2>&1 &
			wait $! || true
			sleep 0.5
		done
	) &
	STEADY+=($!)
	wait_until 60 flowing "$(stat tx_packets)"
}

flowing() {
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

# Nothing listens at port 9; ICMP errors are for the way back, which is not ours.
iperf_server() {
	background in_b iperf3 -s
	wait_until 10 in_b bash -c 'ss -ltn | grep :5201 >/dev/null'
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
	if ! IPERF_RECEIVED=$(jq -e '.end.sum_received.bytes | select(. > 0)' <<<"$said"); then
		printf '%s\n' "$said" | tail -n 30
		fail "no traffic: iperf3 -c $dst $*"
	fi
}

# nft counts what arrived, even if no program listens.
receiver() {
	in_b nft "table inet count { chain in { type filter hook prerouting priority -300;
		udp dport $1 counter; }; }"
}

received() {
	in_b nft list chain inet count in | sed -n 's/.*counter packets \([0-9]*\).*/\1/p'
}

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
