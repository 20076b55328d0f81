// SPDX-License-Identifier: GPL-2.0
// Whether this host's own firewall drops what the far ends send.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "doctor/checks.hh"
#include "doctor/words.hh"

namespace mplink::cli
{

namespace
{

// RFC 8086, RFC 5881, RFC 5883.
constexpr std::uint16_t gre_udp_port = 4754;
constexpr std::uint16_t bfd_port = 3784;
constexpr std::uint16_t bfd_multihop_port = 4784;

// A chain, and what it drops: one finding for all remotes.
struct Dropped {
	Fate fate = Fate::passes;
	std::vector<std::string> remotes;
};

using Spot = std::tuple<std::string, std::string, std::string, std::uint16_t, bool>;

std::vector<std::uint16_t> ports(const DeviceStatus &device, const LinkStatus &link)
{
	std::vector<std::uint16_t> ports;

	if (is_tunnel(device))
		ports.push_back(gre_udp_port);
	if (link.session)
		ports.push_back(device.settings[Setting::bfd_multihop] ? bfd_multihop_port
								       : bfd_port);
	return ports;
}

// Whether anything is heard that would have come to that port.
bool works(const LinkStatus &link, std::uint16_t port)
{
	if (port != gre_udp_port)
		return link.session->state == MPLINK_BFD_UP;
	return heard(link) && valid(link.reason);
}

std::string remedy(const Spot &place, const std::vector<std::string> &remotes)
{
	const auto &[family, table, chain, port, inet] = place;
	const std::string from = remotes.size() == 1
					 ? remotes[0]
					 : fmt::format("{{ {} }}", fmt::join(remotes, ", "));

	// iptables keeps its rules in these, and does not like others to write there.
	if (table == "filter" && chain == "INPUT")
		return fmt::format("{} -I INPUT -p udp -s {} --dport {} -j ACCEPT",
				   inet ? "iptables" : "ip6tables", fmt::join(remotes, ","), port);
	return fmt::format("nft insert rule {} {} {} {} saddr {} udp dport {} accept", family,
			   table, chain, inet ? "ip" : "ip6", from, port);
}

} // namespace

Findings check_firewall(const Facts &facts)
{
	std::map<Spot, Dropped> all;
	Findings found;

	if (!facts.firewall)
		return {};
	for_each_link(facts, [&](const DeviceStatus &device, const PeerStatus &,
				 const LinkStatus &link) {
		if (!link.remote)
			return;
		for (const std::uint16_t port : ports(device, link)) {
			const Verdict verdict = facts.firewall->judge({.nic = link.nic,
								       .from = *link.remote,
								       .to = link.source,
								       .port = port});

			// What is not sure is worth a word only if nothing is heard.
			if (verdict.fate == Fate::passes ||
			    (verdict.fate == Fate::may_be_dropped && works(link, port)))
				continue;

			Dropped &dropped = all[{verdict.family, verdict.table, verdict.chain, port,
						link.remote->wire().size() == 4}];
			const std::string remote = link.remote->text();

			dropped.fate = std::max(dropped.fate, verdict.fate);
			if (!std::count(dropped.remotes.begin(), dropped.remotes.end(), remote))
				dropped.remotes.push_back(remote);
		}
	});
	for (const auto &[place, dropped] : all) {
		const bool sure = dropped.fate == Fate::dropped;

		found.push_back(
			{.severity = sure ? Severity::error : Severity::warning,
			 .subject = "firewall",
			 .what = fmt::format(
				 "the chain {} of the table {} {} {} UDP port {} from {}",
				 std::get<2>(place), std::get<0>(place), std::get<1>(place),
				 sure ? "drops" : "may drop", std::get<3>(place),
				 fmt::join(dropped.remotes, ", ")),
			 .why = fmt::format(
				 "{} comes to that port.{} The remedy lasts until the rules are "
				 "loaded anew: write it into their file, too.",
				 std::get<3>(place) == gre_udp_port ? "What the far end sends"
								    : "BFD",
				 sure ? ""
				      : " Nothing is heard there, and the rules ask for more than "
					"the doctor knows of a packet."),
			 .remedy = {remedy(place, dropped.remotes)}});
	}
	return found;
}

} // namespace mplink::cli
