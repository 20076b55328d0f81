// SPDX-License-Identifier: GPL-2.0
// Every kind of bad parameter, with the very line that the user will read.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <span>
#include <string>

#include "platform.hh"

namespace
{

std::string many_nics(unsigned n)
{
	std::string list;

	for (unsigned i = 0; i < n; i++)
		list += (i ? ",nic" : "nic") + std::to_string(i);
	return list;
}

const std::string nics_64 = many_nics(64);
const std::string nics_65 = many_nics(65);

// struct mplink_params with nothing given unless it is.
struct Given {
	const char *nics = nullptr;
	const char *peer = nullptr;
	const char *remotes = nullptr;
	const char *policy = nullptr;
	const char *encap = nullptr;
	const char *weights = nullptr;
	const char *name = nullptr;
	const char *key = nullptr;
#define MPLINK_TUNNEL_SETTING(id, name, ...) const char *name = nullptr;
#include "uapi/mplink_attributes.def"

	int parse(mplink_config &config, mplink_param_error &error) const
	{
		mplink_params params = {};

		params.nics = nics;
		params.peer = peer;
		params.remotes = remotes;
		params.policy = policy;
		params.encap = encap;
		params.weights = weights;
		params.name = name;
		params.key = key;
#define MPLINK_TUNNEL_SETTING(id, name, ...) params.name = this->name;
#include "uapi/mplink_attributes.def"
		return mplink_core_parse_params(&params, &config, &error);
	}
};

struct Bad {
	Given given;
	const char *param;
	const char *value;
	const char *why;
};

const Bad bad[] = {
	// Names that the kernel would not take.
	{{.nics = ""}, "nics", "", "is empty"},
	{{.nics = "eth1,,eth2"}, "nics", "", "is empty"},
	{{.nics = "eth1,"}, "nics", "", "is empty"},
	{{.nics = ",eth1"}, "nics", "", "is empty"},
	{{.nics = "eth1,abcdefghijklmnop"},
	 "nics",
	 "abcdefghijklmnop",
	 "is too long: 15 characters at most"},
	{{.nics = "."}, "nics", ".", "is not a valid NIC name"},
	{{.nics = ".."}, "nics", "..", "is not a valid NIC name"},
	{{.nics = "a/b"}, "nics", "a/b", "is not a valid NIC name"},
	{{.nics = "eth1:0"}, "nics", "eth1:0", "is not a valid NIC name"},
	{{.nics = "eth%d"}, "nics", "eth%d", "is not a valid NIC name"},
	{{.nics = "eth1, eth2"}, "nics", " eth2", "is not a valid NIC name"},
	{{.nics = "eth1\n"}, "nics", "eth1\n", "is not a valid NIC name"},
	{{.nics = "eth1\xa0"}, "nics", "eth1\xa0", "is not a valid NIC name"},
	{{.nics = "eth1,eth2,eth1"}, "nics", "eth1", "is named twice"},
	{{.nics = "eth1,mpl0"}, "nics", "mpl0", "is the virtual NIC itself"},
	{{.nics = "eth1", .name = "eth1"}, "nics", "eth1", "is the virtual NIC itself"},
	{{.nics = "eth1,lo"}, "nics", "lo", "is a loopback"},
	{{.nics = nics_65.c_str()}, "nics", "nic64", "is one too many: 64 NICs at most"},
	{{.nics = "eth1", .name = ""}, "name", "", "is empty"},
	{{.nics = "eth1", .name = "mplink0123456789"},
	 "name",
	 "mplink0123456789",
	 "is too long: 15 characters at most"},
	{{.nics = "eth1", .name = "mpl%d"}, "name", "mpl%d", "is not a valid NIC name"},

	{{.nics = "eth1", .policy = "round-robin"},
	 "policy",
	 "round-robin",
	 "is none of balance-rr, balance-xor, active-backup, broadcast, adaptive"},
	{{.nics = "eth1", .policy = ""},
	 "policy",
	 "",
	 "is none of balance-rr, balance-xor, active-backup, broadcast, adaptive"},
	{{.nics = "eth1", .encap = "gre"}, "encap", "gre", "is neither none nor gre-udp"},
	{{.nics = "eth1", .encap = ""}, "encap", "", "is neither none nor gre-udp"},

	{{.nics = "eth1", .peer = "10.99.0", .remotes = "10.0.1.2"},
	 "peer",
	 "10.99.0",
	 "is not an IPv4 or IPv6 address"},
	{{.nics = "eth1", .peer = "", .remotes = "10.0.1.2"},
	 "peer",
	 "",
	 "is not an IPv4 or IPv6 address"},
	{{.nics = "eth1", .peer = "224.0.0.5", .remotes = "10.0.1.2"},
	 "peer",
	 "224.0.0.5",
	 "is not the address of a host"},
	{{.nics = "eth1", .peer = "127.0.0.1", .remotes = "10.0.1.2"},
	 "peer",
	 "127.0.0.1",
	 "is not the address of a host"},
	{{.nics = "eth1", .peer = "::", .remotes = "10.0.1.2"},
	 "peer",
	 "::",
	 "is not the address of a host"},
	{{.nics = "eth1", .peer = "fe80::1", .remotes = "10.0.1.2"},
	 "peer",
	 "fe80::1",
	 "is link-local; a virtual address must not belong to one link"},
	{{.nics = "eth1", .peer = "10.99.0.2"},
	 "peer",
	 "10.99.0.2",
	 "needs remotes=, one for each NIC"},

	{{.nics = "eth1", .remotes = "10.0.1.2"}, "remotes", "10.0.1.2", "needs peer="},
	{{.nics = "eth1,eth2", .peer = "10.99.0.2", .remotes = "10.0.1.2"},
	 "remotes",
	 "10.0.1.2",
	 "has fewer remotes than there are NICs"},
	{{.nics = "eth1", .peer = "10.99.0.2", .remotes = "10.0.1.2,10.0.2.2"},
	 "remotes",
	 "10.0.2.2",
	 "has no NIC: more remotes than NICs"},
	{{.nics = "eth1,eth2", .peer = "10.99.0.2", .remotes = "10.0.1.2,"},
	 "remotes",
	 "",
	 "is not an IPv4 or IPv6 address"},
	{{.nics = "eth1", .peer = "10.99.0.2", .remotes = "10.0.1.256"},
	 "remotes",
	 "10.0.1.256",
	 "is not an IPv4 or IPv6 address"},
	{{.nics = "eth1", .peer = "10.99.0.2", .remotes = "255.255.255.255"},
	 "remotes",
	 "255.255.255.255",
	 "is not the address of a host"},
	{{.nics = "eth1", .peer = "10.99.0.2", .remotes = "10.99.0.2"},
	 "remotes",
	 "10.99.0.2",
	 "is the peer's virtual address; name its address on the NIC"},

	{{.nics = "eth1", .weights = "0"}, "weights", "0", "is not a number from 1 to 65535"},
	{{.nics = "eth1", .weights = ""}, "weights", "", "is not a number from 1 to 65535"},
	{{.nics = "eth1", .weights = "-1"}, "weights", "-1", "is not a number from 1 to 65535"},
	{{.nics = "eth1", .weights = "+1"}, "weights", "+1", "is not a number from 1 to 65535"},
	{{.nics = "eth1", .weights = "1x"}, "weights", "1x", "is not a number from 1 to 65535"},
	{{.nics = "eth1", .weights = "65536"},
	 "weights",
	 "65536",
	 "is not a number from 1 to 65535"},
	// 2^32 + 1, and what it takes to wrap 64 bits.
	{{.nics = "eth1", .weights = "4294967297"},
	 "weights",
	 "4294967297",
	 "is not a number from 1 to 65535"},
	{{.nics = "eth1", .weights = "18446744073709551617"},
	 "weights",
	 "18446744073709551617",
	 "is not a number from 1 to 65535"},
	{{.nics = "eth1", .weights = "1,2"}, "weights", "2", "has no NIC: more weights than NICs"},
	{{.nics = "eth1,eth2", .weights = "7"},
	 "weights",
	 "7",
	 "has fewer weights than there are NICs"},

	{{.peer = "10.99.0.2"}, "peer", "10.99.0.2", "has no effect without nics="},
	{{.remotes = "10.0.0.1"}, "remotes", "10.0.0.1", "has no effect without nics="},
	{{.policy = "broadcast"}, "policy", "broadcast", "has no effect without nics="},
	{{.encap = "none"}, "encap", "none", "has no effect without nics="},
	{{.weights = "1"}, "weights", "1", "has no effect without nics="},
	{{.name = "mpl7"}, "name", "mpl7", "has no effect without nics="},
};

// What gre-udp alone has, and without it is refused.
const Bad bad_tunnels[] = {
	{{.nics = "eth1", .encap = "gre-udp", .key = "7"},
	 "key",
	 "7",
	 "has no effect without peer="},
	{{.nics = "eth1",
	  .peer = "10.99.0.2",
	  .remotes = "10.0.1.2",
	  .encap = "gre-udp",
	  .key = "16777216"},
	 "key",
	 "16777216",
	 "is not a number from 0 to 16777215"},
	{{.nics = "eth1",
	  .peer = "10.99.0.2",
	  .remotes = "10.0.1.2",
	  .encap = "gre-udp",
	  .key = ""},
	 "key",
	 "",
	 "is not a number from 0 to 16777215"},
	{{.nics = "eth1", .encap = "gre-udp", .flow_buckets = "0"},
	 "flow_buckets",
	 "0",
	 "is not a power of two from 1 to 256"},
	{{.nics = "eth1", .encap = "gre-udp", .flow_buckets = "96"},
	 "flow_buckets",
	 "96",
	 "is not a power of two from 1 to 256"},
	{{.nics = "eth1", .encap = "gre-udp", .flow_buckets = "512"},
	 "flow_buckets",
	 "512",
	 "is not a power of two from 1 to 256"},
	{{.nics = "eth1", .encap = "gre-udp", .outoforder_min_us = "0"},
	 "outoforder_min_us",
	 "0",
	 "is not a number of microseconds from 1 to 10000000"},
	{{.nics = "eth1", .encap = "gre-udp", .outoforder_max_us = "10000001"},
	 "outoforder_max_us",
	 "10000001",
	 "is not a number of microseconds from 1 to 10000000"},
	{{.nics = "eth1", .encap = "gre-udp", .outoforder_min_us = "2000001"},
	 "outoforder_min_us",
	 "2000001",
	 "is above outoforder_max_us (2000000 if it is not given)"},
	{{.nics = "eth1", .encap = "gre-udp", .outoforder_min_us = "50", .outoforder_max_us = "49"},
	 "outoforder_min_us",
	 "50",
	 "is above outoforder_max_us (2000000 if it is not given)"},
	{{.nics = "eth1", .encap = "gre-udp", .outoforder_max_us = "999"},
	 "outoforder_max_us",
	 "999",
	 "is below outoforder_min_us (1000 if it is not given)"},
	{{.nics = "eth1", .encap = "gre-udp", .max_perflow_buffer = "0"},
	 "max_perflow_buffer",
	 "0",
	 "is not a number of packets from 1 to 65535"},
	{{.nics = "eth1", .encap = "gre-udp", .max_perflow_buffer = "65536"},
	 "max_perflow_buffer",
	 "65536",
	 "is not a number of packets from 1 to 65535"},
	{{.nics = "eth1", .encap = "gre-udp", .max_peer_buffer = "many"},
	 "max_peer_buffer",
	 "many",
	 "is not a number of packets from 1 to 1048576"},
	{{.nics = "eth1", .encap = "gre-udp", .max_peer_buffer = "1048577"},
	 "max_peer_buffer",
	 "1048577",
	 "is not a number of packets from 1 to 1048576"},

	{{.nics = "eth1", .peer = "10.99.0.2", .remotes = "10.0.1.2", .key = "0"},
	 "key",
	 "0",
	 "has no effect without encap=gre-udp"},
	{{.nics = "eth1", .encap = "none", .flow_buckets = "256"},
	 "flow_buckets",
	 "256",
	 "has no effect without encap=gre-udp"},
	{{.nics = "eth1", .outoforder_min_us = "1"},
	 "outoforder_min_us",
	 "1",
	 "has no effect without encap=gre-udp"},
	{{.nics = "eth1", .outoforder_max_us = "1"},
	 "outoforder_max_us",
	 "1",
	 "has no effect without encap=gre-udp"},
	{{.nics = "eth1", .max_perflow_buffer = "1"},
	 "max_perflow_buffer",
	 "1",
	 "has no effect without encap=gre-udp"},
	{{.nics = "eth1", .max_peer_buffer = "1"},
	 "max_peer_buffer",
	 "1",
	 "has no effect without encap=gre-udp"},

	{{.key = "1"}, "key", "1", "has no effect without nics="},
	{{.flow_buckets = "1"}, "flow_buckets", "1", "has no effect without nics="},
	{{.outoforder_min_us = "1"}, "outoforder_min_us", "1", "has no effect without nics="},
	{{.outoforder_max_us = "1"}, "outoforder_max_us", "1", "has no effect without nics="},
	{{.max_perflow_buffer = "1"}, "max_perflow_buffer", "1", "has no effect without nics="},
	{{.max_peer_buffer = "1"}, "max_peer_buffer", "1", "has no effect without nics="},
	{{.checksum = "on"}, "checksum", "on", "has no effect without nics="},
	{{.nics = "eth1", .checksum = "on"},
	 "checksum",
	 "on",
	 "has no effect without encap=gre-udp"},
	{{.nics = "eth1", .encap = "gre-udp", .checksum = "yes"},
	 "checksum",
	 "yes",
	 "is neither on nor off"},
};

void expect_rejected(std::span<const Bad> all)
{
	for (const Bad &b : all) {
		mplink_config config;
		mplink_param_error error = {};
		const std::string what = std::string(b.param) + "=" + b.value;

		ASSERT_EQ(b.given.parse(config, error), -EINVAL) << what;
		EXPECT_STREQ(error.param, b.param) << what;
		EXPECT_EQ(std::string(error.value, error.value_len), b.value) << what;
		EXPECT_STREQ(error.why, b.why) << what;
	}
}

TEST(Params, EveryBadValueIsNamedWithItsReason)
{
	expect_rejected(bad);
}

TEST(Params, EveryBadValueOfATunnelIsNamedWithItsReason)
{
	expect_rejected(bad_tunnels);
}

mplink_config good(const Given &given)
{
	mplink_config config;
	mplink_param_error error = {};

	EXPECT_EQ(given.parse(config, error), 0) << error.param << ": " << error.why;
	return config;
}

TEST(Params, NoneAtAllMeanNoVirtualNic)
{
	EXPECT_EQ(good({}).nr_nics, 0U);
}

TEST(Params, NicsAloneTakeTheDefaults)
{
	const mplink_config c = good({.nics = "eth1"});

	EXPECT_STREQ(c.name, "mpl0");
	EXPECT_EQ(c.policy, mplink_u32{MPLINK_POLICY_BALANCE_RR});
	EXPECT_EQ(c.encap, mplink_u32{MPLINK_ENCAP_NONE});
	EXPECT_EQ(c.nr_nics, 1U);
	EXPECT_STREQ(c.nics[0], "eth1");
	EXPECT_EQ(c.weights[0], 1U);
	EXPECT_EQ(c.peer.hi | c.peer.lo, 0U);
}

TEST(Params, GreUdpAdaptsUnlessAPolicyIsNamed)
{
	EXPECT_EQ(good({.nics = "eth1", .encap = "gre-udp"}).policy,
		  mplink_u32{MPLINK_POLICY_ADAPTIVE});
	EXPECT_EQ(good({.nics = "eth1", .policy = "balance-rr", .encap = "gre-udp"}).policy,
		  mplink_u32{MPLINK_POLICY_BALANCE_RR});
}

TEST(Params, AllGiven)
{
	const mplink_config c = good({.nics = "eth1,eth2.100,abcdefghijklmno",
				      .peer = "10.99.0.2",
				      .remotes = "10.0.1.2,2001:db8::2,fe80::2",
				      .policy = "active-backup",
				      .encap = "none",
				      .weights = "1,65535,00010",
				      .name = "backbone"});

	EXPECT_STREQ(c.name, "backbone");
	EXPECT_EQ(c.policy, mplink_u32{MPLINK_POLICY_ACTIVE_BACKUP});
	ASSERT_EQ(c.nr_nics, 3U);
	EXPECT_STREQ(c.nics[1], "eth2.100");
	EXPECT_STREQ(c.nics[2], "abcdefghijklmno");
	EXPECT_EQ(c.weights[0], 1U);
	EXPECT_EQ(c.weights[1], 65535U);
	EXPECT_EQ(c.weights[2], 10U);

	const char *const remotes[] = {"10.0.1.2", "2001:db8::2", "fe80::2"};

	for (unsigned i = 0; i < 3; i++) {
		const mplink_addr expected = fake::addr(remotes[i]);

		EXPECT_EQ(std::memcmp(&c.remotes[i], &expected, sizeof(expected)), 0);
	}
}

TEST(Params, SixtyFourNicsAndEveryPolicy)
{
	EXPECT_EQ(good({.nics = nics_64.c_str()}).nr_nics, 64U);
	for (mplink_u32 i = 0; i < MPLINK_POLICIES; i++)
		EXPECT_EQ(good({.nics = "eth1", .policy = mplink_core_policy_name(i)}).policy, i);
}

TEST(Params, GreUdpNeedsNothingElse)
{
	const mplink_config c = good({.nics = "eth1", .encap = "gre-udp"});

	EXPECT_EQ(c.encap, mplink_u32{MPLINK_ENCAP_GRE_UDP});
	EXPECT_EQ(c.key, 0U);
	EXPECT_EQ(c.tunnel.flow_buckets, 256U);
	EXPECT_EQ(c.tunnel.outoforder_min_us, 1000U);
	EXPECT_EQ(c.tunnel.outoforder_max_us, 2000000U);
	EXPECT_EQ(c.tunnel.max_perflow_buffer, 1024U);
	EXPECT_EQ(c.tunnel.max_peer_buffer, 8192U);
	EXPECT_EQ(c.tunnel.checksum, 0U);
	EXPECT_EQ(c.tunnel.replay, 1U);
	EXPECT_EQ(c.tunnel.max_peer_replay, 4096U);
	EXPECT_EQ(c.tunnel.max_peer_replay_kib, 16384U);
}

TEST(Params, AllOfGreUdp)
{
	const mplink_config c = good({.nics = "eth1",
				      .peer = "10.99.0.2",
				      .remotes = "10.0.1.2",
				      .encap = "gre-udp",
				      .key = "16777215",
				      .flow_buckets = "1",
				      .outoforder_min_us = "10000000",
				      .outoforder_max_us = "10000000",
				      .max_perflow_buffer = "65535",
				      .max_peer_buffer = "1048576",
				      .checksum = "on",
				      .replay = "off",
				      .max_peer_replay = "65536",
				      .max_peer_replay_kib = "64"});

	EXPECT_EQ(c.key, 16777215U);
	EXPECT_EQ(c.tunnel.flow_buckets, 1U);
	EXPECT_EQ(c.tunnel.outoforder_min_us, 10000000U);
	EXPECT_EQ(c.tunnel.outoforder_max_us, 10000000U);
	EXPECT_EQ(c.tunnel.max_perflow_buffer, 65535U);
	EXPECT_EQ(c.tunnel.max_peer_buffer, 1048576U);
	EXPECT_EQ(c.tunnel.checksum, 1U);
	EXPECT_EQ(c.tunnel.replay, 0U);
	EXPECT_EQ(c.tunnel.max_peer_replay, 65536U);
	EXPECT_EQ(c.tunnel.max_peer_replay_kib, 64U);
	for (const char *buckets : {"1", "2", "4", "8", "16", "32", "64", "128", "256"})
		good({.nics = "eth1", .encap = "gre-udp", .flow_buckets = buckets});
}

// "eth1" beside "eth10", and a name that begins like the virtual NIC's.
TEST(Params, NamesAreComparedWhole)
{
	EXPECT_EQ(good({.nics = "eth1,eth10,eth,mpl,mpl01"}).nr_nics, 5U);
}

} // namespace
