#!/bin/bash
# Guards: a dump during which something changes says so, whatever changed and whatever is
# dumped; one during which nothing does is whole and does not; and the command reads again
# until what it has is whole.
# by default: uml
# timeout: 90
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"

# dump KIND [DEVICE [COMMAND...]]: sets DATAGRAMS, OBJECTS, DIFFERENT, INTERRUPTED
dump() {
	local said
	said=$("$PWD/build/tools/dump-netlink" "$@")
	echo "$*: $said"
	read -r DATAGRAMS OBJECTS DIFFERENT INTERRUPTED <<<"${said//[a-z=]/}"
}

# whole COUNT KIND [DEVICE [COMMAND...]]
whole() {
	local count=$1
	shift
	dump "$@"
	[[ $DATAGRAMS -ge 3 ]] || fail "$*: too short a dump to be interrupted"
	equal "$*: objects" "$OBJECTS" "$count"
	equal "$*: different objects" "$DIFFERENT" "$count"
	equal "$*: messages that are flagged" "$INTERRUPTED" 0
}

# flagged KIND DEVICE COMMAND...
flagged() {
	dump "$@"
	equal "$*: messages that are flagged" "$INTERRUPTED" 1
}

# What is dumped needs no NIC that exists.
mplink_load
peers_config mpl0 10.99 400 n1 n2 >/run/config
check "load" mplink load /run/config
for ((i = 1; i <= 40; i++)); do
	echo "link add mpl$i type mplink"
done | ip -batch -
# shellcheck disable=SC2046 # a word each
check "64 NICs" mplink nic add dev mpl1 $(seq -f 'n%g' 64)

whole 400 peer
whole 400 peer mpl0
whole 66 nic
whole 64 nic mpl1
whole 41 device

flagged peer "" mplink peer add dev mpl0 10.99.9.1 link n1 10.0.1.2
flagged peer mpl0 mplink peer set dev mpl0 10.99.9.1 link n1 weight 2
flagged peer mpl0 mplink peer del dev mpl0 10.99.9.1
flagged peer mpl0 mplink nic del dev mpl0 n2
flagged nic "" mplink nic del dev mpl1 n1
flagged nic mpl1 mplink nic add dev mpl1 n1
flagged device "" ip link add mplx type mplink
flagged device "" ip link del mplx

# What changes in another device does not matter.
whole 400 peer mpl0 mplink nic del dev mpl1 n2
whole 63 nic mpl1 mplink peer del dev mpl0 10.99.0.2

# A device comes and goes, also between being listed and being read.
while :; do
	echo "link add mplx type mplink"
	nap 0.05
	echo "link del mplx"
	nap 0.05
done | ip -batch - &
CHANGER=$!
for _ in 1 2 3 4; do
	mplink -j show >/run/shown || fail "show while devices come and go"
	grep -o '"address":"10\.99[^"]*"' /run/shown >/run/peers
	equal "peers shown" "$(wc -l </run/peers)" 399
	equal "different peers shown" "$(sort -u /run/peers | wc -l)" 399
done
kill $CHANGER
