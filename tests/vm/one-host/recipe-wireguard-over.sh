#!/bin/bash
# Guards: docs/recipes/wireguard-over.md works as it is written, with the real wg and the
# kernel's WireGuard: one tunnel over three cables, also while a cable is dead.
# by default: 6.12
# timeout: 120
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-recipe.sh
source "$(dirname "$0")/../lib-recipe.sh"

recipe_two_servers

recipe wireguard-over A
recipe wireguard-over B
cp "$RECIPE_RUN/A/etc/wireguard/public" "$RECIPE_RUN/B/etc/wireguard/peer"
cp "$RECIPE_RUN/B/etc/wireguard/public" "$RECIPE_RUN/A/etc/wireguard/peer"
recipe wireguard-over A wg
recipe wireguard-over B wg
wait_until 20 at A ping -c1 -W1 10.66.0.2
recipe wireguard-over A check

# Full packets fit, and one tunnel takes all cables.
packets() {
	at A cat /sys/class/net/mpl0/mplink/peers/10.99.0.2/links/eth{1,2,3}/tx_packets
}
before=$(packets)
at A ping -qfc300 -s 1352 -M "do" 10.66.0.2 || fail "full packets are not answered"
paste <(echo "$before") <(packets) | awk '$2 - $1 < 10 { exit 1 }' ||
	fail "the cables do not share the tunnel's packets: $before; $(packets)"

at A ip link set eth2 down
at A ping -qfc100 10.66.0.2 || fail "no answer over the cables that are left"
