// SPDX-License-Identifier: GPL-2.0
// Links without a route, and links and peers of which nothing is heard.
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

// A far end that is set up now needs no doctor yet.
constexpr std::uint64_t patience_ms = 5000;

bool nic_is_valid(const DeviceStatus &device, const std::string &name)
{
	return std::any_of(device.nics.begin(), device.nics.end(), [&](const NicStatus &nic) {
		return nic.name == name && valid(nic.reason);
	});
}

std::string network(const NetAddress &address)
{
	return fmt::format("{}/{}", address.address.text(), address.prefix);
}

Finding no_route(const Facts &facts, const DeviceStatus &device, const PeerStatus &peer,
		 const LinkStatus &link)
{
	const Netdev *nic = facts.netdev(link.nic);
	const std::string name = shell_argument(link.nic);
	const std::string remote = link.remote->text();
	const std::string ip = link.remote->wire().size() == 4 ? "ip" : "ip -6";
	const std::optional<NetAddress> own =
		nic ? facts.address_on(nic->ifindex, *link.remote) : std::nullopt;
	Finding finding{.subject = subject(device, peer, link),
			.what = fmt::format("no route to {} over {}", remote, link.nic),
			.why = "The link carries nothing.",
			.remedy = {}};

	if (!own) {
		finding.what += fmt::format(", which has no address of {}'s family", remote);
		finding.remedy = {fmt::format("ip addr add ADDRESS/BITS dev {}", name)};
		return finding;
	}
	if (own->address.same_network(*link.remote, own->prefix)) {
		finding.why +=
			fmt::format(" {} has the address {}, but the route to that network is "
				    "missing.",
				    link.nic, network(*own));
		finding.remedy = {fmt::format("{} route add {} dev {} src {}", ip, remote, name,
					      own->address.text())};
		return finding;
	}

	const auto gateway = facts.gateways.find(nic->ifindex);
	const std::string via =
		gateway != facts.gateways.end() && gateway->second.same_network(*link.remote, 0)
			? gateway->second.text()
			: "GATEWAY";
	const Route *other = facts.route({.to = *link.remote, .from = link.source, .nic = 0});

	// Another provider has the default route, so this one gets a table of its own.
	if (other && !other->error && other->gateway) {
		const std::uint32_t table = 4000 + nic->ifindex;

		finding.why += fmt::format(
			" Routing sends what is for {} by another NIC. With several providers, "
			"each "
			"has a table for packets from its own address; {} is a free choice.",
			remote, table);
		finding.remedy = {fmt::format("{} route add default via {} dev {} table {}", ip,
					      via, name, table),
				  fmt::format("{} rule add from {} table {}", ip,
					      own->address.text(), table)};
		return finding;
	}
	finding.remedy = {fmt::format("{} route add {} via {} dev {}", ip, remote, via, name)};
	return finding;
}

// Another address of the NIC, near the remote, from which the far end may expect packets.
std::optional<Address> other_source(const Facts &facts, const LinkStatus &link)
{
	const Netdev *nic = facts.netdev(link.nic);

	for (const NetAddress &one : facts.addresses)
		if (nic && one.nic == nic->ifindex && one.address != link.source &&
		    one.address.same_network(*link.remote, one.prefix))
			return one.address;
	return {};
}

Finding unconfirmed(const Facts &facts, const DeviceStatus &device, const PeerStatus &peer,
		    const LinkStatus &link)
{
	const std::string source = link.source ? link.source->text() : "an address unknown here";
	Finding finding{
		.subject = subject(device, peer, link),
		.what = "the far end answers on other links, but not on this one",
		.why = fmt::format(
			"Packets to {} leave from {} and are lost, or the far end has no "
			"link with that remote; its doctor tells which. The link is used only "
			"if there is no other.",
			link.remote->text(), source),
		.remedy = {"mplink doctor"},
		.far_end = true};

	if (const std::optional<Address> other = other_source(facts, link)) {
		finding.why += fmt::format(" {} also has {}: the far end may expect that.",
					   link.nic, other->text());
		finding.remedy = {fmt::format("{} link {} {} local {}", peer_set(device, peer),
					      shell_argument(link.nic), link.remote->text(),
					      other->text())};
		finding.far_end = false;
	}
	return finding;
}

Finding suspect(const Facts &facts, const DeviceStatus &device, const PeerStatus &peer,
		const LinkStatus &link)
{
	return {.severity = Severity::warning,
		.subject = subject(device, peer, link),
		.what = fmt::format("the far end has not reported on this link for {} or longer "
				    "(suspect)",
				    human_span(facts.apart)),
		.why = "What it is given does not arrive, or the reports do not come back. It gets "
		       "nothing new meanwhile. The path is dead, or the far end sends from another "
		       "address: its doctor tells.",
		.remedy = {"mplink doctor"},
		.far_end = true};
}

} // namespace

Findings check_links(const Facts &facts)
{
	Findings found;

	for_each_link(facts, [&](const DeviceStatus &device, const PeerStatus &peer,
				 const LinkStatus &link) {
		// What is wrong with a NIC is said once, of the NIC.
		if (!link.remote || !nic_is_valid(device, link.nic))
			return;
		if (link.reason == MPLINK_REASON_NO_ROUTE ||
		    link.reason == MPLINK_REASON_NO_ADDRESS)
			found.push_back(no_route(facts, device, peer, link));
		if (link.reason == MPLINK_REASON_UNCONFIRMED)
			found.push_back(unconfirmed(facts, device, peer, link));
		if (suspect_throughout(facts, device, peer, link))
			found.push_back(suspect(facts, device, peer, link));
	});
	return found;
}

Findings check_silent_peers(const Facts &facts)
{
	Findings found;

	for (const DeviceStatus &device : facts.devices)
		for (const PeerStatus &peer : device.peers) {
			std::uint64_t sent = 0;
			std::uint64_t first = MPLINK_NEVER;

			for (const LinkStatus &link : peer.links) {
				sent += link.counters.tx_packets;
				if (valid(link.reason))
					first = std::min(first,
							 link.stages[MPLINK_LINK_VALID].value_or(
								 MPLINK_NEVER));
			}
			if (!sent || heard(peer) || first == MPLINK_NEVER ||
			    facts.now_ms < first + patience_ms)
				continue;
			found.push_back(
				{.severity = Severity::warning,
				 .subject = fmt::format("{}: peer {}", device.name,
							peer.address.text()),
				 .what = fmt::format(
					 "nothing has ever come from it, on any link, in "
					 "{}; {} packets were sent",
					 human_duration(facts.now_ms - first), sent),
				 .why = fmt::format("The far end may be off, may have another "
						    "encap than {}, or may "
						    "not let us in: its doctor tells.",
						    info(Setting::encap)
							    .text(device.settings[Setting::encap])),
				 .remedy = {"mplink doctor"},
				 .far_end = true});
		}
	return found;
}

namespace
{

// Whether the link already had a session that was not up when the doctor began to look.  One that
// has just begun needs no doctor.
bool was_not_up(const Facts &facts, const DeviceStatus &device, const PeerStatus &peer,
		const LinkStatus &link)
{
	const PeerStatus *old = earlier(facts, device, peer);

	return old && std::any_of(old->links.begin(), old->links.end(), [&](const LinkStatus &one) {
		       return one.nic == link.nic && one.remote == link.remote && one.session &&
			      one.session->state != MPLINK_BFD_UP;
	       });
}

} // namespace

Findings check_sessions(const Facts &facts)
{
	Findings found;

	for_each_link(facts, [&](const DeviceStatus &device, const PeerStatus &peer,
				 const LinkStatus &link) {
		if (!link.session || link.session->state == MPLINK_BFD_UP ||
		    !link.stages[MPLINK_LINK_ROUTE] || !nic_is_valid(device, link.nic) ||
		    !was_not_up(facts, device, peer, link))
			return;

		const SessionStatus &session = *link.session;
		Finding finding{
			.subject = subject(device, peer, link),
			.what = {},
			.why = "While BFD is not up the link is not used, or only until its time "
			       "of grace is over.",
			.remedy = {"mplink set liveness bfd"},
			.far_end = true};

		if (!session.remote_discr && session.diag != MPLINK_BFD_DIAG_TIMEOUT) {
			finding.what = "the far end has never answered BFD";
			finding.why += " Both ends must run it, and name each other's addresses.";
		} else if (session.remote_state == MPLINK_BFD_ADMIN_DOWN &&
			   session.diag != MPLINK_BFD_DIAG_TIMEOUT) {
			finding.what = "the far end has turned BFD off";
		} else if (session.diag == MPLINK_BFD_DIAG_TIMEOUT) {
			finding.what = "the far end no longer answers BFD";
			finding.why += " The path is dead, or the far end is.";
			finding.remedy = {"mplink doctor"};
		} else {
			finding.what = "the far end sends BFD, but does not hear ours";
			finding.why += " Something on the way drops what we send, or the far end "
				       "refuses it: its doctor tells.";
			finding.remedy = {"mplink doctor"};
		}
		found.push_back(std::move(finding));
	});
	return found;
}

} // namespace mplink::cli
