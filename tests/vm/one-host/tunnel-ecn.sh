#!/bin/bash
# Guards: RFC 6040. The outer header has the inner one's DSCP and ECN; congestion that is
# marked on the way is marked in the packet, or drops and counts one that cannot say so.
# by default: uml
# timeout: 400
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

# family N: nft's word
word() {
	[[ $1 == 6 ]] && echo ip6 || echo ip
}

# By DSCP and ECN: counted in B, outside as it comes and inside as it is delivered; the
# switch on the way marks what it is told to.
watch() {
	local mark=$1 outer inner
	outer=$(word "$OUTER") inner=$(word "$INNER")
	in_b nft -f - <<-END
		flush ruleset
		table netdev way {
			chain seen {
				type filter hook ingress device eth1 priority -10;
				udp dport 4754 @th,80,16 0x88b5 return comment "a message"
				udp dport 4754 $outer dscp ef counter comment "dscp"
				udp dport 4754 $outer ecn not-ect counter comment "not-ect"
				udp dport 4754 $outer ecn ect1 counter comment "ect1"
				udp dport 4754 $outer ecn ect0 counter comment "ect0"
				udp dport 4754 $outer ecn ce counter comment "ce"
				${mark:+udp dport 4754 $outer ecn set $mark}
			}
		}
		table inet inside {
			chain seen {
				type filter hook prerouting priority -300;
				iifname != "mpl0" return
				$inner dscp ef counter comment "dscp"
				$inner ecn not-ect counter comment "not-ect"
				$inner ecn ect1 counter comment "ect1"
				$inner ecn ect0 counter comment "ect0"
				$inner ecn ce counter comment "ce"
			}
		}
	END
}

# As WORD:PACKETS, those that are not 0: outside, inside.
counted() {
	in_b nft -j list ruleset | jq -r '[.nftables[].rule | select(.comment) |
		{t: .table, c: .comment, n: ([.expr[].counter.packets // empty] | add)} |
		select(.n > 0)] | [("way", "inside") as $t |
			map(select(.t == $t) | "\(.c):\(.n)") | join(" ")] | join(", ")'
}

# ECN's numbers are not-ect 0, ect1 1, ect0 2, ce 3; DSCP ef is 0xb8.
# arrives TOS MARK OUTER-COUNTS INNER-COUNTS: of four pings
arrives() {
	watch "$2"
	ping -qc4 -i0.02 -W1 -Q "$1" "$PEER" >/dev/null || true
	equal "TOS $1, marked '$2', outside and inside" "$(counted)" "$3, $4"
}

topology 1 B_WITHOUT_VIRTUAL
for families in 44 46 64 66; do
	INNER=${families:0:1} OUTER=${families:1}
	echo "IPv$INNER over IPv$OUTER"
	tunnel_ends 1
	arrives 0xb8 "" "dscp:4 not-ect:4" "dscp:4 not-ect:4"
	arrives 0xb9 "" "dscp:4 ect1:4" "dscp:4 ect1:4"
	arrives 2 "" "ect0:4" "ect0:4"
	arrives 3 "" "ce:4" "ce:4"
	dropped_none B
	arrives 0xba ce "dscp:4 ect0:4" "dscp:4 ce:4"
	arrives 1 ce "ect1:4" "ce:4"
	arrives 3 ce "ce:4" "ce:4"
	# RFC 6040 4.2.
	arrives 2 ect1 "ect0:4" "ect1:4"
	arrives 0 ect0 "not-ect:4" "not-ect:4"
	dropped_none B
	arrives 0 ce "not-ect:4" ""
	equal "dropped for ECN" "$(gre_drops B ecn)" 4
	dropped_none B ecn
	in_b nft flush ruleset
	mplink_unload
done
