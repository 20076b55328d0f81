#!/bin/bash
# What scenarios about encap gre-udp share: mplink with it at both ends; sourced after
# lib-traffic.sh, whose traffic goes from A to B.
#
#   set-up. INNER and OUTER (4) are the families of the peers' and of the NICs' addresses:
#     tunnel N [ARGS...]     topology N, and tunnel_ends; ARGS as of mplink_load, at both ends
#     tunnel_ends N [ARGS...]     loads, and mpl0 over eth1..ethN in A and in B, each the
#                    other's peer. Waits until pings go through
#     as_cables N            NICs keep the order of their packets, as hardware does; tunnel_ends
#                    has done it
#     tunnel_near N [ARGS...]; tunnel_far N [ARGS...]     A's part, B's part of it
#     tunnel_again N [ARGS...]    A's mpl0, which has been deleted, anew, by the command
#     addresses FAMILY HOST N     those of a host's NICs: 10.0.1.1,10.0.2.1...
#     delay HOST I NETEM...  what netem does to what eth<I> sends in A or in B
#     unequal I...           these cables take 10 ms each way, but number 2 takes 3
#     silence I              nothing passes that cable any more, and no end is told
#     measured N             whether N links have told how long they take
#     PATIENT                settings for where nothing is lost, so that nothing is given up
#                    while the emulated machine stands still for its host
#     PEER, PEER_A           B's address in the tunnel, and A's
#   counters of the only peer, or of the namespace; the first word names the host:
#     reseq A|B NAME [PEER]  of its resequencer
#     far_stat NAME          of B's resequencers, by ethtool, which has those of repairs, too
#     far_lost               packets that B has given up
#     ofo_queued             packets that B's TCP got before earlier ones
#     sequenced A|B [PEER]   packets that it has been given
#     gre_drops A|B REASON   of packets that have come
#     gre_received A|B       that have come through
#     far_links NAME         of B's links, as links_sum
#     dropped_none A|B [REASON...]     nothing was dropped for other than these reasons
#     consistent             what A's links have sent are what B's have received, one by
#                            one, and those B's resequencer has; and the other way round
#     traced_packets EVENT [REGEX]     of both hosts: what `traced` prints, added up
#   traffic:
#     listens A|B t|u PORT   whether somebody does, of TCP or UDP
#     tcp_bytes MB [A|B]     from A to B (or from B to A); every byte must come, as it was
#     in_order [PEER]        asserts that the stream that udp_stop ended has arrived in
#                            order, and nothing twice; prints what its resequencer says

# Scenarios, not this file, pass arguments and read variables of these functions:
# shellcheck disable=SC2034,SC2120

INNER=4
OUTER=4
PATIENT=(outoforder_min_us=2000000 outoforder_max_us=2000000)

on() {
	if [[ $1 == B ]]; then
		shift
		in_b "$@"
	else
		shift
		"$@"
	fi
}

addresses() {
	local i joined=''
	for ((i = 1; i <= $3; i++)); do
		if [[ $1 == 6 ]]; then
			joined+=,fd00:0:0:$i::$2
		else
			joined+=,10.0.$i.$2
		fi
	done
	echo "${joined#,}"
}

_peers() {
	if [[ $INNER == 6 ]]; then
		PEER=fd99::2 PEER_A=fd99::1
	else
		PEER=10.99.0.2 PEER_A=10.99.0.1
	fi
}

_nics() {
	local i joined=''
	for ((i = 1; i <= $1; i++)); do
		joined+=,eth$i
	done
	echo "${joined#,}"
}

# No router solicitations: they are packets for nobody.
_tunnel_up() {
	ip link set mpl0 addrgenmode none
	ip addr add "10.99.0.$1/24" dev mpl0
	ip addr add "fd99::$1/64" dev mpl0 nodad
	ip link set mpl0 up
}

# A veth pair hands packets over on the CPU that sends them, so that two CPUs' overtake
# each other; a NIC has a queue. So has each of these: half of them on either CPU. Where the
# kernel is for one CPU, there is nothing to be done.
_as_cables() {
	local i
	[[ -e /sys/class/net/eth1/queues/rx-0/rps_cpus ]] || return 0
	for ((i = 1; i <= $1; i++)); do
		echo $((1 << i % 2)) >"/sys/class/net/eth$i/queues/rx-0/rps_cpus"
	done
}

as_cables() {
	export -f _as_cables
	_as_cables "$1"
	in_b bash -c "_as_cables $1"
}

tunnel_near() {
	local count=$1
	shift
	_peers
	mplink_load "nics=$(_nics "$count")" "peer=$PEER" "remotes=$(addresses "$OUTER" 2 "$count")" \
		encap=gre-udp "$@"
	_tunnel_up 1
}

tunnel_again() {
	local count=$1
	shift
	_peers
	_set_up "nics=$(_nics "$count")" "peer=$PEER" "remotes=$(addresses "$OUTER" 2 "$count")" \
		encap=gre-udp "$@"
	_tunnel_up 1
}

tunnel_far() {
	local count=$1
	shift
	_peers
	export -f _set_up _tunnel_up
	# shellcheck disable=SC2016 # for the shell in B
	in_b bash -ec '_set_up "$@"; _tunnel_up 2' far "nics=$(_nics "$count")" "peer=$PEER_A" \
		"remotes=$(addresses "$OUTER" 1 "$count")" encap=gre-udp "$@"
}

tunnel_ends() {
	as_cables "$1"
	tunnel_near "$@"
	tunnel_far "$@"
	wait_until 20 links_valid "$1"
	wait_until 20 ping -qc1 -W1 "$PEER"
}

tunnel() {
	topology "$1" B_WITHOUT_VIRTUAL
	sysctl -qw net.ipv4.icmp_ratelimit=0
	in_b sysctl -qw net.ipv4.icmp_ratelimit=0
	tunnel_ends "$@"
}

delay() {
	local host=$1 nic=eth$2
	shift 2
	on "$host" tc qdisc replace dev "$nic" root netem limit 20000 "$@"
}

unequal() {
	local i
	for i in "$@"; do
		delay A "$i" delay "$((i == 2 ? 3 : 10))ms"
		delay B "$i" delay "$((i == 2 ? 3 : 10))ms"
	done
}

silence() {
	delay A "$1" loss 100%
	delay B "$1" loss 100%
}

measured() {
	mplink -j show dev mpl0 | jq -e --argjson links "$1" \
		'[.. | objects | select(.estimate?.reports? > 2)] | length == $links' >/dev/null
}

reseq() {
	on "$1" bash -c "cat /sys/class/net/mpl0/mplink/peers/${3:-*}/resequencer/$2"
}

far_stat() {
	on B ethtool -S mpl0 | sed -n "s/^ *reseq_$1: //p"
}

far_lost() {
	echo $(($(far_stat lost_rule) + $(far_stat lost_timer) + $(far_stat lost_overflow)))
}

ofo_queued() {
	in_b nstat -asz TcpExtTCPOFOQueue | awk '$1 == "TcpExtTCPOFOQueue" { print $2 }'
}

gre_drops() {
	on "$1" cat "/sys/class/net/mpl0/mplink/gre_drops/$2"
}

gre_received() {
	on "$1" ethtool -S mpl0 | awk '$1 == "gre_received:" { print $2 }'
}

far_links() {
	in_b bash -c "cat /sys/class/net/mpl0/mplink/peers/*/links/*/$1" | awk '{ n += $1 } END { print n }'
}

# What a host has dropped: "NAME PACKETS" a line.
dropped() {
	on "$1" ethtool -S mpl0 | sed -nE 's/^ *((gre_)?drop_[a-z_]+): ([1-9][0-9]*)$/\1 \3/p'
}

# dropped_none HOST [BUT...]: nothing but for these reasons, what came before both ends were
# there, and what was sent once more needlessly
dropped_none() {
	local host=$1 found
	shift
	found=$(dropped "$host" | awk -v but=" early replay $* " '
		{
			name = $1
			sub("^(gre_)?drop_", "", name)
			if (!index(but, " " name " "))
				print
		}')
	equal "$host: packets dropped" "$found" ""
}

# What is under way when it is read is read once more.
_links_of() {
	on "$1" bash -c "cd /sys/class/net/mpl0/mplink/peers && grep -H . */links/*/$2" |
		sed 's:^[^/]*/links/\([^/]*\)/[^:]*\:\(.*\):\1 \2:'
}

sequenced() {
	on "$1" bash -c "cd /sys/class/net/mpl0/mplink/peers/${2:-*}/resequencer &&
		cat in_order reordered duplicates late held" | awk '{ n += $1 } END { print n }'
}

consistent() {
	local from to sent got way
	for way in A:B B:A; do
		from=${way%:*}
		to=${way#*:}
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			sent=$(_links_of "$from" tx_packets)
			got=$(_links_of "$to" rx_packets)
			[[ $sent != "$got" ]] || break
			nap 0.3
		done
		equal "what $to's links have received" "$got" "$sent"
		sent=$(awk '{ n += $2 } END { print n }' <<<"$sent")
		equal "what $to's socket has let through" "$(gre_received "$to")" "$sent"
		# Replays that came in vain are in no counter of the peer.
		equal "what $to's resequencer has" \
			"$(($(sequenced "$to") + $(gre_drops "$to" replay)))" "$sent"
		equal "what $to's resequencer still holds" "$(reseq "$to" held)" 0
	done
}

traced_packets() {
	{ traced "$@" || true; } | awk -F 'packets=' '{ n += $2 } END { print n + 0 }'
}

listens() {
	[[ -n $(on "$1" ss "-Hln$2" "sport = :$3") ]]
}

tcp_bytes() {
	local mb=$1 sender=A receiver=B to=$PEER family=$INNER listener
	if [[ ${2:-A} == B ]]; then
		sender=B receiver=A to=$PEER_A
	fi
	if [[ ! -e /run/bytes-$mb ]]; then
		head -c "${mb}M" /dev/urandom >"/run/bytes-$mb"
	fi
	rm -f /run/bytes-got
	if [[ $to == *:* ]]; then
		to="[$to]"
	fi
	on "$receiver" socat -u "TCP$family-LISTEN:5300,reuseaddr" OPEN:/run/bytes-got,creat,trunc &
	listener=$!
	wait_until 30 listens "$receiver" t 5300
	check "TCP from $sender to $receiver" \
		on "$sender" timeout 60 socat -u "OPEN:/run/bytes-$mb" "TCP$family:$to:5300"
	wait "$listener"
	cmp "/run/bytes-$mb" /run/bytes-got || fail "the bytes that came are not those that were sent"
}

in_order() {
	local name said=''
	UDP_REORDERED=$(_udp_value received reordered)
	for name in in_order reordered duplicates late lost_rule lost_timer lost_overflow held_max \
		wait_max_us timer_us; do
		said+=" $name=$(reseq B $name "$@")"
	done
	echo "B's resequencer:$said"
	equal "packets that arrived after a later one" "$UDP_REORDERED" 0
	equal "packets that arrived twice" "$UDP_DUPLICATED" 0
}
