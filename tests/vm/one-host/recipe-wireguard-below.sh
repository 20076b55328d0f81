#!/bin/bash
# Guards: docs/recipes/wireguard-below.md works as it is written, with the real wg and the
# kernel's WireGuard: two providers, NAT at one of them, one that fails in silence.
# by default: uml
# timeout: 120
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-recipe.sh
source "$(dirname "$0")/../lib-recipe.sh"

recipe_internet
at internet nft -f - <<-'NFT'
	table ip nat {
		chain postrouting {
			type nat hook postrouting priority 100;
			iifname "lte" oifname "hosting" masquerade
		}
	}
NFT
# What the page takes for granted.
ip -n branch -batch - <<-'END'
	addr add 198.51.100.10/24 dev dsl0
	addr add 192.0.2.10/24 dev lte0
	link set dsl0 up
	link set lte0 up
	route add default via 198.51.100.1
END
ip -n server -batch - <<-'END'
	addr add 203.0.113.2/24 dev eth0
	link set eth0 up
	route add default via 203.0.113.1
END

recipe wireguard-below branch keys
recipe wireguard-below server keys
cp "$RECIPE_RUN/branch/etc/wireguard/public" "$RECIPE_RUN/server/etc/wireguard/peer"
cp "$RECIPE_RUN/server/etc/wireguard/public" "$RECIPE_RUN/branch/etc/wireguard/peer"
recipe wireguard-below branch
recipe wireguard-below server
for nic in wg1 wg2; do
	wait_until 30 link_is branch 10.99.0.2 $nic bfd_state up
	wait_until 30 link_is server 10.99.0.1 $nic bfd_state up
	wait_until 10 link_is branch 10.99.0.2 $nic valid 1
	wait_until 10 link_is server 10.99.0.1 $nic valid 1
done
recipe wireguard-below branch check
at branch wg show all
equal "MTU of mpl0" "$(at branch cat /sys/class/net/mpl0/mtu)" 1380
at branch ping -qfc100 -s 1352 -M "do" 10.99.0.2 || fail "full packets are not answered over both providers"

# The server sees the second provider's NAT, not the branch.
endpoint=$(at server wg show wg2 endpoints)
[[ $endpoint == *$'\t'203.0.113.1:* ]] || fail "wg2 of the server talks to '$endpoint'"
# Each device's packets leave by their own provider, and nothing leaves unencrypted.
at internet nft -f - <<-'NFT'
	table inet watch {
		chain forward {
			type filter hook forward priority 0;
			iifname "dsl" udp dport 51821 counter accept comment "own"
			iifname "lte" udp dport 51822 counter accept comment "own"
			iifname { "dsl", "lte" } counter comment "stray"
		}
	}
NFT
at branch ping -qfc100 -s 1000 10.99.0.2 || fail "a flood is not answered"
none_is_zero() {
	! at internet nft list table inet watch | grep "packets 0 .*\"$1\"" >/dev/null
}
wait_until 10 none_is_zero own
! none_is_zero stray || fail "a packet took the wrong provider: $(at internet nft list table inet watch)"

# A provider fails, and no carrier tells.
at internet nft -f - <<-'NFT'
	table inet dead {
		chain forward {
			type filter hook forward priority -10;
			iifname "dsl" drop
			oifname "dsl" drop
		}
	}
NFT
wait_until 15 link_is branch 10.99.0.2 wg1 reason liveness
wait_until 15 link_is server 10.99.0.1 wg1 reason liveness
at branch ping -qfc100 10.99.0.2 || fail "no answer over the provider that is left"
