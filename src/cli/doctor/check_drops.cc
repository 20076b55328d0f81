// SPDX-License-Identifier: GPL-2.0
// Which counters of dropped packets tell of a wrong configuration.
//
// Counters never go back to 0, so a count alone tells of the past.  It is a fault if it grows while
// the doctor looks, or, for what may come seldom, if a peer is in trouble as well.
#include <fmt/format.h>

#include <algorithm>

#include "args/command_line.hh"
#include "common/format.hh"
#include "doctor/checks.hh"
#include "doctor/words.hh"

namespace mplink::cli
{

namespace
{

struct Trouble {
	const Facts &facts;
	const DeviceStatus &device;
	const PeerStatus *peer; // the only one that is meant; nullptr: it may be any
};

using Remedy = std::vector<std::string> (*)(const Trouble &);

// What is not in this list tells of damage, of load, or of what is usual.
struct Advice {
	std::vector<DropCount> DeviceStatus::*counts;
	std::uint32_t reason;
	bool far_end;        // where the remedy is to be run
	bool often_harmless; // a fault only if a peer is in trouble at the same time
	const char *what;
	const char *why;
	Remedy remedy;
};

std::vector<std::string> nothing(const Trouble &)
{
	return {};
}

std::string device(const Trouble &trouble)
{
	return shell_argument(trouble.device.name);
}

// The address by which the far end knows this host.
std::string own_address(const Trouble &trouble)
{
	const std::optional<NetAddress> own =
		trouble.peer
			? trouble.facts.address_on(trouble.device.ifindex, trouble.peer->address)
			: std::nullopt;

	return own ? own->address.text() : "ADDRESS";
}

std::vector<std::string> set_key(const Trouble &trouble)
{
	const bool known = trouble.peer && !trouble.peer->key_hidden;

	return {fmt::format("mplink peer set {} key {}", own_address(trouble),
			    known ? std::to_string(trouble.peer->settings[Setting::peer_key])
				  : "KEY")};
}

// "mplink: mpl0: packets from 10.0.2.50 by eth2 are dropped: their key ...", or nothing.
struct Sender {
	std::string address;
	std::string nic;
};

std::optional<Sender> unknown_sender(const Trouble &trouble)
{
	const std::string start = fmt::format("mplink: {}: packets from ", trouble.device.name);
	std::optional<Sender> last;

	for (const std::string &line : trouble.facts.log) {
		const std::size_t by = line.find(" by ");
		const std::size_t end = line.find(" are dropped: their key");

		if (line.starts_with(start) && by != std::string::npos &&
		    end != std::string::npos && by < end)
			last = Sender{.address = line.substr(start.size(), by - start.size()),
				      .nic = line.substr(by + 4, end - by - 4)};
	}
	return last;
}

std::vector<std::string> add_remote(const Trouble &trouble)
{
	const std::optional<Sender> sender = unknown_sender(trouble);

	if (!sender)
		return {"dmesg | grep 'are dropped: their key'"};

	// A link of that NIC that is heard has the right remote.
	const LinkStatus *wrong = nullptr;

	if (trouble.peer)
		for (const LinkStatus &link : trouble.peer->links)
			if (link.nic == sender->nic && !shared(*trouble.peer, link) &&
			    (!heard(link) || !valid(link.reason) ||
			     suspect_throughout(trouble.facts, trouble.device, *trouble.peer,
						link)))
				wrong = &link;
	return {fmt::format("mplink peer set dev {} {} {} {} remote {}", device(trouble),
			    trouble.peer ? trouble.peer->address.text() : "PEER",
			    wrong ? "link" : "addlink", shell_argument(sender->nic),
			    sender->address)};
}

std::vector<std::string> far_doctor(const Trouble &)
{
	return {"mplink doctor"};
}

std::vector<std::string> stock_key(const Trouble &trouble)
{
	const std::uint32_t key =
		trouble.peer ? trouble.peer->settings[Setting::peer_key] * MPLINK_FLOW_BUCKETS : 0;

	return {fmt::format("ip link change NAME type gre key {}",
			    trouble.peer && !trouble.peer->key_hidden ? std::to_string(key)
								      : "KEY")};
}

std::vector<std::string> backlog(const Trouble &trouble)
{
	return {fmt::format("sysctl -w net.core.netdev_max_backlog={}",
			    10 * trouble.facts.parameter("net.core.netdev_max_backlog"))};
}

std::vector<std::string> multihop(const Trouble &trouble)
{
	return {fmt::format("mplink set dev {} bfd-multihop on", device(trouble))};
}

std::vector<std::string> no_auth(const Trouble &)
{
	return {"mplink set bfd-auth none"};
}

// The key itself is never told.
std::vector<std::string> same_auth(const Trouble &trouble)
{
	return {fmt::format(
		"mplink set bfd-auth {} bfd-key-id {} bfd-key KEY",
		info(Setting::bfd_auth).text(trouble.device.settings[Setting::bfd_auth]),
		trouble.device.settings[Setting::bfd_key_id])};
}

std::vector<std::string> routes_over(const Trouble &trouble)
{
	return {fmt::format("ip route show dev {}", device(trouble))};
}

std::vector<std::string> failed_neighbours(const Trouble &)
{
	return {"ip neigh show nud failed"};
}

std::vector<std::string> policies(const Trouble &)
{
	return {"ip xfrm policy"};
}

constexpr auto gre = &DeviceStatus::gre_drops;
constexpr auto bfd = &DeviceStatus::bfd_drops;
constexpr auto out = &DeviceStatus::drops;

constexpr char unknown_sender_why[] =
	"Anybody may send such packets. If the sender is the far end, this end takes it for a "
	"remote, as below, or the far end's link sends from the remote that is known here "
	"(`local`). If nobody knows the sender, leave it out.";

constexpr Advice advices[] = {
	{gre, MPLINK_GRE_DROP_KEY, true, false,
	 "packets from a peer's remote have another key than the peer",
	 "Both ends must have the same key; all else is dropped.", set_key},
	{gre, MPLINK_GRE_DROP_SENDER, false, false,
	 "packets come from an address that is no peer's remote", unknown_sender_why, add_remote},
	// Without trouble, a far end asks that is being set up.
	{gre, MPLINK_GRE_DROP_EARLY, false, true,
	 "questions come from an address that is no peer's remote", unknown_sender_why, add_remote},
	{gre, MPLINK_GRE_DROP_NIC, true, false, "packets come by another NIC than their link's",
	 "The far end's routes send what is for one NIC of this host by the cable of another. Its "
	 "link must leave by the NIC of its own network.",
	 far_doctor},
	{gre, MPLINK_GRE_DROP_CHECKSUM, false, false, "packets come with a wrong checksum",
	 "Something on the way damages them: a cable, a NIC or its offloads. The counters of "
	 "errors "
	 "in `ethtool -S` of each NIC tell which.",
	 nothing},
	{gre, MPLINK_GRE_DROP_KEY_MISSING, true, false, "GRE packets come without a key",
	 "A far end that is not mplink needs the peer's key times 256.", stock_key},
	{gre, MPLINK_GRE_DROP_BACKLOG, false, false,
	 "packets wait for a CPU, and the queue is full", "They are lost in this host.", backlog},
	{bfd, MPLINK_BFD_DROP_TTL, false, false, "BFD packets come that a router has forwarded",
	 "Single-hop BFD refuses them. If the remotes are behind routers, both ends need this.",
	 multihop},
	{bfd, MPLINK_BFD_DROP_AUTH_MISSING, true, false, "BFD packets come without authentication",
	 "This end asks for it, so the far end must have the same key.", same_auth},
	{bfd, MPLINK_BFD_DROP_AUTH_UNWANTED, true, false, "BFD packets come with authentication",
	 "This end has none. Either the far end does without, as below, or this end gets its key.",
	 no_auth},
	{bfd, MPLINK_BFD_DROP_AUTH_TYPE, true, false,
	 "BFD packets come with another type of authentication", "Both ends must have the same.",
	 same_auth},
	{bfd, MPLINK_BFD_DROP_AUTH_KEY, true, false, "BFD packets come with another key ID",
	 "Both ends must have the same key under the same number.", same_auth},
	{bfd, MPLINK_BFD_DROP_AUTH_DIGEST, true, false,
	 "BFD packets come that another key has signed", "Both ends must have the same key.",
	 same_auth},
	{bfd, MPLINK_BFD_DROP_SESSION, true, false,
	 "BFD packets come that belong to no session here",
	 "The far end has links that this end does not have, or sends from another address, or by "
	 "another NIC.",
	 far_doctor},
	{out, MPLINK_DROP_NO_PEER, false, false,
	 "packets are routed to the virtual NIC that are for no peer",
	 "A route there needs a peer as its next hop: via ADDRESS.", routes_over},
	{out, MPLINK_DROP_NO_NEIGHBOUR, false, false, "the next hop of a link cannot be reached",
	 "No neighbour answers to its address: it is wrong, or the router is off.",
	 failed_neighbours},
	{out, MPLINK_DROP_LOOP, false, false, "packets go in a circle",
	 "The route to a remote leads over a virtual NIC, which needs that remote to send.",
	 routes_over},
	{out, MPLINK_DROP_POLICY, false, false, "an IPsec policy forbids packets",
	 "It covers what the links send, and has no state for it.", policies},
};

std::uint64_t count(const std::vector<DropCount> &counts, std::uint32_t reason)
{
	for (const DropCount &one : counts)
		if (one.reason == reason)
			return one.packets;
	return 0;
}

// How much it has grown while the doctor looked.  A device made anew meanwhile begins at 0.
std::uint64_t growth(const Facts &facts, const DeviceStatus &now, const Advice &advice)
{
	const std::uint64_t total = count(now.*advice.counts, advice.reason);

	for (const DeviceStatus &before : facts.before)
		if (before.ifindex == now.ifindex)
			return total - std::min(total, count(before.*advice.counts, advice.reason));
	return 0;
}

bool in_trouble_now(const Facts &facts, const DeviceStatus &device, const PeerStatus &peer)
{
	return in_trouble(peer) ||
	       std::any_of(peer.links.begin(), peer.links.end(), [&](const LinkStatus &link) {
		       return suspect_throughout(facts, device, peer, link);
	       });
}

// Whose packets are dropped, as far as states tell.
struct Troubled {
	const PeerStatus *peer =
		nullptr;       // the one in trouble, or the only one; nullptr: it may be any
	bool now = false;      // some peer is in trouble
	bool for_long = false; // in what old counts may explain
};

Troubled troubled(const Facts &facts, const DeviceStatus &device)
{
	std::vector<const PeerStatus *> found;
	Troubled answer;

	for (const PeerStatus &peer : device.peers) {
		if (in_trouble_now(facts, device, peer))
			found.push_back(&peer);
		answer.for_long |= in_trouble(peer);
	}
	answer.now = !found.empty();
	if (found.size() == 1)
		answer.peer = found[0];
	else if (device.peers.size() == 1)
		answer.peer = &device.peers[0];
	return answer;
}

std::optional<Finding> judge(const Facts &facts, const DeviceStatus &device, const Advice &advice)
{
	const Troubled trouble = troubled(facts, device);
	const std::uint64_t total = count(device.*advice.counts, advice.reason);
	const std::uint64_t grown = growth(facts, device, advice);
	const bool far = advice.counts != out;
	const Netdev *netdev = facts.netdev(device.ifindex);

	if (advice.counts == gre && !is_tunnel(device))
		return {};
	// A device that is down counts them, too.
	if (advice.often_harmless && (!grown || !trouble.now || !netdev || !netdev->up))
		return {};
	if (!grown && !(far && total && trouble.for_long))
		return {};
	return Finding{.severity = far && trouble.now ? Severity::error : Severity::warning,
		       .subject = device.name,
		       .what = fmt::format("{}: {} in {}, {} in all", advice.what, grown,
					   human_span(facts.apart), total),
		       .why = advice.why,
		       .remedy = advice.remedy({facts, device, trouble.peer}),
		       .far_end = advice.far_end};
}

} // namespace

Findings check_drops(const Facts &facts)
{
	Findings found;

	for (const Advice &advice : advices)
		for (const DeviceStatus &one : facts.devices)
			if (std::optional<Finding> finding = judge(facts, one, advice))
				found.push_back(std::move(*finding));
	return found;
}

} // namespace mplink::cli
