#!/bin/bash
# Answers: a link that dies takes packets with it. A stream runs over the fastest of three links; it
# is silently dead, set down, loses its carrier, is deleted, and comes back: nothing is lost, nothing
# comes twice or out of order, and nothing is kept once the stream has ended. Without replay the
# silent death does lose packets. A release runs it with MPLINK_CYCLES=100 on the debug kernel: so
# many deaths more.
# by default: 6.1 uml
# timeout: 1800
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

# Sparse flows do not wait for what is sent once more.
UDP_RATE=$([[ $KERNEL == debug ]] && echo 250 || echo 400)

# dies WHAT CMD...: a stream during which CMD lets eth2 die.
dies() {
	local what=$1 before
	shift
	before=$(ethtool_stat reseq_replay_sent)
	udp_start
	wait_until 30 measured 3
	link_carries eth2
	"$@"
	wait_until 30 more_than $(($(links_sum tx_packets) + 400)) links_sum tx_packets
	udp_stop
	in_order
	RESENT=$(($(ethtool_stat reseq_replay_sent) - before))
	echo "$what: lost $UDP_LOST of $UDP_SENT, longest gap $UDP_GAP ms, sent once more $RESENT"
}

# nothing_lost WHAT DEATH RETURN: the same, and the link comes back. If the machine stands still
# for its host, B's patience may end before the packets can be sent once more. They must come
# nevertheless; and it does not stand still three times.
nothing_lost() {
	local late try
	for try in 1 2 3; do
		late=$(gre_drops B late)
		dies "$1" "$2"
		"$3"
		wait_until 30 links_valid 3
		late=$(($(gre_drops B late) - late))
		[[ $UDP_LOST -gt 0 ]] || return 0
		echo "$1, attempt $try: $late came too late"
		[[ $UDP_LOST -le $late ]] || fail "$1: packets were lost that nobody has sent once more"
	done
	fail "$1: $UDP_LOST packets were lost"
}

down() { ip link set eth2 down; }
up() { ip link set eth2 up; }
far_down() { ip -n B link set eth2 down; }
far_up() { ip -n B link set eth2 up; }
deleted() { ip link del eth2; }
again() {
	cable 2
	as_cables 3
	unequal 2
}
silent() { silence 2; }
heard() { unequal 2; }

wtr() {
	mplink set dev mpl0 wtr-ms "$1"
	in_b mplink set dev mpl0 wtr-ms "$1"
}

# While netem becomes a NIC's queue, the kernel drops what is sent there: not yet a link.
again_in_peace() {
	wtr 1000
	again
	wtr 5
}

# deaths COUNT: so many under one stream, at random moments
deaths() {
	local late i ways=(silent heard down up far_down far_up deleted again_in_peace)
	late=$(gre_drops B late)
	udp_start
	wait_until 30 measured 3
	for ((i = 0; i < $1; i++)); do
		link_carries eth2
		nap "$(printf '0.%03d' $((RANDOM % 1000)))"
		"${ways[i % 4 * 2]}"
		wait_until 30 more_than $(($(links_sum tx_packets) + 50)) links_sum tx_packets
		"${ways[i % 4 * 2 + 1]}"
		wait_until 30 links_valid 3
	done
	udp_stop
	in_order
	late=$(($(gre_drops B late) - late))
	echo "$1 deaths: lost $UDP_LOST of $UDP_SENT, of them too late $late, longest gap $UDP_GAP ms"
	[[ $UDP_LOST -le $late ]] || fail "packets were lost that nobody has sent once more"
}

tunnel 3
unequal 1 2 3

# Debian's kernels have tracepoints.
TRACES=
if traces suspect replay; then
	TRACES=1
fi
resent=$(ethtool_stat reseq_replay_sent)
nothing_lost "silent death" silent heard
[[ $RESENT -gt 0 ]] || fail "nothing was sent once more"
more_than 0 ethtool_stat reseq_suspicions || fail "the link was not suspect"
if [[ $TRACES ]]; then
	traced suspect 'nic=eth2 remote=::ffff:10\.0\.2\.2 suspect=1$' || fail "no suspicion was traced"
	wait_until 30 traced suspect 'nic=eth2 remote=::ffff:10\.0\.2\.2 suspect=0$'
	equal "replays that were traced" "$(traced_packets replay 'peer=::ffff:10\.99\.0\.2 ')" \
		"$(($(ethtool_stat reseq_replay_sent) - resent))"
	echo 0 >"$TRACING/events/mplink/enable"
fi
nothing_lost "set down" down up
nothing_lost "carrier lost" far_down far_up
nothing_lost "deleted" deleted again
# A link that goes and comes so often flaps, and each time is waited for longer.
[[ ${MPLINK_CYCLES:-0} -eq 0 ]] || wtr 5
for ((left = ${MPLINK_CYCLES:-0}; left > 0; left -= 20)); do
	deaths $((left < 20 ? left : 20))
done
dropped_none B late
wait_until 10 equal_to 0 ethtool_stat reseq_replay_kept

# The test can fail: without replay the same death loses packets.
mplink set dev mpl0 replay off
dies "silent death, replay off" silent
equal "packets sent once more" "$RESENT" 0
[[ $UDP_LOST -gt 0 ]] || fail "nothing was lost without replay"
