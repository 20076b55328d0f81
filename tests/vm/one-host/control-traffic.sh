#!/bin/bash
# Guards: NICs, links and peers added and removed while as much traffic runs as goes, and
# dumps are read meanwhile: nothing hangs, no packet goes uncounted, and what is there at
# the end carries.
# by default: 6.12
# timeout: 240
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

topology 3
in_b sysctl -qw net.ipv4.icmp_ratelimit=0
mplink_load nics=$NICS peer=10.99.0.2 remotes=$REMOTES4
handed_start
mplink_up
wait_until 10 links_valid 3
steady 10.99.0.2
while mplink -j show >/run/shown; do sleep 0.5; done &
READER=$!
for round in 0 1 2 3; do
	i=$((round % 3 + 1))
	promptly 1 "nic del" mplink nic del eth$i
	promptly 1 "nic add" mplink nic add eth$i
	promptly 1 "link" mplink peer set 10.99.0.2 link eth$i 10.0.$i.2 weight $((round + 1))
	promptly 1 "unlink" mplink peer set 10.99.0.2 unlink eth$((i % 3 + 1))
	promptly 1 "another peer" mplink peer add 10.99.0.$((100 + round)) link eth$i 10.0.$i.2
	promptly 1 "link again" mplink peer set 10.99.0.2 link eth$((i % 3 + 1)) 10.0.$((i % 3 + 1)).2
	if [[ $round -eq 2 ]]; then
		promptly 1 "peer del" mplink peer del 10.99.0.2
		promptly 1 "peer add" mplink peer add 10.99.0.2 link eth1 10.0.1.2 \
			link eth2 10.0.2.2 link eth3 10.0.3.2
	fi
done
kill $READER
wait $READER 2>/dev/null || true
links=(/sys/class/net/mpl0/mplink/peers/10.99.0.2/links/*)
equal "links at the end" ${#links[@]} 3
steady_stop
nap 0.5
handed_conserved
equal "packets dropped though there was a link" "$(drops no-link)" 0
wait_until 10 ping -qc1 -W1 10.99.0.2
for i in 1 2 3; do
	before[i]=$(<"${links[i - 1]}/tx_packets")
done
udp_mixed 10.99.0.2 300 1400
for i in 1 2 3; do
	[[ $(($(<"${links[i - 1]}/tx_packets") - before[i])) -gt 5 ]] || fail "eth$i carries nothing"
done
