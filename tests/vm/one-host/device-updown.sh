#!/bin/bash
# Guards: the virtual NIC closed and opened, again and again, under traffic; while
# closed it takes and counts nothing, then all is as before.
# by default: 6.12
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

three_links
steady 10.99.0.2
for _ in $(seq 15); do
	ip link set mpl0 down
	nap 0.05
	ip link set mpl0 up
	nap 0.1
done
ip link set mpl0 down
nap 0.2
before=$(links_sum tx_packets)
before_rx=$(links_sum rx_packets)
in_b ping -qc20 -i0.02 -W0.1 10.99.0.1 >/dev/null || true
equal "packets sent while mpl0 was closed" $(($(links_sum tx_packets) - before)) 0
equal "packets received while mpl0 was closed" $(($(links_sum rx_packets) - before_rx)) 0
ip link set mpl0 up
check "pings when it is open again" ping -qc6 -i0.2 -W2 10.99.0.2
wait_until 20 flowing "$(stat tx_packets)"
steady_stop
links_valid 3 || fail "the links have not stayed valid"
