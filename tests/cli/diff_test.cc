// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "args/command_line.hh"
#include "config/diff.hh"
#include "sample.hh"

namespace mplink::cli
{
namespace
{

using Kind = ChangeRequest::Kind;

DeviceConfig wanted()
{
	return parse_config(write_config({sample()})).at(0);
}

LinkConfig link_config(const char *nic, const char *remote, std::uint32_t weight)
{
	return {.nic = nic,
		.remote = at(remote),
		.local = {},
		.settings = {{Setting::link_weight, weight}}};
}

std::vector<std::string> texts(const std::vector<ChangeRequest> &requests)
{
	std::vector<std::string> all;

	for (const ChangeRequest &request : requests)
		all.push_back(text(request));
	return all;
}

TEST(Diff, NothingToDo)
{
	EXPECT_TRUE(diff(sample(), wanted(), "$").empty());
}

TEST(Diff, FromNothing)
{
	const auto requests = diff({.name = "mpl0"}, wanted(), "$.devices[0]");

	ASSERT_EQ(texts(requests),
		  (std::vector<std::string>{"nic add eth1", "nic add eth2", "peer add 10.99.0.2",
					    "peer add fd99::3"}));
	EXPECT_EQ(requests[1].where, "$.devices[0].nics[1]");
	ASSERT_EQ(requests[2].links.size(), 2U);
	EXPECT_EQ(requests[2].links[0], (LinkRequest{.nic = "eth1",
						     .remote = at("10.0.1.2"),
						     .settings = {{Setting::link_weight, 3}},
						     .where = "$.devices[0].peers[0].links[0]"}));
}

TEST(Diff, OnlyWhatDiffers)
{
	DeviceConfig want = wanted();

	want.settings[Setting::policy] = MPLINK_POLICY_BROADCAST;
	want.peers[0].links[0].settings = {{Setting::link_weight, 9}};
	want.peers[0].links[1].remote = at("10.0.2.2");

	const auto requests = diff(sample(), want, "$");

	ASSERT_EQ(texts(requests),
		  (std::vector<std::string>{"set policy broadcast", "peer set 10.99.0.2"}));
	ASSERT_EQ(requests[1].links.size(), 2U);
	EXPECT_EQ(requests[1].links[0], (LinkRequest{.nic = "eth1",
						     .settings = {{Setting::link_weight, 9}},
						     .where = "$.peers[0].links[0]"}));
	EXPECT_EQ(requests[1].links[1], (LinkRequest{.nic = "eth2",
						     .remote = at("10.0.2.2"),
						     .where = "$.peers[0].links[1]"}));
}

TEST(Diff, Liveness)
{
	DeviceConfig want = parse_config(write_config({live_sample()})).at(0);

	EXPECT_TRUE(diff(live_sample(), want, "$").empty());

	const auto requests = diff(sample(), want, "$");

	ASSERT_EQ(texts(requests),
		  (std::vector<std::string>{"set liveness bfd wtr-ms 300 bfd-tx-us 10000 "
					    "bfd-multihop on bfd-auth sha1 bfd-key-id 7",
					    "peer set 10.99.0.2"}));
	EXPECT_EQ(requests[0].where, "$");
	EXPECT_EQ(requests[1].settings.at(Setting::peer_liveness), MPLINK_LIVENESS_BFD);
	ASSERT_EQ(requests[1].links.size(), 1U);
	EXPECT_EQ(requests[1].links[0],
		  (LinkRequest{.nic = "eth2",
			       .settings = {{Setting::link_liveness, MPLINK_LIVENESS_OFF}},
			       .where = "$.peers[0].links[1]"}));

	// Back to the initial values.
	const auto back = diff(live_sample(), wanted(), "$");

	ASSERT_EQ(back.size(), 2U);
	EXPECT_EQ(back[0].settings.at(Setting::liveness), MPLINK_LIVENESS_OFF);
	EXPECT_EQ(back[0].settings.at(Setting::bfd_auth), MPLINK_BFD_AUTH_NONE);
	EXPECT_FALSE(back[0].settings.contains(Setting::bfd_key_id));
	EXPECT_EQ(back[1].settings.at(Setting::peer_liveness), MPLINK_LIVENESS_INHERIT);
	EXPECT_EQ(back[1].links.at(0).settings.at(Setting::link_liveness), MPLINK_LIVENESS_INHERIT);

	const auto fresh = diff({.name = "mpl0"}, want, "$");

	EXPECT_EQ(fresh.at(3).settings.at(Setting::peer_liveness), MPLINK_LIVENESS_BFD);
	EXPECT_TRUE(!fresh[3].links.at(0).settings.contains(Setting::link_liveness));
	EXPECT_FALSE(fresh[4].settings.contains(Setting::peer_liveness));

	// A BFD key cannot be compared, and is never printed.
	want.bfd_key = BfdKey{'s', 'e', 'c'};

	const auto keyed = diff(live_sample(), want, "$");

	ASSERT_EQ(texts(keyed), (std::vector<std::string>{"set bfd-key"}));
	EXPECT_EQ(keyed[0].bfd_key, want.bfd_key);
}

// Changes of links that share a NIC.
TEST(Diff, LinksOverOneNic)
{
	const auto links = [](std::vector<LinkConfig> those) {
		DeviceConfig want = wanted();

		want.peers[0].links = std::move(those);
		return want;
	};
	const auto asked = [](const DeviceStatus &from, const DeviceConfig &to) {
		const auto requests = diff(from, to, "$");

		EXPECT_EQ(texts(requests), (std::vector<std::string>{"peer set 10.99.0.2"}));
		return requests.at(0).links;
	};
	const LinkConfig eth2 = link_config("eth2", "fd00:2::2", 1);
	const DeviceConfig both = parse_config(write_config({shared_sample()})).at(0);

	EXPECT_TRUE(diff(shared_sample(), both, "$").empty());
	EXPECT_EQ(both.peers[0].links[1].local, at("10.0.1.50"));
	// A second link over the NIC is added; the first one does not move.
	EXPECT_EQ(asked(sample(), both),
		  (std::vector<LinkRequest>{{.nic = "eth1",
					     .remote = at("10.8.2.1"),
					     .local = std::optional(at("10.0.1.50")),
					     .settings = {{Setting::link_weight, 2}},
					     .add = true,
					     .where = "$.peers[0].links[1]"}}));
	// Back: the remote selects the link to remove.
	EXPECT_EQ(asked(shared_sample(), links({link_config("eth1", "10.0.1.2", 3), eth2})),
		  (std::vector<LinkRequest>{
			  {.nic = "eth1", .remote = at("10.8.2.1"), .remove = true}}));
	// One link before and after moves.
	EXPECT_EQ(asked(sample(), links({link_config("eth1", "10.0.1.7", 3), eth2})),
		  (std::vector<LinkRequest>{{.nic = "eth1",
					     .remote = at("10.0.1.7"),
					     .where = "$.peers[0].links[0]"}}));
	// One of several links changes, one is added, one is removed.
	EXPECT_EQ(asked(shared_sample(), links({link_config("eth1", "10.0.1.2", 9),
						link_config("eth1", "10.8.3.1", 1), eth2})),
		  (std::vector<LinkRequest>{
			  {.nic = "eth1",
			   .remote = at("10.0.1.2"),
			   .settings = {{Setting::link_weight, 9}},
			   .where = "$.peers[0].links[0]"},
			  {.nic = "eth1",
			   .remote = at("10.8.3.1"),
			   .settings = {{Setting::link_weight, 1}},
			   .add = true,
			   .where = "$.peers[0].links[1]"},
			  {.nic = "eth1", .remote = at("10.8.2.1"), .remove = true}}));
	// Several links become one with another remote: none of them moves.
	EXPECT_EQ(asked(shared_sample(), links({link_config("eth1", "10.8.3.1", 1), eth2})),
		  (std::vector<LinkRequest>{
			  {.nic = "eth1",
			   .remote = at("10.8.3.1"),
			   .settings = {{Setting::link_weight, 1}},
			   .add = true,
			   .where = "$.peers[0].links[0]"},
			  {.nic = "eth1", .remote = at("10.0.1.2"), .remove = true},
			  {.nic = "eth1", .remote = at("10.8.2.1"), .remove = true}}));
	// Routing decides again.
	EXPECT_EQ(asked(shared_sample(), links({link_config("eth1", "10.0.1.2", 3),
						link_config("eth1", "10.8.2.1", 2), eth2})),
		  (std::vector<LinkRequest>{{.nic = "eth1",
					     .remote = at("10.8.2.1"),
					     .local = std::optional<Address>(),
					     .where = "$.peers[0].links[1]"}}));
}

// Traffic finds its new links before the old ones go.
TEST(Diff, NewBeforeOld)
{
	DeviceConfig want = wanted();

	want.nics = {"eth1", "eth3"};
	want.peers.pop_back();
	want.peers[0].links[1] = link_config("eth3", "10.0.3.2", 1);

	const auto requests = diff(sample(), want, "$");

	ASSERT_EQ(texts(requests), (std::vector<std::string>{"nic add eth3", "peer set 10.99.0.2",
							     "peer del fd99::3", "nic del eth2"}));
	EXPECT_EQ(requests[1].links.back(), (LinkRequest{.nic = "eth2", .remove = true}));
}

TEST(Diff, Tunnel)
{
	DeviceConfig want = parse_config(write_config({tunnel_sample()})).at(0);

	EXPECT_TRUE(diff(tunnel_sample(), want, "$").empty());

	// Peers cannot change their encap.
	const auto requests = diff(sample(), want, "$");

	ASSERT_EQ(texts(requests),
		  (std::vector<std::string>{"set flow-buckets 64 outoforder-max-us 50000",
					    "peer del 10.99.0.2", "peer del fd99::3",
					    "set policy balance-rr encap gre-udp",
					    "peer add 10.99.0.2", "peer add fd99::3"}));
	EXPECT_EQ(requests[4].settings.at(Setting::peer_key), 16777215U);
	EXPECT_EQ(requests[4].links.size(), 2U);
	EXPECT_FALSE(requests[5].settings.contains(Setting::peer_key));

	const auto back = diff(tunnel_sample(), wanted(), "$");

	ASSERT_EQ(back.size(), 6U);
	EXPECT_EQ(back[3].settings.at(Setting::encap), MPLINK_ENCAP_NONE);
	EXPECT_EQ(back[3].settings.at(Setting::policy), MPLINK_POLICY_BALANCE_RR);
	EXPECT_FALSE(back[4].settings.contains(Setting::peer_key));

	// A new key alone changes nothing else.
	want.peers[0].settings[Setting::peer_key] = 8;

	const auto rekeyed = diff(tunnel_sample(), want, "$");

	ASSERT_EQ(texts(rekeyed), (std::vector<std::string>{"peer set 10.99.0.2"}));
	EXPECT_EQ(rekeyed[0].settings.at(Setting::peer_key), 8U);
	EXPECT_TRUE(rekeyed[0].links.empty());

	// A peer that goes may have the key and the remotes of a peer that comes.
	want.peers[0].settings[Setting::peer_key] = 16777215;
	want.peers[0].address = at("10.99.0.9");
	EXPECT_EQ(texts(diff(tunnel_sample(), want, "$")),
		  (std::vector<std::string>{"peer del 10.99.0.2", "peer add 10.99.0.9"}));
	// A peer that blocks no other peer goes last.
	want.peers[0].settings[Setting::peer_key] = 5;
	EXPECT_EQ(texts(diff(tunnel_sample(), want, "$")),
		  (std::vector<std::string>{"peer add 10.99.0.9", "peer del 10.99.0.2"}));
}

// Nothing is removed before a request that may be refused.
TEST(Diff, WhatOnlyAddsComesBeforeWhatTakesAway)
{
	DeviceConfig want = wanted();

	want.nics.push_back("eth9");
	want.peers[0].links.pop_back();
	want.peers[1].address = at("fd99::9");

	const auto requests = diff(sample(), want, "$");
	bool taken = false;

	ASSERT_EQ(texts(requests),
		  (std::vector<std::string>{"nic add eth9", "peer add fd99::9",
					    "peer set 10.99.0.2", "peer del fd99::3"}));
	for (const ChangeRequest &request : requests) {
		EXPECT_TRUE(takes_away(request) || !taken) << text(request);
		taken |= takes_away(request);
	}
}

TEST(Diff, StepsAsCommands)
{
	DeviceConfig want = parse_config(write_config({live_sample()})).at(0);
	std::vector<std::string> lines;

	want.bfd_key = BfdKey{'s', 'e', 'c'};
	want.peers[0].links[0].nic = "eth 1'";
	for (const ChangeRequest &request : diff({.name = "mpl0"}, want, "$"))
		lines.push_back(command_line("mpl0", request));
	EXPECT_EQ(
		lines,
		(std::vector<std::string>{
			"mplink set dev mpl0 liveness bfd wtr-ms 300 bfd-tx-us 10000 "
			"bfd-multihop on bfd-auth sha1 bfd-key-id 7 bfd-key KEY",
			"mplink nic add dev mpl0 eth1", "mplink nic add dev mpl0 eth2",
			"mplink peer add dev mpl0 10.99.0.2 liveness bfd link 'eth 1'\\''' remote "
			"10.0.1.2 weight 3 link eth2 remote fd00:2::2 weight 1 liveness off",
			"mplink peer add dev mpl0 fd99::3"}));

	DeviceConfig less = wanted();

	less.peers[0].links.pop_back();
	less.peers.pop_back();
	lines.clear();
	for (const ChangeRequest &request : diff(sample(), less, "$"))
		lines.push_back(command_line("mpl0", request));
	EXPECT_EQ(lines, (std::vector<std::string>{"mplink peer set dev mpl0 10.99.0.2 unlink eth2",
						   "mplink peer del dev mpl0 fd99::3"}));
}

// Carries out the requests one by one, as the module does.  The module refuses peers with the
// same key and remote.  Returns the number of requests.
std::size_t carry_out(const DeviceStatus &have, const DeviceStatus &then)
{
	const DeviceConfig want = parse_config(write_config({then})).at(0);
	std::map<Address, PeerStatus> now;
	const std::vector<ChangeRequest> requests = diff(have, want, "$");

	for (const PeerStatus &peer : have.peers)
		now[peer.address] = peer;
	for (const ChangeRequest &request : requests) {
		PeerStatus &peer = now.at(request.peer.value());
		std::set<std::pair<std::uint32_t, Address>> senders;

		peer.settings[Setting::peer_key] = request.settings.contains(Setting::peer_key)
							   ? request.settings.at(Setting::peer_key)
							   : peer.settings[Setting::peer_key];
		for (const LinkRequest &change : request.links)
			for (LinkStatus &link : peer.links)
				if (link.nic == change.nic)
					link.remote = change.remote.value();
		for (const auto &[address, other] : now)
			for (const LinkStatus &link : other.links)
				EXPECT_TRUE(senders.emplace(other.settings[Setting::peer_key],
							    link.remote.value())
						    .second)
					<< text(request);
	}
	for (const PeerStatus &peer : then.peers) {
		EXPECT_EQ(now.at(peer.address).settings[Setting::peer_key],
			  peer.settings[Setting::peer_key]);
		for (std::size_t i = 0; i < peer.links.size(); i++)
			EXPECT_EQ(now.at(peer.address).links[i].remote, peer.links[i].remote);
	}
	return requests.size();
}

TEST(Diff, TunnelsThatSwapKeys)
{
	DeviceStatus have = tunnel_sample();

	have.peers[0].settings[Setting::peer_key] = 1;
	have.peers[1].settings[Setting::peer_key] = 0;
	have.peers[1].links = have.peers[0].links;

	DeviceStatus then = have;

	std::swap(then.peers[0].settings[Setting::peer_key],
		  then.peers[1].settings[Setting::peer_key]);
	// Both peers move aside, so the first one finds the key of the second one free.
	EXPECT_EQ(carry_out(have, then), 4U);
	// A peer that takes a key that becomes free blocks no other peer.
	then.peers[1].settings[Setting::peer_key] = 2;
	then.peers[0].settings[Setting::peer_key] = 0;
	EXPECT_EQ(carry_out(have, then), 3U);
}

TEST(Diff, TunnelsThatSwapRemotes)
{
	DeviceStatus have = tunnel_sample();

	have.peers[1].settings[Setting::peer_key] = have.peers[0].settings[Setting::peer_key];
	have.peers[1].links = {have.peers[0].links[0]};
	have.peers[1].links[0].remote = at("10.0.1.3");

	DeviceStatus then = have;

	std::swap(then.peers[0].links[0].remote, then.peers[1].links[0].remote);
	EXPECT_EQ(carry_out(have, then), 4U);
	// If all peers move to unused keys, none has to move aside.
	then.peers[0].links[0].remote = at("10.0.1.4");
	then.peers[1].links[0].remote = at("10.0.1.5");
	EXPECT_EQ(carry_out(have, then), 2U);
}

TEST(Diff, AFullDeviceIsEmptiedFirst)
{
	DeviceStatus full{.name = "mpl0", .peers = {{.address = at("10.99.0.2")}}};
	DeviceConfig want{.name = "mpl0", .peers = {{.address = at("10.99.0.2")}}};

	for (int i = 0; i < MPLINK_MAX_NICS; i++)
		full.nics.push_back({.name = "old" + std::to_string(i)});
	full.peers[0].links.push_back({.nic = "old0", .remote = at("10.0.1.2")});
	want.nics = {"new0"};
	want.peers[0].links.push_back(link_config("new0", "10.0.1.2", 1));

	const auto requests = diff(full, want, "$");

	ASSERT_EQ(requests.size(), MPLINK_MAX_NICS + 2U);
	EXPECT_EQ(requests.front().kind, Kind::nic_del);
	EXPECT_EQ(text(requests[MPLINK_MAX_NICS]), "nic add new0");
	// The link over old0 went with it: to remove it again would be refused.
	ASSERT_EQ(requests.back().links.size(), 1U);
	EXPECT_EQ(requests.back().links[0].nic, "new0");
}

} // namespace
} // namespace mplink::cli
