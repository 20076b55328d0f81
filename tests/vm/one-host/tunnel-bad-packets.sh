#!/bin/bash
# Answers: any bytes, from anyone. 100,000 packets that are malformed, cut short, of
# another key or sender, random, or of a far end that withholds numbers, floods a bucket
# and jumps: each is counted under its reason, none is lost sight of; memory and delay
# stay bounded, and the stream of another peer goes on in order without a loss.
#
#   MPLINK_SEED=N    the packets of an earlier run, which has printed its seed
# by default: uml
# timeout: 400
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

SEED=${MPLINK_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
echo "MPLINK_SEED=$SEED"
HOSTILE=10.99.0.77
KEY=5
MAX_US=3000000
REFUSED=(truncated version flags protocol no_key key checksum inner ecn)
UDP_RATE=$([[ $KERNEL == debug ]] && echo 50 || echo 200)
SENT=0

# throws FROM COUNT KIND...
throws() {
	local from=$1 to=10.0.1.2 count=$2
	shift 2
	[[ $from != *:* ]] || to=fd00:0:0:1::2
	SENT=$((SENT + $("$PWD/build/tools/gre-packets" "$from" "$to" $KEY "$count" "$SEED" "$@")))
}

# Of one peer each; a packet that was let through is one of a link's.
came_from() {
	in_b bash -c "cat /sys/class/net/mpl0/mplink/peers/$1/links/*/rx_packets" |
		awk '{ n += $1 } END { print n }'
}

# Those that the resequencer refuses were received before.
accounted() {
	in_b ethtool -S mpl0 | awk '
		$1 == "gre_received:" || /^ *gre_drop_/ && !/_(duplicate|late|replay|backlog|down):/ { n += $2 }
		END { print n }'
}

none_held() {
	[[ $(reseq B held $HOSTILE) -eq 0 ]]
}

# refused FROM COUNT REASON...: each of these is, and nothing else comes of it
refused() {
	local from=$1 count=$2 reason before
	shift 2
	for reason; do
		before=$(gre_drops B "$reason")
		throws "$from" "$count" "$reason"
		equal "packets refused for $reason" $(($(gre_drops B "$reason") - before)) "$count"
	done
}

# Packets that wait for a CPU behind others must not be given up: nothing is lost here.
tunnel 3 max_peer_buffer=2000 max_perflow_buffer=300 outoforder_min_us=$MAX_US \
	outoforder_max_us=$MAX_US
# One CPU must be able to take what the other one sends.
sysctl -qw net.core.netdev_max_backlog=100000
ip addr add 10.0.1.77/24 dev eth1
ip addr add 10.0.1.78/24 dev eth1
ip addr add fd00:0:0:1::77/64 dev eth1 nodad
in_b mplink peer add $HOSTILE key $KEY link eth1 10.0.1.77
before_good=$(came_from 10.99.0.1)
before=$(accounted)
udp_start

refused 10.0.1.77 3000 "${REFUSED[@]}"
# From an address that is no peer's, with any content.
sender=$(gre_drops B sender)
throws 10.0.1.78 3000 good checksummed
equal "packets refused for their sender" $(($(gre_drops B sender) - sender)) 6000
equal "of all those let through" "$(came_from $HOSTILE)" 0

replays=$(gre_drops B replay)
throws 10.0.1.77 3000 good replayed
equal "good ones and replays let through" "$(came_from $HOSTILE)" 6000
equal "packets that came once more" $(($(gre_drops B replay) - replays)) 1500
equal "those of them that were delivered" \
	$(($(reseq B in_order $HOSTILE) + $(reseq B reordered $HOSTILE))) 4500
throws 10.0.1.77 3000 checksummed
equal "good ones with a checksum let through" "$(came_from $HOSTILE)" 9000
throws 10.0.1.77 12000 random mutated

# Bounded in memory...
throws 10.0.1.77 12000 half jump flood
[[ $(reseq B held_max $HOSTILE) -le 300 ]] ||
	fail "of one bucket $(reseq B held_max $HOSTILE) packets were held"
in_b mplink peer del $HOSTILE
in_b mplink peer add $HOSTILE key $KEY link eth1 10.0.1.77 link eth2 10.0.2.77 link eth3 10.0.3.77
throws 10.0.1.77 8000 withhold
held=$(reseq B held $HOSTILE)
[[ $held -le 2000 ]] || fail "$held packets are held for a peer"
[[ $held -gt 1000 ]] || fail "numbers were withheld, and only $held packets are held"
# ... and in time.
wait_until $((MAX_US / 1000000 + 20)) none_held

nap 1
udp_stop
in_order "$PEER_A"
equal "packets of the good stream that were lost" "$UDP_LOST" 0
# Each packet was let through, or refused for a reason.
good=$(($(came_from 10.99.0.1) - before_good))
echo "$SENT bad ones, $good good ones"
equal "packets accounted for" $(($(accounted) - before)) $((SENT + good))
