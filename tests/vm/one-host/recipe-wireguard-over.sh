#!/bin/bash
# Guards: docs/recipes/wireguard-over.md works as it is written, with the real wg and the
# kernel's WireGuard: one tunnel over three cables, also while a cable is dead.
# by default: uml
# timeout: 180
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
at A ping -qfc100 -s 1352 -M "do" 10.66.0.2 || fail "full packets are not answered"
takes_all_cables 10.66.0.2

at A ip link set eth2 down
at A ping -qfc100 10.66.0.2 || fail "no answer over the cables that are left"
