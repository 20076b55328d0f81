#!/bin/bash
# Guards: whatever happens to NICs, and whatever of NICs, links, the policy, liveness and
# BFD the command changes, in whatever order, under traffic, of both families: no packet
# handed to the virtual NIC goes uncounted, and when everything is put right every link is
# valid again, with a session that is Up, and carries.
#
#   MPLINK_SEED=N     the events of an earlier run, which has printed its seed
#   MPLINK_EVENTS=N   how many; by default 100 on a stock kernel, which take 40 s, and
#                     2,000 on the debug kernel, which take half an hour
# by default: 6.12
# timeout: 1500
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-liveness.sh
source "$(dirname "$0")/../lib-liveness.sh"

SEED=${MPLINK_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
EVENTS=100
[[ $KERNEL != debug ]] || EVENTS=2000
EVENTS=${MPLINK_EVENTS:-$EVENTS}
echo "MPLINK_SEED=$SEED MPLINK_EVENTS=$EVENTS"
trap 'fail "MPLINK_SEED=$SEED: line $LINENO: $BASH_COMMAND"' ERR

# Whether the ends of a cable bear its name where they belong.
intact() {
	[[ -e /sys/class/net/eth$1 &&
		$(in_b cat "/sys/class/net/eth$1/iflink") == "$(cat "/sys/class/net/eth$1/ifindex")" ]]
} 2>/dev/null

# What still is in its place is left there, and only brought up again.
put_right() {
	local i ns broken=()
	for i in 1 2 3; do
		intact "$i" || broken+=("$i")
	done
	for ns in '' B C; do
		{
			printf 'link del eth%s\n' "${broken[@]}"
			printf 'link del eth%s0\n' "${broken[@]}"
			echo "link del swap"
		} | ip ${ns:+-n "$ns"} -force -batch - 2>/dev/null || true
	done
	for i in "${broken[@]}"; do
		cable "$i"
	done
	for i in 1 2 3; do
		echo "link set eth$i mtu 1500 up"
		echo "addr replace 10.0.$i.1/24 dev eth$i"
		echo "addr replace fd00:0:0:$i::1/64 dev eth$i nodad"
	done | ip -batch -
	for i in 1 2 3; do
		echo "link set eth$i up"
		echo "addr replace 10.0.$i.2/24 dev eth$i"
		echo "addr replace fd00:0:0:$i::2/64 dev eth$i nodad"
	done | ip -n B -batch -
	routes_back 3
	check "as it was configured" mplink load /run/saved
	check "the far end, too" in_b mplink load /run/saved-far
	ip link set mpl0 up mtu 1500
	ip addr replace fd99::1/64 dev mpl0 nodad
}

all_in_session() {
	local i
	for i in 1 2 3; do
		session_is "eth$i" state up || return 1
	done
}

before=()
carried=()
remotes=$REMOTES4
near=10.0.1.1,10.0.2.1,10.0.3.1
inet=inet
if [[ $((SEED % 2)) -eq 1 ]]; then
	remotes=$REMOTES6
	near=fd00:0:0:1::1,fd00:0:0:2::1,fd00:0:0:3::1
	inet=inet6
fi
# Where an MTU shrinks, the stack cuts packets between its hook and the device, or refuses
# them, and packets handed over cannot be counted one by one: every other run does without.
mtu=$([[ $((SEED / 2 % 2)) -eq 1 ]] || echo no-mtu)
topology 3
ip netns add C
# Flapping can lengthen this wait 32 times. Do not let the end depend on it.
mplink_load nics=$NICS peer=10.99.0.2 "remotes=$remotes" liveness=bfd wtr_ms=50
# What mplink is in B for its sessions only: packets take B's own routes.
far_end "$near" liveness bfd wtr-ms 50
ip -n B link set mpl0 down
handed_start
mplink_up
wait_until 20 links_valid 3
mplink save >/run/saved
in_b mplink save >/run/saved-far
# What goes to the peer's IPv6 address is dropped, and counted like the rest.
steady 10.99.0.2 3000
ping -q -i0.05 fd99::2 >/dev/null 2>&1 &
STEADY+=($!)

# Many an event is for a NIC that is not there now.
no_modprobe
began=$SECONDS
"$PWD/tests/vm/tools/random-events.py" "$SEED" "$EVENTS" "$inet" "$mtu"
echo "$EVENTS events in $((SECONDS - began)) s"
put_right
wait_until 20 links_valid 3
wait_until 20 all_in_session
for policy in active-backup broadcast balance-xor balance-rr; do
	echo $policy >/sys/class/net/mpl0/mplink/policy
done
equal "MTU of mpl0" "$(cat /sys/class/net/mpl0/mtu)" 1500
steady_stop
nap 0.5

if [[ -n $mtu ]]; then
	handed_conserved
else
	handed_at_least
fi
wait_until 20 links_valid 3

# All links carry. One of them may be ahead by a TCP segment not yet cut, which is as
# much as 47 of these datagrams, and waits for the others to catch up.
for i in 1 2 3; do
	wait_until 10 ping -qc1 -W1 "10.0.$i.2"
	before[i]=$(link_count "eth$i" tx_packets)
done
udp_mixed 10.99.0.2 300 1400
for i in 1 2 3; do
	carried[i]=$(($(link_count "eth$i" tx_packets) - before[i]))
done
echo "of 300 datagrams the links carried ${carried[*]}"
for i in 1 2 3; do
	[[ ${carried[i]} -ge 60 ]] || fail "eth$i has carried ${carried[i]} of 300 datagrams"
	ip -n B route replace 10.99.0.1 src 10.99.0.2 via "10.0.$i.1"
	check "pings back by eth$i" ping -qc4 -i0.2 -W2 10.99.0.2
done
