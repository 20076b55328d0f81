#!/bin/bash
# Answers: a tunnel that goes under traffic leaves packets, timers and sockets behind.
# Unloading, and deleting the namespace of one end, under full traffic both ways over
# lossy links of different delay, so that packets are held at any time, returns promptly
# and leaves nothing. Encap and the port that others have are refused with a reason.
# by default: 6.12
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

ROUNDS=$([[ $KERNEL == debug ]] && echo 2 || echo 6)

# Gaps that stay open: the timer alone could close them, in ten seconds.
lossy() {
	local i host
	for host in A B; do
		for i in 1 2 3; do
			delay "$host" "$i" delay "$((i * i * 5))ms" loss 3%
		done
	done
}

# held HOST...
held() {
	local host
	for host; do
		[[ $(reseq "$host" held) -gt 0 ]] || return
	done
}

back_traffic() {
	# By another port than steady's, from B.
	nice "$STREAM" receive 7002 --seconds 600 >/dev/null &
	BACK+=($!)
	nice ip netns exec B "$STREAM" send 10.99.0.1 7002 --rate "$STEADY_UDP" --size 700 \
		--seconds 600 >/dev/null &
	BACK+=($!)
}

BACK=()
SLOW=(outoforder_min_us=10000000 outoforder_max_us=10000000)

topology 3 B_WITHOUT_VIRTUAL
tunnel_ends 3 "${SLOW[@]}"
lossy
steady 10.99.0.2 600
back_traffic
for ((round = 1; round <= ROUNDS; round++)); do
	wait_until 30 held A B
	promptly 2 "unload $round" mplink_unload
	[[ ! -e /sys/class/net/mpl0 ]] || fail "mpl0 is still there"
	tunnel_near 3 "${SLOW[@]}"
	tunnel_far 3 "${SLOW[@]}"
	wait_until 20 flowing 0
done
wait_until 30 held A B
promptly 2 "deleting B's mpl0" ip -n B link del mpl0
tunnel_far 3 "${SLOW[@]}"
wait_until 30 held A B
kill "${BACK[@]}"
steady_stop
wait "${BACK[@]}" || true

# Its devices die behind our back, packets held and all.
"$STREAM" send 10.99.0.2 7000 --rate "$STEADY_UDP" --size 700 --seconds 600 >/dev/null &
SENDER=$!
wait_until 30 held B
promptly 5 "deleting B" ip netns del B
wait_until 30 [ ! -e /sys/class/net/eth1 ]
promptly 2 "unload without a far end" mplink_unload
kill $SENDER
wait $SENDER || true

# --- what is refused ---
port_taken() {
	socat -u "UDP4-RECV:4754" - >/dev/null &
	TAKER=$!
	wait_until 10 listens A u 4754
}

refused() {
	local said
	if said=$("$@" 2>&1); then
		fail "not refused: $*"
	fi
	echo "$said"
	SAID=$said
}

topology 1
insmod "$MODULE" dyndbg=+p
gate_note_load
ip link add mpl0 type mplink
mplink nic add eth1
port_taken
refused mplink set dev mpl0 encap gre-udp
[[ $SAID == *"port 4754"* ]] || fail "the error does not name the port: $SAID"
equal "encap after an error" "$(attr encap)" none
kill $TAKER
wait $TAKER || true
mplink set dev mpl0 encap gre-udp
equal "encap" "$(attr encap)" gre-udp
mplink peer add 10.99.0.2 link eth1 10.0.1.2
refused mplink set dev mpl0 encap none
[[ $SAID == *"remove them first"* ]] || fail "the error has no remedy: $SAID"
mplink peer del 10.99.0.2
for _ in 1 2 3; do
	mplink set dev mpl0 encap none
	mplink set dev mpl0 encap gre-udp
done
mplink set dev mpl0 encap none
port_taken
kill $TAKER
wait $TAKER || true
mplink_unload
# By the module's parameters the load fails, with a line that says so.
port_taken
log_mark
if insmod "$MODULE" nics=eth1 peer=10.99.0.2 remotes=10.0.1.2 encap=gre-udp; then
	fail "loaded though the port is taken"
fi
expect_log 'encap: gre-udp needs UDP port 4754'
kill $TAKER
wait $TAKER || true
