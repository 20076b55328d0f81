#!/bin/bash
# Guards: docs/recipes/branch-office.md works as it is written: two providers with a table
# each, a server with one NIC, networks behind both ends, a provider that fails in silence.
# by default: uml
# timeout: 90
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-recipe.sh
source "$(dirname "$0")/../lib-recipe.sh"

recipe_internet
ip -n branch addr add 192.168.7.1/32 dev lo
ip -n server addr add 10.20.0.1/32 dev lo

recipe branch-office branch
recipe branch-office server
recipe branch-office server firewall
for nic in dsl0 lte0; do
	wait_until 20 link_is branch 10.99.0.2 $nic bfd_state up
	wait_until 20 link_is branch 10.99.0.2 $nic valid 1
done
recipe branch-office branch check
at branch ping -qc20 -i0.05 -s 1000 10.99.0.2 || fail "no answer over both providers"
at branch ping -qc2 -I 192.168.7.1 10.20.0.1 || fail "the networks do not reach each other"
equal "policy" "$(at branch cat /sys/class/net/mpl0/mplink/policy)" adaptive

# The provider fails, and no carrier tells.
at internet nft -f - <<-'NFT'
	table inet dead {
		chain forward {
			type filter hook forward priority 0;
			iifname "dsl" drop
			oifname "dsl" drop
		}
	}
NFT
wait_until 10 link_is branch 10.99.0.2 dsl0 reason liveness
wait_until 10 link_is server 10.99.0.1 "eth0" reason liveness
at branch ping -qfc100 10.99.0.2 || fail "no answer over the provider that is left"
