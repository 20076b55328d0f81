// SPDX-License-Identifier: GPL-2.0
// How the monitor turns notifications into changes.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "monitor/monitor_state.hh"
#include "monitor/runner.hh"
#include "sample.hh"

namespace mplink::cli
{
namespace
{

using std::chrono::milliseconds;

WallTime ms(int n)
{
	return WallTime(milliseconds(n));
}

constexpr NicFact fact(std::uint32_t reason)
{
	return {.up = {}, .carrier = {}, .reason = reason};
}

const NicFact down{.up = false, .carrier = false, .reason = {}};
const NicFact up{.up = true, .carrier = false, .reason = {}};
const NicFact plugged{.up = true, .carrier = true, .reason = {}};

TEST(NicStages, FromUpToValid)
{
	NicStages stages;

	stages.observe("a", ms(0), down);
	stages.observe("a", ms(0), fact(MPLINK_REASON_ADMIN_DOWN));
	EXPECT_FALSE(stages.observe("a", ms(1000), up));
	EXPECT_FALSE(stages.observe("a", ms(1001), fact(MPLINK_REASON_NO_CARRIER)));
	EXPECT_FALSE(stages.observe("a", ms(3000), plugged));
	EXPECT_FALSE(stages.observe("a", ms(3001), fact(MPLINK_REASON_NO_ADDRESS)));
	EXPECT_EQ(stages.observe("a", ms(3501), fact(MPLINK_REASON_NONE)),
		  (StagesReport{"IFF_UP",
				milliseconds(2501),
				{{"carrier", milliseconds(2000)},
				 {"address", milliseconds(501)},
				 {"valid", milliseconds(0)}}}));
	EXPECT_FALSE(stages.observe("a", ms(3502), plugged));
	EXPECT_FALSE(stages.observe("a", ms(3503), fact(MPLINK_REASON_NONE)));
}

TEST(NicStages, FromCableIn)
{
	NicStages stages;

	stages.observe("a", ms(0), up);
	stages.observe("a", ms(0), fact(MPLINK_REASON_NO_CARRIER));
	stages.observe("a", ms(10), plugged);
	EXPECT_EQ(stages.observe("a", ms(12), fact(MPLINK_REASON_NONE)),
		  (StagesReport{"carrier", milliseconds(2), {{"valid", milliseconds(2)}}}));
}

// The module's notifier runs before rtnetlink's message is sent.
TEST(NicStages, TheModuleFirst)
{
	NicStages stages;

	stages.observe("a", ms(0), up);
	stages.observe("a", ms(0), fact(MPLINK_REASON_NO_CARRIER));
	EXPECT_EQ(stages.observe("a", ms(12), fact(MPLINK_REASON_NONE)),
		  (StagesReport{"carrier", milliseconds(0), {{"valid", milliseconds(0)}}}));
	EXPECT_FALSE(stages.observe("a", ms(13), plugged));
	// That leaves no run behind.
	EXPECT_FALSE(stages.observe("a", ms(20), fact(MPLINK_REASON_NO_ROUTE)));
	EXPECT_FALSE(stages.observe("a", ms(30), fact(MPLINK_REASON_NONE)));
}

TEST(NicStages, ADownBeginsAnew)
{
	NicStages stages;

	stages.observe("a", ms(0), down);
	stages.observe("a", ms(0), fact(MPLINK_REASON_ADMIN_DOWN));
	stages.observe("a", ms(10), up);
	stages.observe("a", ms(20), down);
	stages.observe("a", ms(100), up);
	stages.observe("a", ms(150), plugged);

	const auto report = stages.observe("a", ms(160), fact(MPLINK_REASON_NONE));

	ASSERT_TRUE(report);
	EXPECT_EQ(report->total, milliseconds(60));
}

TEST(NicStages, ValidFromTheStartIsNoNews)
{
	NicStages stages;

	EXPECT_FALSE(stages.observe("a", ms(0), fact(MPLINK_REASON_NONE)));
	EXPECT_FALSE(stages.observe("a", ms(1), plugged));
}

NicMessage nic_message(std::uint32_t was, std::uint32_t now, std::uint32_t event)
{
	return {.device = 7,
		.nic = {.name = "eth1", .ifindex = 2, .reason = now},
		.event = event,
		.was = was};
}

TEST(MonitorState, NicEvents)
{
	MonitorState world({sample()}, {});
	auto changes = world.nic(ms(0), nic_message(MPLINK_REASON_NONE, MPLINK_REASON_ADMIN_DOWN,
						    MPLINK_EVENT_GOING_DOWN));

	ASSERT_EQ(changes.size(), 1U);
	// As the kernel log has it.
	EXPECT_EQ(text(changes[0]), "mpl0: eth1: NETDEV_GOING_DOWN (9): valid 1 -> 0 (admin-down)");

	const auto line = nlohmann::json::parse(json(changes[0]));

	EXPECT_EQ(line.at("kind"), "nic");
	EXPECT_EQ(line.at("event"), "NETDEV_GOING_DOWN");
	EXPECT_EQ(line.at("event_number"), 9);
	EXPECT_EQ(line.at("valid"), false);
	EXPECT_EQ(line.at("reason"), "admin-down");
	EXPECT_EQ(line.at("was"), "none");
	EXPECT_EQ(environment(changes[0]),
		  (std::vector<std::string>{
			  "MPLINK_TIME=1970-01-01T00:00:00.000000Z", "MPLINK_CHANGE=nic",
			  "MPLINK_DEVICE=mpl0", "MPLINK_NIC=eth1", "MPLINK_EVENT=NETDEV_GOING_DOWN",
			  "MPLINK_WAS=none", "MPLINK_VALID=0", "MPLINK_REASON=admin-down"}));

	changes = world.nic(
		ms(0), nic_message(MPLINK_REASON_NONE, MPLINK_REASON_NONE, MPLINK_EVENT_CHANGE));
	EXPECT_EQ(text(changes.at(0)), "mpl0: eth1: NETDEV_CHANGE (4): valid 1");
	EXPECT_TRUE(environment(changes[0]).empty());
}

TEST(MonitorState, Links)
{
	MonitorState world({sample()}, {});
	const auto changes =
		world.link(ms(0), {.device = 7,
				   .peer = {.address = at("10.99.0.2"),
					    .links = {{.nic = "eth1",
						       .remote = at("10.0.1.2"),
						       .reason = MPLINK_REASON_NO_CARRIER}}},
				   .event = MPLINK_EVENT_CHANGE,
				   .was = MPLINK_REASON_NONE});

	EXPECT_EQ(text(changes.at(0)),
		  "mpl0: peer 10.99.0.2 link eth1: NETDEV_CHANGE (4): valid 1 -> 0 (no-carrier)");
	EXPECT_EQ(text(world.peer_removed(ms(0), {.device = 7, .peer = {.address = at("fd99::3")}})
			       .at(0)),
		  "mpl0: peer fd99::3: removed");
}

TEST(MonitorState, Netdevs)
{
	MonitorState world({}, {{.ifindex = 2, .name = "eth1", .mtu = 1500}});
	Netdev netdev{.ifindex = 2, .name = "eth1", .mtu = 1500, .up = true, .carrier = true};

	EXPECT_EQ(text(world.netdev(ms(0), netdev).at(0)), "eth1: up, carrier on");
	EXPECT_TRUE(world.netdev(ms(0), netdev).empty());
	netdev.name = "lan";
	netdev.mtu = 9000;
	EXPECT_EQ(text(world.netdev(ms(0), netdev).at(0)),
		  "lan: renamed from eth1, mtu 1500 -> 9000");

	const Netdev virtual_nic{.ifindex = 7, .name = "mpl0", .kind = "mplink"};
	const auto added = world.netdev(ms(0), virtual_nic);

	ASSERT_EQ(added.size(), 2U);
	EXPECT_EQ(text(added[1]), "mpl0: device added");
	EXPECT_TRUE(environment(added[0]).empty());
	EXPECT_FALSE(environment(added[1]).empty());
	EXPECT_EQ(text(world.netdev_removed(ms(0), virtual_nic).at(1)), "mpl0: device removed");
}

TEST(MonitorState, ReportsStages)
{
	DeviceStatus device = sample();

	device.nics[0].reason = MPLINK_REASON_NO_CARRIER;
	device.nics[0].carrier = false;

	Netdev netdev{.ifindex = 2, .name = "eth1", .up = true};
	MonitorState world({device}, {netdev});

	netdev.carrier = true;
	world.netdev(ms(1000), netdev);

	const auto changes =
		world.nic(ms(1002), nic_message(MPLINK_REASON_NO_CARRIER, MPLINK_REASON_NONE,
						MPLINK_EVENT_CHANGE));

	ASSERT_EQ(changes.size(), 2U);
	EXPECT_EQ(text(changes[1]), "mpl0: eth1: valid 2.000 ms after carrier: valid 2.000 ms");
	EXPECT_EQ(nlohmann::json::parse(json(changes[1])).at("total_ns"), 2000000);
	EXPECT_TRUE(environment(changes[1]).empty());
}

PeerMessage link_message(std::uint32_t was, std::uint32_t now, std::uint32_t event)
{
	return {.device = 7,
		.peer = {.address = at("10.99.0.2"),
			 .links = {{.nic = "eth1", .remote = at("10.0.1.2"), .reason = now}}},
		.event = event,
		.was = was};
}

// A cable is pulled and plugged in again.
TEST(MonitorState, TellsTheReturnOfALink)
{
	MonitorState world({live_sample()}, {});
	std::vector<std::string> texts;
	MonitorState::Changes last;
	const auto link = [&](int when, std::uint32_t was, std::uint32_t now, std::uint32_t event) {
		last = world.link(ms(when), link_message(was, now, event));
		for (const Change &change : last)
			texts.push_back(text(change));
	};

	link(0, MPLINK_REASON_NONE, MPLINK_REASON_LIVENESS, MPLINK_EVENT_LIVENESS);
	link(10, MPLINK_REASON_LIVENESS, MPLINK_REASON_NO_CARRIER, MPLINK_EVENT_CHANGE);
	link(1000, MPLINK_REASON_NO_CARRIER, MPLINK_REASON_LIVENESS, MPLINK_EVENT_CHANGE);
	link(1060, MPLINK_REASON_LIVENESS, MPLINK_REASON_WAIT_TO_RESTORE, MPLINK_EVENT_LIVENESS);
	link(1560, MPLINK_REASON_WAIT_TO_RESTORE, MPLINK_REASON_NONE, MPLINK_EVENT_RESTORE);
	EXPECT_EQ(
		texts,
		(std::vector<std::string>{
			"mpl0: peer 10.99.0.2 link eth1: BFD: valid 1 -> 0 (liveness: the far end "
			"does not answer)",
			"mpl0: peer 10.99.0.2 link eth1: NETDEV_CHANGE (4): valid 0 (liveness -> "
			"no-carrier)",
			"mpl0: peer 10.99.0.2 link eth1: NETDEV_CHANGE (4): valid 0 (no-carrier -> "
			"liveness: the far end does not answer)",
			"mpl0: peer 10.99.0.2 link eth1: BFD: valid 0 (liveness -> "
			"wait-to-restore: "
			"it works again, and is used once that has lasted)",
			"mpl0: peer 10.99.0.2 link eth1: wait to restore: valid 0 -> 1",
			"mpl0: peer 10.99.0.2 link eth1: valid 560.000 ms after carrier: BFD "
			"60.000 "
			"ms, wait to restore 500.000 ms"}));
	ASSERT_EQ(last.size(), 2U);

	const auto told = nlohmann::json::parse(json(last[1]));

	EXPECT_EQ(told.at("peer"), "10.99.0.2");
	EXPECT_EQ(told.at("total_ns"), 560000000);
	EXPECT_EQ(told.at("stages").at(1).at("name"), "wait to restore");

	// A link that fails on its way back starts again; a link that need not wait gets no report.
	texts.clear();
	link(2000, MPLINK_REASON_NONE, MPLINK_REASON_NO_CARRIER, MPLINK_EVENT_CHANGE);
	link(3000, MPLINK_REASON_NO_CARRIER, MPLINK_REASON_WAIT_TO_RESTORE, MPLINK_EVENT_CHANGE);
	link(3100, MPLINK_REASON_WAIT_TO_RESTORE, MPLINK_REASON_LIVENESS, MPLINK_EVENT_LIVENESS);
	link(4000, MPLINK_REASON_LIVENESS, MPLINK_REASON_WAIT_TO_RESTORE, MPLINK_EVENT_LIVENESS);
	link(4500, MPLINK_REASON_WAIT_TO_RESTORE, MPLINK_REASON_NONE, MPLINK_EVENT_RESTORE);
	ASSERT_EQ(texts.size(), 6U);
	EXPECT_EQ(texts[5], "mpl0: peer 10.99.0.2 link eth1: valid 500.000 ms after BFD: wait to "
			    "restore 500.000 ms");
	texts.clear();
	link(5000, MPLINK_REASON_NONE, MPLINK_REASON_NO_CARRIER, MPLINK_EVENT_CHANGE);
	link(6000, MPLINK_REASON_NO_CARRIER, MPLINK_REASON_NONE, MPLINK_EVENT_CHANGE);
	EXPECT_EQ(texts.size(), 2U);
	// Removing a peer ends the runs of its links.
	link(7000, MPLINK_REASON_NONE, MPLINK_REASON_NO_CARRIER, MPLINK_EVENT_CHANGE);
	link(7100, MPLINK_REASON_NO_CARRIER, MPLINK_REASON_WAIT_TO_RESTORE, MPLINK_EVENT_CHANGE);
	world.peer_removed(ms(7200), {.device = 7, .peer = {.address = at("10.99.0.2")}});
	texts.clear();
	link(7600, MPLINK_REASON_WAIT_TO_RESTORE, MPLINK_REASON_NONE, MPLINK_EVENT_RESTORE);
	EXPECT_EQ(texts.size(), 1U);
}

TEST(MonitorState, TellsSettings)
{
	MonitorState world({sample()}, {});
	DeviceStatus device = sample();

	EXPECT_TRUE(world.device(ms(0), device).empty());
	device.settings[Setting::liveness] = MPLINK_LIVENESS_BFD;
	device.settings[Setting::bfd_tx_us] = 10000;

	const auto changes = world.device(ms(0), device);

	ASSERT_EQ(changes.size(), 1U);
	EXPECT_EQ(text(changes[0]), "mpl0: liveness bfd, bfd-tx-us 10000");
	EXPECT_EQ(nlohmann::json::parse(json(changes[0])).at("bfd_tx_us"), 10000);

	const auto variables = environment(changes[0]);

	EXPECT_EQ(std::count(variables.begin(), variables.end(), "MPLINK_LIVENESS=bfd"), 1);
	EXPECT_EQ(std::count(variables.begin(), variables.end(), "MPLINK_BFD_TX_US=10000"), 1);
	EXPECT_TRUE(world.device(ms(0), device).empty());
}

TEST(MonitorState, TellsOfATunnel)
{
	MonitorState world({sample()}, {});
	DeviceStatus device = sample();

	device.settings[Setting::encap] = MPLINK_ENCAP_GRE_UDP;
	device.settings[Setting::flow_buckets] = 1;

	const auto changes = world.device(ms(0), device);

	ASSERT_EQ(changes.size(), 1U);
	EXPECT_EQ(text(changes[0]), "mpl0: encap gre-udp, flow-buckets 1");
	EXPECT_EQ(nlohmann::json::parse(json(changes[0])).at("encap"), "gre-udp");
	EXPECT_EQ(nlohmann::json::parse(json(changes[0])).at("flow_buckets"), 1);

	const auto variables = environment(changes[0]);

	EXPECT_EQ(std::count(variables.begin(), variables.end(), "MPLINK_ENCAP=gre-udp"), 1);
	EXPECT_EQ(std::count(variables.begin(), variables.end(), "MPLINK_FLOW_BUCKETS=1"), 1);

	// A key: in a notification, and after a comparison.
	device.peers[0].settings[Setting::peer_key] = 7;
	EXPECT_EQ(text(world.peer(ms(0), {.device = 7, .peer = device.peers[0]}).at(0)),
		  "mpl0: peer 10.99.0.2: set, key 7, with links eth1, eth2");
	EXPECT_TRUE(world.resync(ms(0), {device}, {}).empty());
	device.peers[1].settings[Setting::peer_key] = 8;

	const auto found = world.resync(ms(0), {device}, {});

	ASSERT_EQ(found.size(), 1U);
	EXPECT_EQ(text(found[0]), "mpl0: peer fd99::3: set, key 8, without links");
}

TEST(MonitorState, ANicTakesItsLinksAlong)
{
	MonitorState world({sample()}, {});
	DeviceStatus now = sample();

	EXPECT_EQ(text(world.nic_removed(ms(0), {.device = 7, .nic = {.name = "eth2"}}).at(0)),
		  "mpl0: eth2: NIC removed");
	now.nics.pop_back();
	now.peers[0].links.pop_back();
	EXPECT_TRUE(world.resync(ms(0), {now}, {}).empty());
}

// If links share a NIC, their names include the remote.
TEST(MonitorState, LinksOverOneNic)
{
	DeviceStatus now = shared_sample();
	MonitorState world({now}, {});
	const auto event = [&](std::uint32_t was, std::uint32_t reason) {
		return world.link(ms(0), {.device = 7,
					  .peer = {.address = at("10.99.0.2"),
						   .links = {{.nic = "eth1",
							      .remote = at("10.8.2.1"),
							      .reason = reason}}},
					  .event = MPLINK_EVENT_LIVENESS,
					  .was = was});
	};

	EXPECT_EQ(text(event(MPLINK_REASON_NO_ROUTE, MPLINK_REASON_NONE).at(0)),
		  "mpl0: peer 10.99.0.2 link eth1@10.8.2.1: BFD: valid 0 -> 1");
	now.peers[0].links[1].reason = MPLINK_REASON_NONE;
	EXPECT_TRUE(world.resync(ms(0), {now}, {}).empty());
	now.peers[0].links[0].reason = MPLINK_REASON_LIVENESS;

	const auto lost = world.resync(ms(0), {now}, {});

	ASSERT_EQ(lost.size(), 1U);
	EXPECT_EQ(lost[0].remote, at("10.0.1.2"));
	EXPECT_EQ(text(world.peer(ms(0), {.device = 7, .peer = now.peers[0]}).at(0)),
		  "mpl0: peer 10.99.0.2: set, with links eth1@10.0.1.2, eth1@10.8.2.1, eth2");
	world.nic_removed(ms(0), {.device = 7, .nic = {.name = "eth1"}});
	std::erase_if(now.peers[0].links,
		      [](const LinkStatus &link) { return link.nic == "eth1"; });
	std::erase_if(now.nics, [](const NicStatus &nic) { return nic.name == "eth1"; });
	EXPECT_TRUE(world.resync(ms(0), {now}, {}).empty());
}

// Comparing finds the changes that an overrun lost.
TEST(MonitorState, Resync)
{
	MonitorState world({sample()}, {});
	DeviceStatus now = sample();

	EXPECT_TRUE(world.resync(ms(0), {now}, {}).empty());
	now.settings[Setting::policy] = MPLINK_POLICY_BROADCAST;
	now.nics[0].reason = MPLINK_REASON_NO_CARRIER;
	now.nics.pop_back();
	now.nics.push_back({.name = "eth3"});
	now.peers[0].links[0].reason = MPLINK_REASON_NO_CARRIER;
	now.peers.pop_back();
	now.peers.push_back({.address = at("10.99.0.4"), .links = {}});

	std::vector<std::string> texts;

	for (const Change &change : world.resync(ms(0), {now}, {}))
		texts.push_back(text(change));
	EXPECT_EQ(texts, (std::vector<std::string>{
				 "mpl0: policy broadcast", "mpl0: eth2: NIC removed",
				 "mpl0: eth1: valid 1 -> 0 (no-carrier)",
				 "mpl0: eth3: NIC added: valid 0 (unregistered)",
				 "mpl0: peer fd99::3: removed",
				 "mpl0: peer 10.99.0.2 link eth1: valid 1 -> 0 (no-carrier)",
				 "mpl0: peer 10.99.0.4: set, without links"}));
	EXPECT_TRUE(world.resync(ms(0), {now}, {}).empty());

	now.peers[0].links[0].settings[Setting::link_weight]++;
	EXPECT_EQ(world.resync(ms(0), {now}, {}).size(), 1U);
	now.peers[0].links[0].remote = at("10.0.9.9");
	EXPECT_EQ(world.resync(ms(0), {now}, {}).size(), 1U);
	now.peers[0].links[0].reason = MPLINK_REASON_NO_ROUTE;
	const MonitorState::Changes lost = world.resync(ms(0), {now}, {});
	ASSERT_EQ(lost.size(), 1U);
	EXPECT_EQ(lost[0].remote, at("10.0.9.9"));

	EXPECT_EQ(world.resync(ms(0), {}, {}).size(), 1U);
}

TEST(Runner, OneAfterTheOtherInOrder)
{
	char name[] = "/tmp/mplink-runner-XXXXXX";
	const int fd = mkstemp(name);
	std::string reports;

	ASSERT_GE(fd, 0);
	close(fd);
	Runner runner("sleep 0.05; echo $MPLINK_N >> " + std::string(name) + "; exit $MPLINK_N");
	for (int i = 0; i < 3; i++)
		runner.add({"MPLINK_N=" + std::to_string(i)});
	while (runner.running()) {
		reports += runner.reap();
		usleep(1000);
	}

	std::stringstream content;

	content << std::ifstream(name).rdbuf();
	unlink(name);
	EXPECT_EQ(content.str(), "0\n1\n2\n");
	EXPECT_EQ(reports.find("status 0"), std::string::npos);
	EXPECT_NE(reports.find("status 1"), std::string::npos);
	EXPECT_NE(reports.find("status 2"), std::string::npos);
}

TEST(Runner, Stop)
{
	Runner runner("sleep 0.05");

	runner.add({});
	runner.add({});
	runner.add({});
	EXPECT_EQ(runner.stop(), 2U);
	while (runner.running()) {
		runner.reap();
		usleep(1000);
	}
	EXPECT_EQ(runner.stop(), 0U);
}

} // namespace
} // namespace mplink::cli
