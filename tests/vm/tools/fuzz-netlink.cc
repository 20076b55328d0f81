// SPDX-License-Identifier: GPL-2.0
// Messages to the netlink family "mplink" that are nearly right.
//
// usage: fuzz-netlink SEED COUNT DEVICE
//
// Each is a valid request of any kind about the device (its NICs are n0..n7, eth1..eth3,
// its peers 10.99.0.0/29 and fd99::0/125), of which some bytes, lengths, types and flags
// have been changed, or attributes left out, doubled or cut off. Prints how many the
// kernel took, and how many it refused for which reason.
#include <net/if.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <random>

#include "netlink.hh"

namespace
{

std::mt19937 engine;

unsigned below(unsigned n)
{
	return static_cast<unsigned>(engine() % n);
}

void put_name(Bytes &to, unsigned type)
{
	static const char *const names[] = {"n0", "n1",   "n2",   "n3",   "n4",   "n5", "n6",
					    "n7", "eth1", "eth2", "eth3", "mpl0", "lo"};
	const char *name = names[below(std::size(names))];

	put(to, type, name, std::strlen(name) + 1);
}

void put_address(Bytes &to, unsigned type, std::uint8_t third)
{
	if (below(2)) {
		const std::uint8_t inet[4] = {10, third, 0, static_cast<std::uint8_t>(below(8))};

		put(to, type, inet, sizeof(inet));
		return;
	}
	std::uint8_t inet6[16] = {0xfd, third};

	inet6[15] = static_cast<std::uint8_t>(below(8));
	put(to, type, inet6, sizeof(inet6));
}

Bytes link()
{
	Bytes out;

	put_name(out, MPLINK_A_LINK_NIC);
	if (below(4) == 0) {
		put(out, MPLINK_A_LINK_REMOVE, nullptr, 0);
		return out;
	}
	if (below(8))
		put_address(out, MPLINK_A_LINK_REMOTE, 1);
	if (below(2))
		put(out, MPLINK_A_LINK_WEIGHT, static_cast<std::uint16_t>(1 + below(5)));
	if (below(4) == 0)
		put(out, MPLINK_A_LINK_LIVENESS, std::uint32_t{below(MPLINK_LIVENESSES)});
	return out;
}

// Intervals that do not keep the machine busy.
void put_settings(Bytes &to)
{
	Bytes bfd;

	if (below(2))
		put(to, MPLINK_A_DEVICE_LIVENESS, std::uint32_t{1 + below(2)});
	if (below(2))
		put(to, MPLINK_A_DEVICE_WTR_MS, std::uint32_t{below(1000)});
	if (below(4) == 0)
		put(to, MPLINK_A_DEVICE_HOLDOFF_MS, std::uint32_t{below(100)});
	if (below(2))
		put(bfd, MPLINK_A_BFD_MIN_TX_US, std::uint32_t{20000 + below(1000000)});
	if (below(2))
		put(bfd, MPLINK_A_BFD_DETECT_MULT, static_cast<std::uint8_t>(1 + below(255)));
	if (below(4) == 0)
		put(bfd, MPLINK_A_BFD_MULTIHOP, static_cast<std::uint8_t>(below(2)));
	if (below(4) == 0)
		put(bfd, MPLINK_A_BFD_AUTH, std::uint32_t{below(MPLINK_BFD_AUTHS)});
	if (below(4) == 0)
		put(bfd, MPLINK_A_BFD_KEY_ID, static_cast<std::uint8_t>(below(256)));
	if (below(4) == 0)
		put(bfd, MPLINK_A_BFD_KEY, "a secret for everyone", 1 + below(20));
	if (!bfd.empty())
		put(to, MPLINK_A_DEVICE_BFD | NLA_F_NESTED, bfd.data(), bfd.size());
}

void put_tunnel(Bytes &to)
{
	Bytes tunnel;

	// While there are peers it is refused.
	if (below(4) == 0)
		put(to, MPLINK_A_DEVICE_ENCAP, std::uint32_t{below(MPLINK_ENCAPS)});
	if (below(2))
		put(tunnel, MPLINK_A_TUNNEL_FLOW_BUCKETS, std::uint32_t{1U << below(9)});
	if (below(2))
		put(tunnel, MPLINK_A_TUNNEL_OUTOFORDER_MIN_US, std::uint32_t{1 + below(100000)});
	if (below(2))
		put(tunnel, MPLINK_A_TUNNEL_OUTOFORDER_MAX_US, std::uint32_t{1 + below(1000000)});
	if (below(4) == 0)
		put(tunnel, MPLINK_A_TUNNEL_MAX_PERFLOW_BUFFER, std::uint32_t{1 + below(65535)});
	if (below(4) == 0)
		put(tunnel, MPLINK_A_TUNNEL_MAX_PEER_BUFFER, std::uint32_t{1 + below(1048576)});
	if (!tunnel.empty())
		put(to, MPLINK_A_DEVICE_TUNNEL | NLA_F_NESTED, tunnel.data(), tunnel.size());
}

struct Request {
	std::uint8_t cmd;
	bool dump;
	Bytes attributes;
};

Request valid(std::uint32_t ifindex)
{
	static const std::uint8_t cmds[] = {
		MPLINK_CMD_DEVICE_GET, MPLINK_CMD_DEVICE_SET, MPLINK_CMD_NIC_GET,
		MPLINK_CMD_NIC_ADD,    MPLINK_CMD_NIC_DEL,    MPLINK_CMD_PEER_GET,
		MPLINK_CMD_PEER_ADD,   MPLINK_CMD_PEER_SET,   MPLINK_CMD_PEER_DEL};
	Request r = {cmds[below(std::size(cmds))], below(20) == 0, {}};
	Bytes &a = r.attributes;

	switch (r.cmd) {
	case MPLINK_CMD_DEVICE_SET:
		put(a, MPLINK_A_DEVICE_POLICY, std::uint32_t{below(MPLINK_POLICIES)});
		if (below(2))
			put_settings(a);
		if (below(2))
			put_tunnel(a);
		[[fallthrough]];
	case MPLINK_CMD_DEVICE_GET:
		put(a, MPLINK_A_DEVICE_IFINDEX, ifindex);
		break;
	case MPLINK_CMD_NIC_GET:
	case MPLINK_CMD_NIC_ADD:
	case MPLINK_CMD_NIC_DEL:
		put(a, MPLINK_A_NIC_DEVICE, ifindex);
		put_name(a, MPLINK_A_NIC_NAME);
		break;
	default:
		put(a, MPLINK_A_PEER_DEVICE, ifindex);
		put_address(a, MPLINK_A_PEER_ADDRESS, 99);
		if ((r.cmd == MPLINK_CMD_PEER_ADD || r.cmd == MPLINK_CMD_PEER_SET) && !below(4))
			put(a, MPLINK_A_PEER_LIVENESS, std::uint32_t{below(MPLINK_LIVENESSES)});
		// Without gre-udp it is refused.
		if ((r.cmd == MPLINK_CMD_PEER_ADD || r.cmd == MPLINK_CMD_PEER_SET) && !below(4))
			put(a, MPLINK_A_PEER_KEY, std::uint32_t{below(3)});
		if (r.cmd == MPLINK_CMD_PEER_ADD || r.cmd == MPLINK_CMD_PEER_SET)
			for (unsigned n = below(4); n; n--) {
				const Bytes nest = link();

				put(a, MPLINK_A_PEER_LINK | NLA_F_NESTED, nest.data(), nest.size());
			}
		break;
	}
	return r;
}

// Half of them stay unchanged: if the family refused all of them, nothing would be tested.
void mutate(Bytes &a)
{
	if (below(2) || a.empty())
		return;
	for (unsigned n = 1 + below(3); n; n--) {
		const unsigned at = below(static_cast<unsigned>(a.size()));

		switch (below(5)) {
		case 0:
			a[at] = static_cast<std::uint8_t>(engine());
			break;
		case 1:
			a[at] = static_cast<std::uint8_t>(a[at] ^ 1U << below(8));
			break;
		case 2: // another length or type, where there is an attribute
			a[at & ~3U] = static_cast<std::uint8_t>(below(40));
			break;
		case 3:
			a.resize(1 + at);
			break;
		default: {
			const Bytes copy(a.begin() + (at & ~3U), a.end());

			if (a.size() < 2000)
				a.insert(a.end(), copy.begin(), copy.end());
			break;
		}
		}
	}
}

} // namespace

int main(int argc, char **argv)
{
	if (argc != 4) {
		std::fprintf(stderr, "usage: fuzz-netlink SEED COUNT DEVICE\n");
		return 2;
	}
	engine.seed(static_cast<unsigned>(std::strtoul(argv[1], nullptr, 0)));

	const unsigned long count = std::strtoul(argv[2], nullptr, 0);
	const std::uint32_t ifindex = if_nametoindex(argv[3]);
	Socket socket;
	const std::uint16_t id = family(socket);
	std::map<int, unsigned long> answers;

	if (!ifindex)
		die(argv[3]);
	for (unsigned long i = 0; i < count; i++) {
		Request request = valid(ifindex);

		mutate(request.attributes);
		if (below(100) == 0)
			request.cmd = static_cast<std::uint8_t>(engine());
		socket.send(id,
			    static_cast<std::uint16_t>(NLM_F_REQUEST |
						       (request.dump ? NLM_F_DUMP : NLM_F_ACK)),
			    request.cmd, request.attributes);
		answers[socket.answer()]++;
	}
	for (const auto &[err, n] : answers)
		std::printf("%s: %lu\n", err ? std::strerror(err) : "taken", n);
	return 0;
}
