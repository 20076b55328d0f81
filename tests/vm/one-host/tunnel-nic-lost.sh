#!/bin/bash
# Answers: a NIC that goes away under gre-udp leaves a gap that everybody waits for, or
# puts packets out of order. Under full traffic both ways a NIC is set down, loses its
# carrier, is deleted, comes back, is renamed; peers go and come; the policy changes:
# nothing arrives out of order or twice, no wait is longer than outoforder_max, and what
# is lost had left by the dead link.
# by default: 6.12
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

MAX_US=200000
LATE_US=$([[ $KERNEL == debug ]] && echo 2000000 || echo 300000)
STEADY_UDP=$([[ $KERNEL == debug ]] && echo 50 || echo 300)
STEADY_TCP=$([[ $KERNEL == debug ]] && echo 300K || echo 4M)

back_traffic() {
	nice iperf3 -s -p 7003 >/dev/null 2>&1 &
	BACK+=($!)
	wait_until 30 listens A t 7003
	nice ip netns exec B iperf3 -c 10.99.0.1 -p 7003 -t 600 -b "$STEADY_TCP" >/dev/null 2>&1 &
	BACK+=($!)
}

# The longest wait is the timer's, and what the emulated machine is late.
waits() {
	local host longest
	for host in A B; do
		longest=$(reseq "$host" wait_max_us)
		[[ $longest -le $((MAX_US + LATE_US)) ]] ||
			fail "$host: a packet was held $longest us"
	done
}

# Traffic goes on meanwhile: no fewer than there are.
missing() {
	local came
	came=$(far_links rx_packets)
	echo $(($(links_sum tx_packets) - came))
}

# lasts WHAT: the stream so far is in order; what it lost had left
lasts() {
	local refused
	udp_stop
	in_order
	waits
	refused=$(($(gre_drops B late) + $(gre_drops B duplicate)))
	echo "$1: lost $UDP_LOST of $UDP_SENT, errors $UDP_ERRORS; of all, missing at B $(missing), refused $refused"
	equal "$1: packets that could not be sent" "$UDP_ERRORS" 0
	[[ $UDP_LOST -le $(($(missing) + refused)) ]] || fail "$1: packets were lost that no link has lost"
	udp_start
}

BACK=()
tunnel 3 policy=balance-rr outoforder_max_us=$MAX_US
for i in 1 2 3; do
	delay A $i delay ${i}ms
	delay B $i delay ${i}ms
done
steady 10.99.0.2 600
back_traffic
udp_start

promptly 2 "setting eth2 down" ip link set eth2 down
link_silent eth2
ip link set eth2 up
link_carries eth2
lasts "set down"

promptly 2 "setting B's eth2 down" ip -n B link set eth2 down
link_silent eth2
ip -n B link set eth2 up
link_carries eth2
lasts "carrier lost"

promptly 2 "deleting eth2" ip link del eth2
link_silent eth2
cable 2
as_cables 3
link_carries eth2
lasts "deleted"

ip link set eth2 down
ip link set eth2 name other
link_silent eth2
ip link set other name eth2
ip link set eth2 up
link_carries eth2
lasts "renamed"

for policy in balance-xor broadcast active-backup broadcast balance-rr; do
	before=$(reseq B duplicates)
	mplink set dev mpl0 policy $policy
	wait_until 30 more_than $(($(links_sum tx_packets) + 200)) links_sum tx_packets
	[[ $policy != broadcast || $(reseq B duplicates) -gt $before ]] ||
		fail "no copy of a broadcast was refused"
done
lasts "policies"
equal "packets dropped for want of a link" "$(drops no-link)" 0

# The numbers begin anew; those that are under way go with the peer.
for _ in 1 2; do
	promptly 2 "removing the peer" mplink peer del 10.99.0.2
	mplink peer add 10.99.0.2 link eth1 10.0.1.2 link eth2 10.0.2.2 link eth3 10.0.3.2
	link_carries eth3
	promptly 2 "removing B's peer" in_b mplink peer del 10.99.0.1
	in_b mplink peer add 10.99.0.1 link eth1 10.0.1.1 link eth2 10.0.2.1 link eth3 10.0.3.1
	link_carries eth3
done
udp_stop
in_order
waits
check "pings in the end" ping -qc6 -i0.2 -W2 10.99.0.2
kill "${BACK[@]}"
steady_stop
wait "${BACK[@]}" || true
