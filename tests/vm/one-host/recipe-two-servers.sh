#!/bin/bash
# Guards: docs/recipes/two-servers.md works as it is written: three links, BFD, a cable that
# is pulled, save and load.
# by default: 6.12
# timeout: 180
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-recipe.sh
source "$(dirname "$0")/../lib-recipe.sh"

recipe_two_servers
recipe two-servers A check
at A ping -qfc100 10.99.0.2 || fail "a flood is not answered"
takes_all_cables 10.99.0.2

recipe two-servers A bfd
recipe two-servers B bfd
up() {
	[[ $(at A cat /sys/class/net/mpl0/mplink/peers/10.99.0.2/links/eth{1,2,3}/bfd_state | sort -u) == up ]]
}
wait_until 10 up
# The carrier stays on: only BFD tells.
ip netns exec B nft -f - <<-'NFT'
	table netdev cut {
		chain eth2 {
			type filter hook ingress device eth2 priority 0;
			drop
		}
	}
NFT
reason() {
	[[ $(at A cat /sys/class/net/mpl0/mplink/peers/10.99.0.2/links/eth2/reason) == "$1" ]]
}
wait_until 5 reason liveness
at A ping -qfc100 10.99.0.2 || fail "a flood is not answered while one path is dead"

recipe two-servers A save
at A ip link del mpl0
recipe two-servers A load
equal "peers after the load" "$(at A mplink save)" "$(cat "$RECIPE_RUN/A/etc/mplink.json")"
wait_until 10 at A ping -c1 -W1 10.99.0.2
