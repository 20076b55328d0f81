#!/bin/bash
# Answers: striping over links of different delay reorders packets, and TCP gets slower.
# Over links of 5, 20 and 50 ms nothing comes out of order, nothing twice, and TCP queues
# nothing; the timer follows what the links are apart. What comes in order is never held.
# With a lossy link the order holds, and what is lost is known to be by the rule.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

UDP_RATE=$([[ $KERNEL == debug ]] && echo 200 || echo 600)
# The emulated machine may stand still for longer than the links are apart.
MIN_US=200000
MAX_US=5000000

reason_is() {
	[[ $(attr peers/10.99.0.2/links/eth3/reason) == "$1" ]]
}

b_uses() {
	[[ $(in_b cat /sys/class/net/mpl0/mplink/peers/10.99.0.1/links/eth3/valid) -eq 1 ]]
}

stream_for() {
	udp_start
	nap "$1"
	udp_stop
	in_order
}

tunnel 3 policy=active-backup outoforder_min_us=$MIN_US outoforder_max_us=$MAX_US
delay A 1 delay 5ms
delay A 2 delay 20ms
delay A 3 delay 50ms

stream_for 2
equal "packets lost by one link" "$UDP_LOST" 0
equal "packets held that came in order" "$(reseq B reordered)" 0
equal "packets held at most" "$(reseq B held_max)" 0
equal "time that packets waited" "$(reseq B wait_us)" 0
equal "the timer without a gap" "$(reseq B timer_us)" $MIN_US

mplink set dev mpl0 policy balance-rr
stream_for 5
equal "packets lost" "$UDP_LOST" 0
[[ $(reseq B reordered) -gt $UDP_RATE ]] || fail "links of different delay have reordered next to nothing"
# Twice the 45 ms that the links are apart, or the least, and what the machine adds.
[[ $(reseq B timer_us) -lt $((MAX_US / 5)) ]] || fail "the timer is still at $(reseq B timer_us) us"
for name in duplicates late lost_rule lost_timer lost_overflow; do
	equal "packets $name" "$(reseq B $name)" 0
done

before=$(ofo_queued)
tcp_bytes 2
equal "segments that TCP had to put in order" "$(ofo_queued)" "$before"
consistent

# B takes a link back at once, A later: what comes by it meanwhile is waited for.
for i in 1 2 3; do
	delay B $i delay $((i * i * 5))ms
done
in_b mplink set dev mpl0 policy balance-rr
mplink set dev mpl0 wtr-ms 60000
in_b mplink set dev mpl0 wtr-ms 0
ip link set eth3 down
wait_until 10 reason_is admin-down
ip link set eth3 up
wait_until 10 reason_is wait-to-restore
wait_until 10 b_uses
tcp_bytes 1 B
check "A still waits" reason_is wait-to-restore
[[ $(link_count eth3 rx_packets) -gt 100 ]] || fail "B has used the link for next to nothing"
equal "packets late by the link that A has not taken back" "$(reseq A late)" 0
mplink set dev mpl0 wtr-ms 0
wait_until 10 links_valid 3

delay A 2 delay 20ms loss 1%
stream_for 8
[[ $UDP_LOST -gt 0 ]] || fail "netem has lost nothing"
# A packet that is last on all links but one is behind no gap.
equal "packets known to be lost" "$(far_lost)" "$UDP_LOST"
[[ $(reseq B lost_timer) -le $((UDP_LOST / 4)) ]] ||
	fail "of $UDP_LOST lost packets the timer had to tell $(reseq B lost_timer)"
equal "packets late" "$(reseq B late)" 0
dropped_none A
dropped_none B
