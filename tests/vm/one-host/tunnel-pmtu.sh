#!/bin/bash
# Answers: a router on the way lets less through than the NIC, and what is longer vanishes.
# Its ICMP is heard: programs are told the right MTU, TCP goes on without a byte lost, what
# may be fragmented is, and after net.ipv4.route.mtu_expires more is tried again.
# by default: 6.12
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

LESS=1400

# The ends are behind a router: A's eth1 is 10.8.1.1, and B's 10.8.2.2. As lib-tunnel.sh's.
addresses() {
	[[ $1 == 6 ]] && echo "fd08:0:0:$2::$2" || echo "10.8.$2.$2"
}

# end_of_way A|B OWN OTHER: of the networks 1 and 2
end_of_way() {
	on "$1" ip -batch - <<-END
		addr add $(addresses 4 "$2")/24 dev eth1
		addr add $(addresses 6 "$2")/64 dev eth1 nodad
		link set eth1 up
		route add 10.8.$3.0/24 via 10.8.$2.254
		route add fd08:0:0:$3::/64 via fd08:0:0:$2::254
	END
}

router() {
	ip netns add R
	ip link add name eth1 type veth peer name ra netns R
	ip -n R link add name rb type veth peer name eth1 netns B
	ip -n R -batch - <<-END
		link set ra up
		link set rb up
		addr add 10.8.1.254/24 dev ra
		addr add fd08:0:0:1::254/64 dev ra nodad
		addr add 10.8.2.254/24 dev rb
		addr add fd08:0:0:2::254/64 dev rb nodad
	END
	end_of_way A 1 2
	end_of_way B 2 1
	ip netns exec R sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
		net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
	# shellcheck disable=SC2016 # for the shell in R
	ip netns exec R bash -c 'for nic in ra rb; do echo 2 >/sys/class/net/$nic/queues/rx-0/rps_cpus; done'
	wait_until 10 ping -qc1 -W1 "$(addresses 4 2)"
	wait_until 10 ping -qc1 -W1 "$(addresses 6 2)"
}

# lets BYTES: through
lets() {
	ip -n R -batch - <<-END
		route replace 10.8.1.0/24 dev ra mtu lock $1
		route replace 10.8.2.0/24 dev rb mtu lock $1
		route replace fd08:0:0:1::/64 dev ra metric 256 mtu lock $1
		route replace fd08:0:0:2::/64 dev rb metric 256 mtu lock $1
	END
}

# refused BYTES WHY: a ping of so many, not to be fragmented
refused() {
	local said
	if said=$(ping -c1 -W1 -M "do" -s $(($1 - HEADERS)) "$PEER" 2>&1); then
		fail "a ping of $1 bytes was answered"
	fi
	[[ ${said// /} == *"$2"* ]] || fail "a ping of $1 bytes was refused, but not with '$2': $said"
}

passes() {
	wait_until 10 ping -qc1 -W1 -M "do" -s $(($1 - HEADERS)) "$PEER"
}

fragments() {
	ip netns exec R nstat -asz IpFragCreates | awk '$1 == "IpFragCreates" { print $2 }'
}

forget() {
	ip route flush cache
	ip -6 route flush cache
	in_b ip route flush cache
	in_b ip -6 route flush cache
}

topology 1 B_WITHOUT_VIRTUAL
ip link del eth1
router
for OUTER in 4 6; do
	for INNER in 4 6; do
		echo "IPv$INNER over IPv$OUTER"
		lets 1500
		sysctl -qw net.ipv4.route.mtu_expires=600 net.ipv6.route.mtu_expires=600
		tunnel_ends 1
		HEADERS=$([[ $INNER == 6 ]] && echo 48 || echo 28)
		OUTSIDE=$([[ $OUTER == 6 ]] && echo 60 || echo 40)
		passes $((1500 - OUTSIDE))

		lets $LESS
		log_mark
		tcp_bytes 1
		tcp_bytes 1 B
		expect_log "eth1: a router lets no more than $LESS bytes through"
		refused $((LESS - OUTSIDE + 1)) "mtu"
		refused $((LESS - OUTSIDE + 1)) "$((LESS - OUTSIDE))"
		check "just as long" ping -qc3 -i0.1 -W2 -M "do" -s $((LESS - OUTSIDE - HEADERS)) "$PEER"

		# Senders that do not know the new MTU yet are told, where the kernel can tell them.
		forget
		before=$(fragments)
		wait_until 10 ping -qc1 -W1 -M dont -s $((1500 - OUTSIDE - HEADERS)) "$PEER"
		if [[ $OUTER == 4 && $INNER == 4 ]]; then
			[[ $(fragments) -gt $before ]] || fail "nothing was fragmented on the way"
		fi
		if [[ $INNER == 6 ]]; then
			lets $((OUTER == 4 ? 1200 : 1280))
			passes 1280 # IPv6's least
		fi
		dropped_none A too_big
		dropped_none B too_big

		# For one second after the path is new.
		mplink peer set "$PEER" link eth1 "$(addresses "$OUTER" 2)2"
		mplink peer set "$PEER" link eth1 "$(addresses "$OUTER" 2)"
		sysctl -qw net.ipv4.route.mtu_expires=1 net.ipv6.route.mtu_expires=1
		forget
		refused $((LESS - OUTSIDE + 1)) ""
		lets 1500
		forget
		passes $((1500 - OUTSIDE))
		mplink_unload
		forget
	done
done
