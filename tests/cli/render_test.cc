// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "common/format.hh"
#include "sample.hh"
#include "show/render.hh"

namespace mplink::cli
{
namespace
{

TEST(Format, Bytes)
{
	EXPECT_EQ(human_bytes(0), "0 B");
	EXPECT_EQ(human_bytes(999), "999 B");
	EXPECT_EQ(human_bytes(1000), "1.0 kB");
	EXPECT_EQ(human_bytes(1234567890), "1.2 GB");
	// 1000.0 becomes 1.0 of the next unit.
	EXPECT_EQ(human_bytes(999949), "999.9 kB");
	EXPECT_EQ(human_bytes(999950), "1.0 MB");
	EXPECT_EQ(human_bytes(~0ULL), "18.4 EB");
}

TEST(Format, Durations)
{
	EXPECT_EQ(human_duration(0), "0.0s");
	EXPECT_EQ(human_duration(59999), "59.9s");
	EXPECT_EQ(human_duration(60000), "1m 0s");
	EXPECT_EQ(human_duration(11523000), "3h 12m");
	EXPECT_EQ(human_duration(90000000), "1d 1h");
	EXPECT_EQ(human_span(std::chrono::microseconds(52)), "0.052 ms");
	EXPECT_EQ(human_span(std::chrono::milliseconds(2143)), "2.143 s");
	EXPECT_EQ(utc_time(WallTime(std::chrono::nanoseconds(1'500'000'000'000'042'999))),
		  "2017-07-14T02:40:00.000042Z");
}

TEST(Table, ShowsWhatMatters)
{
	EXPECT_EQ(render_table({sample()}, false),
		  R"(mpl0: policy balance-rr, encap none, carrier on, 2 NICs, 2 peers
  dropped packets: no-link 1.2k
  rescheduled packets: 4

  NIC   STATE         ADDRESS    SINCE  CHANGES    SENT  PACKETS  RECEIVED  PACKETS
  eth1  valid         10.0.1.1  3h 12m        1  1.2 GB     1.0M     999 B      999
  eth2  unregistered  -           2.5s        0     0 B        0       0 B        0

  PEER       LINK  STATE         REMOTE     WEIGHT    SENT  PACKETS  RECEIVED  PACKETS
  10.99.0.2  eth1  valid         10.0.1.2        3  1.2 GB     1.0M     999 B      999
             eth2  unregistered  fd00:2::2       1     0 B        0       0 B        0
  fd99::3    -     no links
)");
}

TEST(Table, WhatAdaptiveIsTold)
{
	DeviceStatus device = sample();
	auto &links = device.peers[0].links;

	links[0].settings[Setting::link_preference] = 1;
	links[0].settings[Setting::link_rate_min] = 500;
	EXPECT_NE(render_table({device}, false)
			  .find("WEIGHT  PREFERENCE          RATE    SENT  PACKETS"),
		  std::string::npos)
		<< render_table({device}, false);
	EXPECT_NE(render_table({device}, false).find("3           1  from 500kbit  1.2 GB"),
		  std::string::npos);
	EXPECT_NE(render_table({device}, false).find("1           0             -     0 B"),
		  std::string::npos);
	links[0].settings[Setting::link_rate_max] = 20000;
	EXPECT_NE(render_table({device}, false).find("  500kbit to 20mbit  "), std::string::npos);
	links[0].settings[Setting::link_rate_min] = 0;
	EXPECT_NE(render_table({device}, false).find("  up to 20mbit  "), std::string::npos);
	EXPECT_NE(
		render_prometheus({device}).find(
			"mplink_link_rate_max_bytes_per_second{device=\"mpl0\",peer=\"10.99.0.2\","
			"nic=\"eth1\",remote=\"10.0.1.2\"} 2500000\n"),
		std::string::npos);
}

TEST(Table, Liveness)
{
	DeviceStatus device = live_sample();

	device.peers.pop_back();
	EXPECT_EQ(render_table({device}, false),
		  R"(mpl0: policy balance-rr, encap none, carrier on, 2 NICs, 1 peer
  liveness bfd, wtr-ms 300, bfd-tx-us 10000, bfd-multihop on, bfd-auth sha1, bfd-key-id 7
  dropped packets: no-link 1.2k
  refused BFD packets: auth-digest 12
  rescheduled packets: 4

  NIC   STATE         ADDRESS    SINCE  CHANGES    SENT  PACKETS  RECEIVED  PACKETS
  eth1  valid         10.0.1.1  3h 12m        1  1.2 GB     1.0M     999 B      999
  eth2  unregistered  -           2.5s        0     0 B        0       0 B        0

  PEER       LINK  STATE         BFD  REMOTE     WEIGHT    SENT  PACKETS  RECEIVED  PACKETS
  10.99.0.2  eth1  valid         up   10.0.1.2        3  1.2 GB     1.0M     999 B      999
             eth2  unregistered  -    fd00:2::2       1     0 B        0       0 B        0
)");

	SessionStatus &session = *device.peers[0].links[0].session;

	session = {.state = MPLINK_BFD_DOWN, .diag = MPLINK_BFD_DIAG_TIMEOUT};
	EXPECT_NE(render_table({device}, false)
			  .find("  down (detection-time-expired), remote not heard  "),
		  std::string::npos);
	session = {.state = MPLINK_BFD_DOWN,
		   .diag = MPLINK_BFD_DIAG_NEIGHBOUR,
		   .remote_state = MPLINK_BFD_ADMIN_DOWN,
		   .remote_diag = MPLINK_BFD_DIAG_ADMIN,
		   .remote_discr = 5};
	EXPECT_NE(render_table({device}, false)
			  .find("  down (neighbour-down), remote admin-down (admin-down)  "),
		  std::string::npos);
}

TEST(Table, Tunnel)
{
	DeviceStatus device = tunnel_sample();

	EXPECT_EQ(render_table({device}, false),
		  R"(mpl0: policy balance-rr, encap gre-udp, carrier on, 2 NICs, 2 peers
  flow-buckets 64, outoforder-max-us 50000
  dropped packets: no-link 1.2k
  undelivered gre-udp packets, of all devices: sender 12
  rescheduled packets: 4

  NIC   STATE         ADDRESS    SINCE  CHANGES    SENT  PACKETS  RECEIVED  PACKETS
  eth1  valid         10.0.1.1  3h 12m        1  1.2 GB     1.0M     999 B      999
  eth2  unregistered  -           2.5s        0     0 B        0       0 B        0

  PEER       LINK  STATE         REMOTE     WEIGHT    SENT  PACKETS  RECEIVED  PACKETS
  10.99.0.2  eth1  valid         10.0.1.2        3  1.2 GB     1.0M     999 B      999
             eth2  unregistered  fd00:2::2       1     0 B        0       0 B        0
  fd99::3    -     no links

  from 10.99.0.2: links lost 12 of 1.0M packets: 12 lost for good

  PEER            KEY  IN ORDER  REORDERED    WAITED    AT MOST      TIMER  HELD  LATE  DUPLICATES  RESTARTS  LOST
  10.99.0.2  16777215      1.0M       2.0k  0.812 ms  12.400 ms  24.800 ms     5     4           3         1  12 (rule 10, timer 2)
  fd99::3           0         0          0         -          -  50.000 ms     0     0           0         0  0
)");

	// Without a tunnel, drops of other devices are not shown.
	device.settings[Setting::encap] = MPLINK_ENCAP_NONE;
	EXPECT_EQ(render_table({device}, false).find("undelivered"), std::string::npos);
}

// Both directions in a line, each only if a packet was lost there.
TEST(Table, WhatLinksLost)
{
	DeviceStatus device = tunnel_sample();
	ResequencerCounters &r = *device.peers[0].resequencer;
	const auto shown = [&] {
		const std::string table = render_table({device}, false);
		const std::size_t at = std::min(table.find("  from "), table.find("  to "));

		return at == std::string::npos ? "" : table.substr(at, table.find('\n', at) - at);
	};

	r = {.in_order = 998000,
	     .reordered = 2000,
	     .replayed = 17,
	     .repair_asked = 1300,
	     .repaired = 1230,
	     .repair_us = 41000};
	EXPECT_EQ(shown(), "  from 10.99.0.2: links lost 1.2k of 1.0M packets: "
			   "1.2k repaired (41.000 ms each), 17 replayed, none lost for good");
	r.lost_timer = 4;
	r.repair_sent = 5;
	r.replay_sent = 60;
	r.repair_refused = 7;
	EXPECT_EQ(shown(), "  from 10.99.0.2: links lost 1.3k of 1.0M packets: "
			   "1.2k repaired (41.000 ms each), 17 replayed, 4 lost for good; "
			   "to 10.99.0.2: 5 sent once more to repair, 60 sent once more to replay, "
			   "7 asked for in vain");
	r = {.in_order = 1000, .replay_sent = 60};
	EXPECT_EQ(shown(), "  to 10.99.0.2: 60 sent once more to replay");
	r = {.in_order = 1000, .repair_asked = 3, .repair_us = 41000};
	EXPECT_EQ(shown(), "");
}

TEST(Table, ASuspectLink)
{
	DeviceStatus device = tunnel_sample();
	auto &links = device.peers[0].links;

	links[0].estimate = {.reports = 7};
	links[1].estimate = {.suspect = 1};
	EXPECT_EQ(render_table({device}, false).find("suspect"), std::string::npos);
	links[0].estimate->suspect = 1;
	EXPECT_NE(render_table({device}, false).find("  eth1  suspect       10.0.1.2  "),
		  std::string::npos)
		<< render_table({device}, false);
	EXPECT_NE(render_prometheus({device}).find(
			  "mplink_link_suspect{device=\"mpl0\",peer=\"10.99.0.2\",nic=\"eth1\","
			  "remote=\"10.0.1.2\"} 1\n"),
		  std::string::npos);
}

TEST(Timeline, InMillisecondsAfterTheFirst)
{
	DeviceStatus device = live_sample();

	EXPECT_EQ(render_timeline({device}, false),
		  R"(mpl0: since when each stage has held, in ms after the first

  PEER       LINK  REGISTERED  UP  CARRIER  ADDRESS  ROUTE  BFD-INIT  BFD-UP  VALID
  10.99.0.2  eth1           0   2     2000       10   2001      2045    2060   2360
  10.99.0.2  eth2           -   -        -        -      -         -       -      -
)");
}

TEST(Table, ColoursMoveNothing)
{
	std::string coloured = render_table({sample()}, true);
	std::string plain;

	EXPECT_NE(coloured.find("\033[32mvalid\033[0m"), std::string::npos);
	EXPECT_NE(coloured.find("\033[31munregistered\033[0m"), std::string::npos);
	for (std::size_t i = 0; i < coloured.size(); i++) {
		if (coloured[i] == '\033')
			i = coloured.find('m', i);
		else
			plain += coloured[i];
	}
	EXPECT_EQ(plain, render_table({sample()}, false));
}

TEST(Table, NothingOfNothing)
{
	EXPECT_EQ(render_table({}, false), "");
	EXPECT_EQ(render_json({}, false), "[]\n");
}

TEST(RenderJson, IsExact)
{
	const auto json = nlohmann::json::parse(render_json({sample()}, false));
	const auto &device = json.at(0);

	EXPECT_EQ(device.at("name"), "mpl0");
	EXPECT_EQ(device.at("carrier"), true);
	EXPECT_EQ(device.at("drops").at("no-link"), 1234);
	EXPECT_EQ(device.at("nics").at(0).at("tx_bytes"), 1234567890);
	EXPECT_EQ(device.at("nics").at(1).at("address"), nullptr);
	EXPECT_EQ(device.at("nics").at(1).at("reason"), "unregistered");
	EXPECT_EQ(device.at("nics").at(1).at("valid"), false);
	EXPECT_EQ(device.at("peers").at(0).at("links").at(1).at("remote"), "fd00:2::2");
	EXPECT_EQ(device.at("peers").at(0).at("links").at(0).at("weight"), 3);
	EXPECT_EQ(device.at("peers").at(1).at("links").size(), 0U);
	EXPECT_EQ(nlohmann::json::parse(render_json({sample()}, true)), json);
}

TEST(RenderJson, Liveness)
{
	const auto device = nlohmann::json::parse(render_json({live_sample()}, false)).at(0);
	const auto &link = device.at("peers").at(0).at("links").at(0);

	EXPECT_EQ(device.at("liveness"), "bfd");
	EXPECT_EQ(device.at("wtr_ms"), 300);
	EXPECT_EQ(device.at("bfd").at("multihop"), true);
	EXPECT_EQ(device.at("bfd").at("auth"), "sha1");
	EXPECT_EQ(device.at("bfd").at("rx_us"), 50000);
	EXPECT_FALSE(device.at("bfd").contains("key"));
	EXPECT_EQ(device.at("bfd_received"), 5000);
	EXPECT_EQ(device.at("bfd_drops").at("auth-digest"), 12);
	EXPECT_EQ(device.at("nics").at(0).at("stages_ms").at("carrier"), 3000);
	EXPECT_EQ(device.at("nics").at(1).at("stages_ms").at("carrier"), nullptr);
	EXPECT_EQ(device.at("peers").at(0).at("liveness"), "bfd");
	EXPECT_EQ(link.at("liveness"), "inherit");
	EXPECT_EQ(link.at("session").at("state"), "up");
	EXPECT_EQ(link.at("session").at("remote_discr"), 99);
	EXPECT_EQ(link.at("session").at("detection_us"), 150000);
	EXPECT_EQ(link.at("stages_ms").at("bfd-init"), 3045);
	EXPECT_EQ(device.at("peers").at(0).at("links").at(1).at("session"), nullptr);
}

TEST(RenderJson, Tunnel)
{
	const auto device = nlohmann::json::parse(render_json({tunnel_sample()}, false)).at(0);
	const auto &peer = device.at("peers").at(0);

	EXPECT_EQ(device.at("encap"), "gre-udp");
	EXPECT_EQ(device.at("tunnel").at("flow_buckets"), 64);
	EXPECT_EQ(device.at("tunnel").at("outoforder_min_us"), 1000);
	EXPECT_EQ(device.at("tunnel").at("max_peer_buffer"), 8192);
	EXPECT_EQ(device.at("gre_received"), 2000000);
	EXPECT_EQ(device.at("gre_drops").at("sender"), 12);
	EXPECT_EQ(device.at("gre_drops").at("no-memory"), 0);
	EXPECT_EQ(peer.at("key"), 16777215);
	EXPECT_EQ(peer.at("resequencer").size(), std::size(resequencer_fields));
	EXPECT_EQ(peer.at("resequencer").at("in_order"), 1000000);
	EXPECT_EQ(peer.at("resequencer").at("lost_rule"), 10);
	EXPECT_EQ(peer.at("resequencer").at("wait_max_us"), 12400);
	EXPECT_EQ(peer.at("resequencer").at("timer_us"), 24800);

	const auto plain = nlohmann::json::parse(render_json({sample()}, false)).at(0);

	EXPECT_EQ(plain.at("peers").at(0).at("resequencer"), nullptr);
	EXPECT_EQ(plain.at("peers").at(0).at("key"), 0);

	// The user may not see the key.
	DeviceStatus hidden = tunnel_sample();

	hidden.peers[0].key_hidden = true;
	EXPECT_EQ(nlohmann::json::parse(render_json({hidden}, false))
			  .at(0)
			  .at("peers")
			  .at(0)
			  .at("key"),
		  nullptr);
	EXPECT_EQ(render_table({hidden}, false).find("16777215"), std::string::npos);
}

TEST(RenderEstimate, InEveryForm)
{
	DeviceStatus device = tunnel_sample();
	Estimate &estimate = device.peers[0].links[0].estimate.emplace();

	EXPECT_EQ(render_table({tunnel_sample()}, false).find("CAPACITY"), std::string::npos);
	estimate = {.capacity = 2500000,
		    .load = 1250000,
		    .delivered = 125,
		    .rtt_us = 41000,
		    .delay_us = 15000,
		    .lost_ppm = 12300,
		    .reports = 7};

	const std::string table = render_table({device}, false);

	for (const char *text :
	     {"CAPACITY", "20.0 Mbit/s", "10.0 Mbit/s", "1.0 kbit/s", "+15.000 ms", "1.23 %"})
		EXPECT_NE(table.find(text), std::string::npos) << text << "\n" << table;

	const auto links = nlohmann::json::parse(render_json({device}, false))
				   .at(0)
				   .at("peers")
				   .at(0)
				   .at("links");

	EXPECT_EQ(links.at(0).at("estimate").size(), std::size(estimate_fields));
	EXPECT_EQ(links.at(0).at("estimate").at("rtt_us"), 41000);
	EXPECT_EQ(links.at(1).at("estimate"), nullptr);

	const std::string page = render_prometheus({device});

	EXPECT_NE(page.find("# TYPE mplink_link_reports_total counter"), std::string::npos);
	EXPECT_NE(page.find("mplink_link_rtt_seconds{"), std::string::npos);
	EXPECT_NE(page.find("} 0.041"), std::string::npos);
	EXPECT_EQ(page.find("mplink_link_rtt_seconds{"), page.rfind("mplink_link_rtt_seconds{"));
}

TEST(RenderJson, ANameThatIsNotUtf8)
{
	DeviceStatus device = sample();

	device.nics[0].name = "eth\xff";
	EXPECT_NO_THROW(nlohmann::json::parse(render_json({device}, false)));
}

TEST(Prometheus, EscapesLabels)
{
	DeviceStatus device = sample();

	device.nics[0].name = "a\"b\\c\nd";
	EXPECT_NE(render_prometheus({device}).find(
			  "mplink_nic_valid{device=\"mpl0\",nic=\"a\\\"b\\\\c\\nd\"} 1\n"),
		  std::string::npos);
}

// Each metric: HELP, TYPE, then all of its samples; counters, and only they, end in _total.
// Prometheus rejects a page with a byte that is not UTF-8.
TEST(Prometheus, IsUtf8WhateverTheNames)
{
	const std::pair<const char *, const char *> names[] = {
		{"eth\xff", "eth\\\\xff"},
		{"eth\xfe", "eth\\\\xfe"},
		{"\xc3\xa9th", "\xc3\xa9th"},
		{"\xe2\x82\xac\xf0\x9f\x90\xa7", "\xe2\x82\xac\xf0\x9f\x90\xa7"},
		{"\xc3", "\\\\xc3"},
		{"\xc0\xaf", "\\\\xc0\\\\xaf"},
		{"\xed\xa0\x80", "\\\\xed\\\\xa0\\\\x80"},
		{"\xf5\x80\x80\x80", "\\\\xf5\\\\x80\\\\x80\\\\x80"}};

	for (const auto &[name, label] : names) {
		DeviceStatus device = sample();

		device.nics[0].name = name;
		EXPECT_NE(render_prometheus({device}).find(std::string("nic=\"") + label + "\""),
			  std::string::npos)
			<< label;
	}
}

TEST(Prometheus, FollowsTheFormat)
{
	std::istringstream lines(render_prometheus({sample(), live_sample(), tunnel_sample()}));
	std::vector<std::string> seen;
	std::string name, kind;

	for (std::string line; std::getline(lines, line);) {
		std::istringstream parts(line);
		std::string first, second, third;

		parts >> first >> second >> third;
		if (first == "#" && second == "HELP") {
			name = third;
			EXPECT_EQ(std::count(seen.begin(), seen.end(), name), 0) << name;
			seen.push_back(name);
		} else if (first == "#") {
			EXPECT_EQ(second, "TYPE");
			EXPECT_EQ(third, name);
			parts >> kind;
			EXPECT_EQ(kind == "counter", name.ends_with("_total")) << name;
		} else {
			EXPECT_EQ(line.substr(0, line.find_first_of("{ ")), name);
			EXPECT_TRUE(std::isdigit(line[line.rfind(' ') + 1])) << line;
		}
	}
	EXPECT_GT(seen.size(), 15U);
}

TEST(Prometheus, Values)
{
	const std::string page = render_prometheus({sample()});

	for (const char *line :
	     {"mplink_device_info{device=\"mpl0\",policy=\"balance-rr\",encap=\"none\","
	      "liveness=\"off\"} 1\n",
	      "mplink_device_wait_to_restore_seconds{device=\"mpl0\"} 0.500\n",
	      "mplink_device_dropped_packets_total{device=\"mpl0\",reason=\"no-link\"} 1234\n",
	      "mplink_nic_valid{device=\"mpl0\",nic=\"eth2\"} 0\n",
	      "mplink_nic_since_seconds{device=\"mpl0\",nic=\"eth2\"} 2.500\n",
	      "mplink_link_transmit_bytes_total{device=\"mpl0\",peer=\"10.99.0.2\",nic=\"eth1\","
	      "remote=\"10.0.1.2\"} "
	      "1234567890\n"})
		EXPECT_NE(page.find(line), std::string::npos) << line;
}

TEST(Prometheus, Liveness)
{
	const std::string page = render_prometheus({live_sample()});
	const std::string link =
		"{device=\"mpl0\",peer=\"10.99.0.2\",nic=\"eth1\",remote=\"10.0.1.2\"";

	for (const std::string &line :
	     {std::string("mplink_device_bfd_received_packets_total{device=\"mpl0\"} 5000\n"),
	      std::string("mplink_device_bfd_refused_packets_total{device=\"mpl0\",reason="
			  "\"auth-digest\"} 12\n"),
	      std::string("mplink_nic_stage_seconds{device=\"mpl0\",nic=\"eth1\",stage="
			  "\"address\"} 1.010\n"),
	      "mplink_link_bfd_up" + link + "} 1\n",
	      "mplink_link_bfd_info" + link +
		      ",state=\"up\",diag=\"none\",remote_state=\"up\",remote_diag=\"none\"} 1\n",
	      "mplink_link_stage_seconds" + link + ",stage=\"bfd-up\"} 3.060\n"})
		EXPECT_NE(page.find(line), std::string::npos) << line;
	EXPECT_EQ(page.find("mplink_link_bfd_up{device=\"mpl0\",peer=\"10.99.0.2\",nic=\"eth2\""),
		  std::string::npos);
}

// Prometheus rejects a page with two samples of one series.
TEST(Prometheus, SeriesAreUnique)
{
	std::istringstream page(render_prometheus({shared_sample()}));
	std::set<std::string> seen;

	for (std::string line; std::getline(page, line);)
		EXPECT_TRUE(seen.insert(line.substr(0, line.rfind(' '))).second ||
			    line.starts_with('#'))
			<< line;
}

TEST(Prometheus, Tunnel)
{
	const std::string page = render_prometheus({tunnel_sample()});
	const std::string peer = "{device=\"mpl0\",peer=\"10.99.0.2\"";

	for (const std::string &line :
	     {std::string("mplink_device_info{device=\"mpl0\",policy=\"balance-rr\","
			  "encap=\"gre-udp\",liveness=\"off\"} 1\n"),
	      std::string("mplink_gre_received_packets_total 2000000\n"),
	      std::string("mplink_gre_undelivered_packets_total{reason=\"sender\"} 12\n"),
	      "mplink_peer_in_order_packets_total" + peer + "} 1000000\n",
	      "mplink_peer_reordered_packets_total" + peer + "} 2000\n",
	      "mplink_peer_duplicate_packets_total" + peer + "} 3\n",
	      "mplink_peer_late_packets_total" + peer + "} 4\n",
	      "mplink_peer_lost_packets_total" + peer + ",by=\"rule\"} 10\n",
	      "mplink_peer_lost_packets_total" + peer + ",by=\"timer\"} 2\n",
	      "mplink_peer_lost_packets_total" + peer + ",by=\"overflow\"} 0\n",
	      "mplink_peer_restarts_total" + peer + "} 1\n",
	      "mplink_peer_held_packets" + peer + "} 5\n",
	      "mplink_peer_held_packets_max" + peer + "} 6\n",
	      "mplink_peer_wait_seconds_total" + peer + "} 1.624000\n",
	      "mplink_peer_wait_seconds_max" + peer + "} 0.012400\n",
	      "mplink_peer_outoforder_timer_seconds" + peer + "} 0.024800\n"})
		EXPECT_NE(page.find(line), std::string::npos) << line;
	// The counter is the namespace's: one sample, whatever the number of devices.
	const std::string two = render_prometheus({tunnel_sample(), tunnel_sample()});
	const std::string line = "mplink_gre_received_packets_total 2000000\n";

	EXPECT_EQ(two.find(line), two.rfind(line));
	EXPECT_EQ(render_prometheus({sample()}).find("mplink_peer_held_packets{"),
		  std::string::npos);
}

} // namespace
} // namespace mplink::cli
