#!/bin/bash
# Guards: settings of links for policy adaptive. A link of a later tier carries nothing while the
# first has room, takes what is too much for it and what it cannot carry while it is down, and
# nothing again some seconds after. Bounds of rates decide the shares. They are shown, saved,
# loaded, and refused where they exclude each other. sysfs and tracepoints show what is measured.
# by default: 6.1
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

# Whether 20 pings leave by that NIC, and none by the other.
pings_by() {
	local nic=$1 other=$2 before there
	before=$(link_count "$other" tx_packets) there=$(link_count "$nic" tx_packets)
	ping -qc20 -i0.05 -W2 "$PEER" >/dev/null &&
		[[ $(link_count "$other" tx_packets) -eq $before ]] &&
		[[ $(link_count "$nic" tx_packets) -ge $((there + 20)) ]]
}

# traced_of_eth1 EVENT PATTERN: A has said that since the tracepoints were enabled.
traced_of_eth1() {
	traced "$1" "dev=mpl0 nic=eth1 remote=::ffff:10\.0\.1\.2 $2\$"
}

of_link() { # of_link NIC NAME: in JSON
	mplink -j show | jq "[.. | objects | select(.nic? == \"$1\" and .weight?)][0].$2"
}

tunnel 2 policy=balance-rr
estimate=peers/$PEER/links/eth1/estimate
[[ -z $(find /sys/class/net/mpl0/mplink -name estimate) ]] || fail "balance-rr measures links"
check "policy" mplink set mpl0 policy adaptive
check "settings" mplink peer set "$PEER" link eth1 rate-max 2mbit link eth2 preference 1
equal "rate_max" "$(attr "peers/$PEER/links/eth1/rate_max") $(of_link eth1 rate_max)" "2000 2000"
equal "preference" "$(attr "peers/$PEER/links/eth2/preference") $(of_link eth2 preference)" "1 1"
mplink show | grep 'PREFERENCE' || fail "show has no preference"
mplink show --prometheus |
	grep '^mplink_link_rate_max_bytes_per_second{.*nic="eth1".*} 250000$' ||
	fail "Prometheus has no rate_max"

# While the first link has room.
wait_until 60 pings_by eth1 eth2

# More than it may carry.
in_b iperf3 -s -D
wait_until 30 listens B t 5201
background iperf3 -c "$PEER" -t 120
bulk=$BACKGROUND
before=$(link_count eth2 tx_packets)
wait_until 60 more_than $((before + 500)) link_count eth2 tx_packets
kill "$bulk"
wait "$bulk" || true
wait_until 60 pings_by eth1 eth2

# One value a file, as in netlink.
wait_until 30 test -e "/sys/class/net/mpl0/mplink/$estimate"
wait_until 30 more_than 0 attr "$estimate/reports"
[[ $(attr "$estimate/rtt_us") -gt 0 ]] || fail "no round trip in $estimate"
equal "what is measured of a link" "$(cd "/sys/class/net/mpl0/mplink/$estimate" && echo *)" \
	"$(mplink -j show | jq -r '[.. | .estimate? // empty][0] | keys | join(" ")')"

# Each mark, report and estimate can be traced, if the kernel has tracepoints: Debian's do.
if traces mark report estimate; then
	ping -qc20 -i0.05 -W2 "$PEER" >/dev/null
	number='[1-9][0-9]*'
	wait_until 30 traced_of_eth1 mark "seq=$number packets=$number bytes=$number"
	wait_until 30 traced_of_eth1 report \
		"seq=$number verdict=taken held_us=[0-9]+ packets=$number bytes=$number"
	values=
	for name in capacity load delivered rtt_us rtt_min_us delay_us queue_us jitter_us lost_ppm; do
		values+=" $name=[0-9]+"
	done
	wait_until 30 traced_of_eth1 estimate "${values# }"
	echo 0 >"$TRACING/events/mplink/enable"
fi

# When it is down.
ip link set eth1 down
wait_until 30 pings_by eth2 eth1
ip link set eth1 up
wait_until 60 pings_by eth1 eth2

# Saved and loaded.
mplink save >/run/saved
check "preference" mplink peer set "$PEER" link eth2 preference 0 link eth1 rate-max 0
check "load" mplink load /run/saved
equal "settings that were loaded" "$(of_link eth1 rate_max) $(of_link eth2 preference)" "2000 1"

# A link takes with it what was measured of it; a new one is measured.
check "a link less" mplink peer set "$PEER" unlink eth2
[[ ! -e /sys/class/net/mpl0/mplink/peers/$PEER/links/eth2 ]] || fail "eth2 is still in sysfs"
check "a link more" mplink peer set "$PEER" link eth2 10.0.2.2 preference 1
wait_until 30 test -e "/sys/class/net/mpl0/mplink/peers/$PEER/links/eth2/estimate/capacity"

# Bounds that exclude each other, and one that is no rate.
said=$(mplink peer set "$PEER" link eth1 rate-min 3mbit 2>&1) && fail "rate-min was taken: $said"
[[ $said == *"is more than the link's rate_max"* ]] || fail "rate-min above rate-max: $said"
said=$(mplink peer set "$PEER" link eth1 rate-max 3m 2>&1) && fail "3m was taken: $said"
[[ $said == *'rate-max "3m" is not a rate from 0 to 400000000 kbit/s'* ]] || fail "3m: $said"

# Shares of a stream that is too fast for both.
check "bounds" mplink peer set "$PEER" link eth1 rate-max 500kbit \
	link eth2 rate-max 1500kbit preference 0
one=$(link_count eth1 tx_bytes) two=$(link_count eth2 tx_bytes)
iperf3 -uc "$PEER" -b 6M -l 1200 -t 8 >/dev/null
one=$(($(link_count eth1 tx_bytes) - one)) two=$(($(link_count eth2 tx_bytes) - two))
echo "eth1 has sent $one bytes, eth2 $two"
[[ $two -gt $((one * 22 / 10)) && $two -lt $((one * 40 / 10)) ]] ||
	fail "bounds of 500 and 1500 kbit/s, but $one and $two bytes"
