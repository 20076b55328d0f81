// SPDX-License-Identifier: GPL-2.0
// Messages as bytes: the parser reads what the builder makes, and rejects malformed messages.
#include <gtest/gtest.h>

#include <linux/genetlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <cstring>
#include <random>

#include "netlink/extack.hh"
#include "netlink/netdev.hh"
#include "netlink/replies.hh"
#include "netlink/requests.hh"
#include "netlink/socket.hh"
#include "sample.hh"
#include "uapi/mplink_netlink.h"

namespace mplink::cli
{
namespace
{

const Family family{.id = 31, .events = 5};

Received only(Bytes bytes)
{
	Received found{};
	int n = 0;

	for_each_message(bytes, [&](const Received &message) {
		found = message;
		n++;
	});
	EXPECT_EQ(n, 1);
	return found;
}

Bytes attributes(const Message &message)
{
	return only(message.bytes()).attributes(sizeof(genlmsghdr));
}

const ChangeRequest peer_change{
	.kind = ChangeRequest::Kind::peer_set,
	.peer = at("10.99.0.2"),
	.links = {{.nic = "eth1", .remote = at("fd00::2"), .settings = {{Setting::link_weight, 7}}},
		  {.nic = "eth2", .remove = true}}};

TEST(Requests, PeerRoundTrip)
{
	const Message message = to_message(family, 9, "mpl0", peer_change);
	const Received received = only(message.bytes());
	genlmsghdr header;

	std::memcpy(&header, received.payload.data(), sizeof(header));
	EXPECT_EQ(received.header.nlmsg_type, 31);
	EXPECT_EQ(received.header.nlmsg_flags, NLM_F_REQUEST);
	EXPECT_EQ(header.cmd, MPLINK_CMD_PEER_SET);

	const PeerMessage parsed = parse_peer(attributes(message));

	EXPECT_EQ(parsed.device, 9U);
	EXPECT_EQ(parsed.peer.address, at("10.99.0.2"));
	ASSERT_EQ(parsed.peer.links.size(), 2U);
	EXPECT_EQ(parsed.peer.links[0].nic, "eth1");
	EXPECT_EQ(parsed.peer.links[0].remote, at("fd00::2"));
	EXPECT_EQ(parsed.peer.links[0].settings[Setting::link_weight], 7);
}

// As the kernel's strict validation wants them.
TEST(Requests, NestsAndFlags)
{
	unsigned nests = 0, removals = 0;
	const Message message = to_message(family, 9, "mpl0", peer_change);

	for_each_attribute(attributes(message), [&](const Attribute &a) {
		if (a.type != MPLINK_A_PEER_LINK)
			return;

		nlattr raw;

		std::memcpy(&raw, a.payload.data() - NLA_HDRLEN, sizeof(raw));
		EXPECT_TRUE(raw.nla_type & NLA_F_NESTED);
		nests++;
		for_each_attribute(a.payload, [&](const Attribute &b) {
			if (b.type == MPLINK_A_LINK_REMOVE) {
				EXPECT_EQ(b.payload.size(), 0U);
				removals++;
			}
			if (b.type == MPLINK_A_LINK_NIC) {
				EXPECT_EQ(b.payload.size(), 5U); // with its NUL
			}
		});
	});
	EXPECT_EQ(nests, 2U);
	EXPECT_EQ(removals, 1U);
}

TEST(Requests, EveryKind)
{
	const auto command = [](const ChangeRequest &change) {
		const Message message = to_message(family, 9, "mpl0", change);

		return static_cast<int>(only(message.bytes()).payload[0]);
	};

	EXPECT_EQ(command({.kind = ChangeRequest::Kind::device_set,
			   .settings = {{Setting::policy, 1}}}),
		  MPLINK_CMD_DEVICE_SET);
	EXPECT_EQ(command({.kind = ChangeRequest::Kind::nic_add, .nic = "a"}), MPLINK_CMD_NIC_ADD);
	EXPECT_EQ(command({.kind = ChangeRequest::Kind::nic_del, .nic = "a"}), MPLINK_CMD_NIC_DEL);
	EXPECT_EQ(command({.kind = ChangeRequest::Kind::peer_add, .peer = at("10.9.0.2")}),
		  MPLINK_CMD_PEER_ADD);
	EXPECT_EQ(command({.kind = ChangeRequest::Kind::peer_del, .peer = at("10.9.0.2")}),
		  MPLINK_CMD_PEER_DEL);

	const Message nic =
		to_message(family, 9, "mpl0", {.kind = ChangeRequest::Kind::nic_add, .nic = "a"});

	EXPECT_EQ(parse_nic(attributes(nic)).device, 9U);
	EXPECT_EQ(parse_nic(attributes(nic)).nic.name, "a");
}

// What is set can be read, except the key.
TEST(Requests, DeviceRoundTrip)
{
	const FullSettings wanted = live_sample().settings;
	const ChangeRequest change{.kind = ChangeRequest::Kind::device_set,
				   .settings = differences(FullSettings(), wanted),
				   .bfd_key = BfdKey{1, 2, 3}};
	const Message message = to_message(family, 9, "mpl0", change);
	unsigned keys = 0;

	EXPECT_EQ(parse_device(attributes(message)).ifindex, 9U);
	EXPECT_EQ(parse_device(attributes(message)).settings, wanted);
	for_each_attribute(attributes(message), [&](const Attribute &a) {
		if (a.type != MPLINK_A_DEVICE_BFD)
			return;
		for_each_attribute(a.payload, [&](const Attribute &b) {
			if (b.type != MPLINK_A_BFD_KEY)
				return;
			EXPECT_EQ(b.payload.size(), 3U);
			keys++;
		});
	});
	EXPECT_EQ(keys, 1U);
	EXPECT_EQ(message.what(),
		  "mpl0: set liveness bfd wtr-ms 300 bfd-tx-us 10000 bfd-multihop on "
		  "bfd-auth sha1 bfd-key-id 7 bfd-key");

	const Message plain = to_message(
		family, 9, "mpl0",
		{.kind = ChangeRequest::Kind::device_set, .settings = {{Setting::wtr_ms, 1}}});

	for_each_attribute(attributes(plain),
			   [](const Attribute &a) { EXPECT_NE(a.type, MPLINK_A_DEVICE_BFD); });
}

TEST(Requests, TunnelRoundTrip)
{
	const FullSettings wanted = tunnel_sample().settings;
	ChangeRequest change{.kind = ChangeRequest::Kind::device_set,
			     .settings = differences(FullSettings(), wanted)};
	const Message message = to_message(family, 9, "mpl0", change);

	EXPECT_EQ(parse_device(attributes(message)).settings, wanted);
	EXPECT_EQ(message.what(),
		  "mpl0: set encap gre-udp flow-buckets 64 outoforder-max-us 50000");
	for_each_attribute(attributes(message), [](const Attribute &a) {
		EXPECT_NE(a.type, MPLINK_A_DEVICE_BFD);
		if (a.type != MPLINK_A_DEVICE_TUNNEL)
			return;

		nlattr raw;

		std::memcpy(&raw, a.payload.data() - NLA_HDRLEN, sizeof(raw));
		EXPECT_TRUE(raw.nla_type & NLA_F_NESTED);
	});
}

TEST(Requests, PeerKey)
{
	ChangeRequest change = peer_change;

	EXPECT_EQ(parse_peer(attributes(to_message(family, 9, "mpl0", change)))
			  .peer.settings[Setting::peer_key],
		  0U);
	EXPECT_TRUE(parse_peer(attributes(to_message(family, 9, "mpl0", change))).peer.key_hidden);
	change.settings[Setting::peer_key] = 16777215;
	EXPECT_EQ(parse_peer(attributes(to_message(family, 9, "mpl0", change)))
			  .peer.settings[Setting::peer_key],
		  16777215U);
	EXPECT_FALSE(parse_peer(attributes(to_message(family, 9, "mpl0", change))).peer.key_hidden);
}

TEST(Parse, ResequencerCounters)
{
	Message message(31, 0, "");

	message.generic(MPLINK_CMD_PEER_GET, 1);

	const std::size_t nest = message.nest(MPLINK_A_PEER_RESEQUENCER, "");

	for (std::uint16_t i = MPLINK_A_RESEQUENCER_IN_ORDER; i <= MPLINK_A_RESEQUENCER_MAX; i++)
		message.binary(i,
			       std::vector<std::uint8_t>{static_cast<std::uint8_t>(i), 0, 0, 0, 0,
							 0, 0, 0},
			       "");
	message.binary(40, std::vector<std::uint8_t>{}, ""); // of a newer module
	message.nest_end(nest);

	const auto parsed = parse_peer(attributes(message)).peer.resequencer;

	ASSERT_TRUE(parsed);
	EXPECT_EQ(parsed->in_order, std::uint64_t{MPLINK_A_RESEQUENCER_IN_ORDER});
	EXPECT_EQ(parsed->lost_overflow, std::uint64_t{MPLINK_A_RESEQUENCER_LOST_OVERFLOW});
	EXPECT_EQ(parsed->held_max, std::uint64_t{MPLINK_A_RESEQUENCER_HELD_MAX});
	EXPECT_EQ(parsed->timer_us, std::uint64_t{MPLINK_A_RESEQUENCER_TIMER_US});
	EXPECT_FALSE(parse_peer(attributes(to_message(family, 9, "mpl0", peer_change)))
			     .peer.resequencer);
}

TEST(Requests, PeerLiveness)
{
	ChangeRequest change = peer_change;

	change.settings[Setting::peer_liveness] = MPLINK_LIVENESS_BFD;
	change.links[0].settings[Setting::link_liveness] = MPLINK_LIVENESS_OFF;

	const Message message = to_message(family, 9, "mpl0", change);
	const PeerStatus peer = parse_peer(attributes(message)).peer;

	EXPECT_EQ(peer.settings[Setting::peer_liveness], MPLINK_LIVENESS_BFD);
	EXPECT_EQ(peer.links.at(0).settings[Setting::link_liveness], MPLINK_LIVENESS_OFF);
	EXPECT_EQ(peer.links.at(1).settings[Setting::link_liveness], MPLINK_LIVENESS_INHERIT);
}

TEST(Parse, SessionStatus)
{
	Message message(31, 0, "");

	message.generic(MPLINK_CMD_PEER_GET, 1);

	const std::size_t link = message.nest(MPLINK_A_PEER_LINK, "");
	const std::size_t session = message.nest(MPLINK_A_LINK_SESSION, "");

	message.u32(MPLINK_A_SESSION_STATE, MPLINK_BFD_INIT, "");
	message.u32(MPLINK_A_SESSION_DIAG, MPLINK_BFD_DIAG_TIMEOUT, "");
	message.u32(MPLINK_A_SESSION_REMOTE_STATE, MPLINK_BFD_UP, "");
	message.u32(MPLINK_A_SESSION_REMOTE_DIAG, MPLINK_BFD_DIAG_PATH, "");
	message.u32(MPLINK_A_SESSION_DISCR, 1, "");
	message.u32(MPLINK_A_SESSION_REMOTE_DISCR, 2, "");
	message.u32(MPLINK_A_SESSION_TX_US, 3, "");
	message.u32(MPLINK_A_SESSION_RX_US, 4, "");
	message.binary(MPLINK_A_SESSION_DETECTION_US,
		       std::vector<std::uint8_t>{5, 0, 0, 0, 0, 0, 0, 0}, "");
	message.nest_end(session);

	const std::size_t stages = message.nest(MPLINK_A_LINK_STAGES, "");

	message.binary(MPLINK_A_LINK_STAGES_BFD_UP,
		       std::vector<std::uint8_t>{6, 0, 0, 0, 0, 0, 0, 0}, "");
	message.binary(40, std::vector<std::uint8_t>{}, ""); // of a newer module
	message.nest_end(stages);
	message.nest_end(link);

	const LinkStatus parsed = parse_peer(attributes(message)).peer.links.at(0);

	ASSERT_TRUE(parsed.session);
	EXPECT_EQ(parsed.session->state, MPLINK_BFD_INIT);
	EXPECT_EQ(parsed.session->diag, MPLINK_BFD_DIAG_TIMEOUT);
	EXPECT_EQ(parsed.session->remote_state, MPLINK_BFD_UP);
	EXPECT_EQ(parsed.session->remote_diag, MPLINK_BFD_DIAG_PATH);
	EXPECT_EQ(parsed.session->discr, 1U);
	EXPECT_EQ(parsed.session->remote_discr, 2U);
	EXPECT_EQ(parsed.session->tx_us, 3U);
	EXPECT_EQ(parsed.session->rx_us, 4U);
	EXPECT_EQ(parsed.session->detection_us, 5U);
	EXPECT_EQ(parsed.stages[MPLINK_LINK_BFD_UP], 6U);
	EXPECT_EQ(parsed.stages[MPLINK_LINK_VALID], std::nullopt);
}

TEST(Parse, NicStatus)
{
	Message message(31, 0, "");

	message.generic(MPLINK_CMD_NIC_NTF, 1);
	message.u32(MPLINK_A_NIC_DEVICE, 7, "");
	message.string(MPLINK_A_NIC_NAME, "eth1", "");
	message.u32(MPLINK_A_NIC_REASON, MPLINK_REASON_NO_CARRIER, "");
	message.address(MPLINK_A_NIC_ADDRESS, at("10.0.1.1"), "");
	message.u32(MPLINK_A_NIC_EVENT, MPLINK_EVENT_CHANGE, "");
	message.u32(MPLINK_A_NIC_WAS, MPLINK_REASON_NONE, "");
	message.u32(200, 1, ""); // of a newer module

	const NicMessage parsed = parse_nic(attributes(message));

	EXPECT_EQ(parsed.device, 7U);
	EXPECT_EQ(parsed.nic.name, "eth1");
	EXPECT_EQ(parsed.nic.address, at("10.0.1.1"));
	EXPECT_EQ(parsed.event, MPLINK_EVENT_CHANGE);
	EXPECT_EQ(parsed.was, MPLINK_REASON_NONE);
}

TEST(Parse, WrongLengths)
{
	Message message(31, 0, "");

	message.generic(MPLINK_CMD_NIC_NTF, 1);
	message.u16(MPLINK_A_NIC_DEVICE, 7, "");
	EXPECT_THROW(parse_nic(attributes(message)), Malformed);

	Message odd(31, 0, "");

	odd.generic(MPLINK_CMD_PEER_GET, 1);
	odd.u32(MPLINK_A_PEER_ADDRESS, 7, "");
	EXPECT_NO_THROW(parse_peer(attributes(odd)));
	odd.u16(MPLINK_A_PEER_ADDRESS, 7, "");
	EXPECT_THROW(parse_peer(attributes(odd)), Malformed);
}

// The parser never reads beyond a truncated or corrupted message; ASan checks that.
TEST(Parse, AnyBytes)
{
	const Message message = to_message(family, 9, "mpl0", peer_change);
	const std::vector<std::byte> whole(message.bytes().begin(), message.bytes().end());
	std::mt19937 random(1);

	for (int i = 0; i < 20000; i++) {
		std::vector<std::byte> bytes = whole;

		for (int k = 0; k < 3; k++)
			bytes[random() % bytes.size()] = static_cast<std::byte>(random());
		bytes.resize(random() % (bytes.size() + 1));
		bytes.shrink_to_fit();
		// Otherwise a truncated message would end the test of its contents.
		if (const auto len = static_cast<std::uint32_t>(bytes.size()); len >= NLMSG_HDRLEN)
			std::memcpy(bytes.data(), &len, sizeof(len));
		try {
			for_each_message(bytes, [](const Received &received) {
				parse_extack(received);
				parse_netdev(received);
				const Bytes inner = received.attributes(sizeof(genlmsghdr));
				parse_device(inner);
				parse_nic(inner);
				parse_peer(inner);
				parse_family(inner);
			});
		} catch (const Malformed &) {
		}
	}
}

std::vector<std::byte> answer_bytes(int error, std::uint16_t flags, Bytes quoted, Bytes tlvs)
{
	nlmsghdr header{};
	std::vector<std::byte> bytes;
	const auto add = [&](Bytes part) { bytes.insert(bytes.end(), part.begin(), part.end()); };

	header.nlmsg_type = NLMSG_ERROR;
	header.nlmsg_flags = flags;
	header.nlmsg_len =
		static_cast<std::uint32_t>(sizeof(header) + 4 + quoted.size() + tlvs.size());
	add(std::as_bytes(std::span(&header, 1)));
	add(std::as_bytes(std::span(&error, 1)));
	add(quoted);
	add(tlvs);
	return bytes;
}

class AnswerTest : public testing::Test
{
protected:
	AnswerTest()
	{
		Message holder(0, 0, "");

		holder.string(NLMSGERR_ATTR_MSG, "no such NIC", "");
		holder.u32(NLMSGERR_ATTR_OFFS, offset_of(MPLINK_A_LINK_NIC), "");
		tlvs_.assign(holder.bytes().begin() + NLMSG_HDRLEN, holder.bytes().end());
	}
	// The offset of an attribute of the first link.
	std::uint32_t offset_of(std::uint16_t type)
	{
		std::uint32_t offset = 0;

		for_each_attribute(attributes(request_), [&](const Attribute &a) {
			if (a.type != MPLINK_A_PEER_LINK || offset)
				return;
			for_each_attribute(a.payload, [&](const Attribute &b) {
				if (b.type == type)
					offset = static_cast<std::uint32_t>(
							 b.payload.data() -
							 request_.bytes().data()) -
						 NLA_HDRLEN;
			});
		});
		return offset;
	}

	const Message request_ = to_message(family, 9, "mpl0", peer_change);
	std::vector<std::byte> tlvs_;
};

TEST_F(AnswerTest, Capped)
{
	const auto bytes = answer_bytes(-ENOENT, NLM_F_CAPPED | NLM_F_ACK_TLVS,
					request_.bytes().first(sizeof(nlmsghdr)), tlvs_);
	const ExtAck answer = parse_extack(only(bytes));

	EXPECT_EQ(answer.error, ENOENT);
	EXPECT_EQ(answer.why, "no such NIC");
	EXPECT_EQ(explain(request_, answer), "mpl0: peer set 10.99.0.2: link eth1: no such NIC");
}

TEST_F(AnswerTest, WithTheWholeRequest)
{
	const auto bytes = answer_bytes(-ENOENT, NLM_F_ACK_TLVS, request_.bytes(), tlvs_);

	EXPECT_EQ(parse_extack(only(bytes)).why, "no such NIC");
}

TEST_F(AnswerTest, Plain)
{
	const auto header = request_.bytes().first(sizeof(nlmsghdr));

	EXPECT_EQ(parse_extack(only(answer_bytes(0, NLM_F_CAPPED, header, {}))).error, 0);

	const auto bytes = answer_bytes(-EPERM, NLM_F_CAPPED, header, {});

	EXPECT_EQ(explain(request_, parse_extack(only(bytes))),
		  "mpl0: peer set 10.99.0.2: Operation not permitted; this needs CAP_NET_ADMIN in "
		  "the namespace: run it as root");
}

TEST_F(AnswerTest, CutShort)
{
	EXPECT_THROW(parse_extack(only(answer_bytes(-EPERM, NLM_F_ACK_TLVS, {}, {}))), Malformed);
	EXPECT_THROW(parse_extack(only(answer_bytes(-EPERM, NLM_F_ACK_TLVS,
						    request_.bytes().first(sizeof(nlmsghdr)), {}))),
		     Malformed);
}

TEST_F(AnswerTest, WordsOfAFile)
{
	ChangeRequest change = peer_change;

	change.where = "$.devices[0].peers[4]";
	change.links[0].where = "$.devices[0].peers[4].links[0]";

	const Message message = to_message(family, 9, "mpl0", change);

	EXPECT_EQ(message.origin_at(offset_of(MPLINK_A_LINK_REMOTE)),
		  "$.devices[0].peers[4].links[0].remote: fd00::2");
	EXPECT_EQ(message.origin_at(1), "");
}

// One of several settings is named; a single setting is named by the request.
TEST(Requests, OriginsOfSettings)
{
	const auto origin = [](const ChangeRequest &change, std::uint16_t type) {
		const Message message = to_message(family, 9, "mpl0", change);
		std::string found;

		for_each_attribute(attributes(message), [&](const Attribute &a) {
			if (a.type == type)
				found = message.origin_at(static_cast<std::uint32_t>(
					a.payload.data() - message.bytes().data() - NLA_HDRLEN));
		});
		return found;
	};
	ChangeRequest change{.kind = ChangeRequest::Kind::device_set,
			     .settings = {{Setting::wtr_ms, 5}}};

	EXPECT_EQ(origin(change, MPLINK_A_DEVICE_WTR_MS), "");
	change.settings[Setting::liveness] = MPLINK_LIVENESS_BFD;
	EXPECT_EQ(origin(change, MPLINK_A_DEVICE_WTR_MS), "wtr-ms 5");
	change.where = "$.devices[0]";
	EXPECT_EQ(origin(change, MPLINK_A_DEVICE_WTR_MS), "$.devices[0].wtr_ms: 5");
}

// Errors quote the arguments that the user gave.
TEST(Requests, WordsOfATunnel)
{
	const auto origin = [](const ChangeRequest &change, std::uint16_t outer,
			       std::uint16_t inner) {
		const Message message = to_message(family, 9, "mpl0", change);
		std::string found;
		const auto look = [&](const Attribute &a) {
			found = message.origin_at(static_cast<std::uint32_t>(
				a.payload.data() - message.bytes().data() - NLA_HDRLEN));
		};

		for_each_attribute(attributes(message), [&](const Attribute &a) {
			if (a.type != outer)
				return;
			if (!inner)
				return look(a);
			for_each_attribute(a.payload, [&](const Attribute &b) {
				if (b.type == inner)
					look(b);
			});
		});
		return found;
	};
	ChangeRequest change{
		.kind = ChangeRequest::Kind::device_set,
		.settings = {{Setting::outoforder_min_us, 5}, {Setting::flow_buckets, 1}}};
	ChangeRequest peer = peer_change;

	EXPECT_EQ(origin(change, MPLINK_A_DEVICE_TUNNEL, MPLINK_A_TUNNEL_OUTOFORDER_MIN_US),
		  "outoforder-min-us 5");
	change.where = "$.devices[0]";
	EXPECT_EQ(origin(change, MPLINK_A_DEVICE_TUNNEL, MPLINK_A_TUNNEL_OUTOFORDER_MIN_US),
		  "$.devices[0].tunnel.outoforder_min_us: 5");
	peer.settings[Setting::peer_key] = 7;
	EXPECT_EQ(origin(peer, MPLINK_A_PEER_KEY, 0), "key 7");
	peer.where = "$.devices[0].peers[4]";
	EXPECT_EQ(origin(peer, MPLINK_A_PEER_KEY, 0), "$.devices[0].peers[4].key: 7");
}

TEST(Batch, FitsTheSocket)
{
	std::vector<Message> many(100, to_message(family, 9, "mpl0", peer_change));

	EXPECT_EQ(batch_size(many), 64U);
	EXPECT_EQ(batch_size({}), 0U);

	ChangeRequest large = peer_change;

	for (int i = 0; i < 1000; i++)
		large.links.push_back({.nic = "eth1", .remote = at("fd00::2")});
	many.assign(3, to_message(family, 9, "mpl0", large));
	EXPECT_EQ(batch_size(many), 1U);
}

TEST(Netdev, LinkMessage)
{
	Message message(RTM_NEWLINK, 0, "");
	ifinfomsg info{};

	info.ifi_index = 7;
	info.ifi_flags = IFF_UP | 0x10000; // IFF_LOWER_UP
	message.header(std::as_bytes(std::span(&info, 1)));
	message.string(IFLA_IFNAME, "eth1", "");
	message.u32(IFLA_MTU, 1500, "");
	EXPECT_EQ(parse_netdev(only(message.bytes())),
		  (Netdev{.ifindex = 7, .name = "eth1", .mtu = 1500, .up = true, .carrier = true}));

	const Message created = create_device("mpl3", "");

	EXPECT_EQ(parse_netdev(only(created.bytes()))->kind, "mplink");
	EXPECT_EQ(parse_netdev(only(created.bytes()))->name, "mpl3");

	Message port(RTM_DELLINK, 0, "");

	info.ifi_family = AF_BRIDGE;
	port.header(std::as_bytes(std::span(&info, 1)));
	EXPECT_EQ(parse_netdev(only(port.bytes())), std::nullopt);
}

} // namespace
} // namespace mplink::cli
