// SPDX-License-Identifier: GPL-2.0
#include "config/diff.hh"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace mplink::cli
{

namespace
{

bool contains(const std::vector<std::string> &names, const std::string &name)
{
	return std::find(names.begin(), names.end(), name) != names.end();
}

// Removing a NIC removes the links over it.
void forget_links(DeviceStatus &device, const std::vector<std::string> &nics)
{
	for (PeerStatus &peer : device.peers)
		std::erase_if(peer.links,
			      [&](const LinkStatus &link) { return contains(nics, link.nic); });
}

template <class Links>
auto count_over(const Links &links, const std::string &nic)
{
	return std::count_if(links.begin(), links.end(),
			     [&](const auto &link) { return link.nic == nic; });
}

// The present link that becomes the wanted one: the link to the same remote; or, if there is
// one link over the NIC before and after, that link, which moves.  Null: none.
const LinkStatus *counterpart(const std::vector<LinkStatus> &current, const PeerConfig &wanted,
			      const LinkConfig &want)
{
	const LinkStatus *only = nullptr;

	for (const LinkStatus &have : current) {
		if (have.nic != want.nic)
			continue;
		if (have.remote == want.remote)
			return &have;
		only = &have;
	}
	return count_over(current, want.nic) == 1 && count_over(wanted.links, want.nic) == 1
		       ? only
		       : nullptr;
}

std::vector<LinkRequest> diff_links(const std::vector<LinkStatus> &current,
				    const PeerConfig &wanted, const std::string &where)
{
	std::vector<LinkRequest> changes;

	for (std::size_t i = 0; i < wanted.links.size(); i++) {
		const LinkConfig &want = wanted.links[i];
		const LinkStatus *have = counterpart(current, wanted, want);
		const auto over = count_over(current, want.nic);
		LinkRequest change{.nic = want.nic};

		if (!have || have->remote != want.remote)
			change.remote = want.remote;
		change.settings = have ? differences(have->settings, want.settings)
				       : stated(want.settings, Place::link);
		if (have ? have->local != want.local : want.local.has_value())
			change.local = want.local;
		if (!change.remote && !change.local && change.settings.empty())
			continue;
		change.add = !have && over;
		// If several links share the NIC, the remote selects the link.
		if (over > 1)
			change.remote = want.remote;
		change.where = fmt::format("{}.links[{}]", where, i);
		changes.push_back(std::move(change));
	}
	for (const LinkStatus &have : current) {
		if (std::any_of(wanted.links.begin(), wanted.links.end(),
				[&](const LinkConfig &want) {
					return counterpart(current, wanted, want) == &have;
				}))
			continue;

		LinkRequest change{.nic = have.nic, .remove = true};

		if (count_over(current, have.nic) > 1)
			change.remote = have.remote;
		changes.push_back(std::move(change));
	}
	return changes;
}

bool tunnelled(const FullSettings &settings)
{
	return settings[Setting::encap] == MPLINK_ENCAP_GRE_UDP;
}

std::vector<ChangeRequest> remove_peers(const DeviceStatus &current,
					const std::function<bool(const Address &)> &which)
{
	std::vector<ChangeRequest> requests;

	for (const PeerStatus &peer : current.peers)
		if (which(peer.address))
			requests.push_back(
				{.kind = ChangeRequest::Kind::peer_del, .peer = peer.address});
	return requests;
}

// Key and remote tell which peer a tunnel packet is from, so no two peers may have the same.  A
// peer whose key and remote another peer is to get moves to an unused key until its own change
// follows.  Searches from the highest key down: peers of other devices, not known here, are
// likelier to have low keys.
std::vector<ChangeRequest> step_aside(std::vector<PeerStatus> &current,
				      const std::vector<PeerConfig> &wanted)
{
	std::map<std::pair<std::uint32_t, Address>, Address> owners;
	std::set<Address> staying;
	std::set<std::uint32_t> keys;
	std::uint32_t spare = MPLINK_MAX_PEER_KEY;
	std::vector<ChangeRequest> requests;

	for (const PeerConfig &peer : wanted) {
		staying.insert(peer.address);
		keys.insert(peer.settings[Setting::peer_key]);
		for (const LinkConfig &link : peer.links)
			owners.emplace(std::pair(peer.settings[Setting::peer_key], link.remote),
				       peer.address);
	}
	for (const PeerStatus &peer : current)
		keys.insert(peer.settings[Setting::peer_key]);
	for (PeerStatus &peer : current) {
		const auto anothers = [&](const LinkStatus &link) {
			if (!link.remote)
				return false;

			const auto owner =
				owners.find({peer.settings[Setting::peer_key], *link.remote});

			return owner != owners.end() && owner->second != peer.address;
		};

		if (!staying.contains(peer.address) ||
		    std::none_of(peer.links.begin(), peer.links.end(), anothers))
			continue;
		while (!keys.insert(spare).second)
			spare--;
		peer.settings[Setting::peer_key] = spare;
		requests.push_back({.kind = ChangeRequest::Kind::peer_set,
				    .settings = {{Setting::peer_key, spare}},
				    .peer = peer.address});
	}
	return requests;
}

std::set<std::pair<std::uint32_t, Address>> wanted_senders(const std::vector<PeerConfig> &wanted)
{
	std::set<std::pair<std::uint32_t, Address>> senders;

	for (const PeerConfig &peer : wanted)
		for (const LinkConfig &link : peer.links)
			senders.emplace(peer.settings[Setting::peer_key], link.remote);
	return senders;
}

void diff_peers(DeviceStatus &current, const DeviceConfig &wanted, const std::string &where,
		std::vector<ChangeRequest> &requests)
{
	const bool tunnel = tunnelled(wanted.settings);
	std::map<Address, const PeerStatus *> had;
	std::vector<ChangeRequest> changes;

	if (tunnel)
		changes = step_aside(current.peers, wanted.peers);
	for (const PeerStatus &peer : current.peers)
		had.emplace(peer.address, &peer);
	for (std::size_t i = 0; i < wanted.peers.size(); i++) {
		const PeerConfig &want = wanted.peers[i];
		const std::string at = fmt::format("{}.peers[{}]", where, i);
		const auto have = had.find(want.address);
		const bool known = have != had.end();
		std::vector<LinkRequest> links = diff_links(
			known ? have->second->links : std::vector<LinkStatus>(), want, at);

		ChangeRequest request{.kind = known ? ChangeRequest::Kind::peer_set
						    : ChangeRequest::Kind::peer_add,
				      .peer = want.address,
				      .links = std::move(links),
				      .where = at};

		request.settings = known ? differences(have->second->settings, want.settings)
					 : stated(want.settings, Place::peer);
		if (!known || !request.links.empty() || !request.settings.empty())
			changes.push_back(std::move(request));
		if (known)
			had.erase(have);
	}

	// Requests that only add come first: if the kernel refuses one, nothing has been
	// removed yet.
	std::stable_partition(changes.begin(), changes.end(), std::not_fn(takes_away));

	// A peer that goes may have the key and a remote of a peer that comes, so it must go
	// first.
	const std::set<std::pair<std::uint32_t, Address>> senders =
		tunnel ? wanted_senders(wanted.peers)
		       : std::set<std::pair<std::uint32_t, Address>>();
	const auto in_the_way = [&](const Address &address) {
		const auto peer = had.find(address);

		return peer != had.end() &&
		       std::any_of(
			       peer->second->links.begin(), peer->second->links.end(),
			       [&](const LinkStatus &link) {
				       return link.remote &&
					      senders.contains(
						      {peer->second->settings[Setting::peer_key],
						       *link.remote});
			       });
	};
	const std::vector<ChangeRequest> before = remove_peers(current, in_the_way);
	const std::vector<ChangeRequest> after = remove_peers(current, [&](const Address &address) {
		return had.contains(address) && !in_the_way(address);
	});

	changes.insert(changes.begin(), before.begin(), before.end());
	changes.insert(changes.end(), after.begin(), after.end());
	requests.insert(requests.end(), changes.begin(), changes.end());
}

} // namespace

std::vector<ChangeRequest> diff(const DeviceStatus &current, const DeviceConfig &wanted,
				const std::string &where)
{
	std::vector<ChangeRequest> requests;
	std::vector<ChangeRequest> added;
	std::vector<ChangeRequest> removed;
	std::vector<std::string> gone;
	DeviceStatus left = current;

	for (const NicStatus &nic : current.nics) {
		if (contains(wanted.nics, nic.name))
			continue;
		gone.push_back(nic.name);
		removed.push_back({.kind = ChangeRequest::Kind::nic_del, .nic = nic.name});
	}
	for (std::size_t i = 0; i < wanted.nics.size(); i++)
		if (std::none_of(current.nics.begin(), current.nics.end(),
				 [&](const NicStatus &nic) { return nic.name == wanted.nics[i]; }))
			added.push_back({.kind = ChangeRequest::Kind::nic_add,
					 .nic = wanted.nics[i],
					 .where = fmt::format("{}.nics[{}]", where, i)});

	const bool crowded = current.nics.size() + added.size() > MPLINK_MAX_NICS;

	// The BFD key cannot be read and compared, so the key of the file is always sent.
	SettingValues settings = differences(current.settings, wanted.settings);

	// The key ID ends with the authentication; the module refuses it without one.
	if (wanted.settings[Setting::bfd_auth] == MPLINK_BFD_AUTH_NONE)
		settings.erase(Setting::bfd_key_id);
	SettingValues encap;

	// Peers cannot change their encap, so they must be removed and added again.  Do
	// everything else before.  The policy may change with the encap, so it goes along.
	if (const auto found = settings.find(Setting::encap); found != settings.end()) {
		encap = {{Setting::encap, found->second},
			 {Setting::policy, wanted.settings[Setting::policy]}};
		settings.erase(Setting::encap);
		settings.erase(Setting::policy);
		left.peers.clear();
	}
	if (!settings.empty() || wanted.bfd_key)
		requests.push_back({.kind = ChangeRequest::Kind::device_set,
				    .settings = std::move(settings),
				    .bfd_key = wanted.bfd_key,
				    .where = where});
	if (crowded) {
		requests.insert(requests.end(), removed.begin(), removed.end());
		forget_links(left, gone);
	}
	requests.insert(requests.end(), added.begin(), added.end());
	if (!encap.empty()) {
		const std::vector<ChangeRequest> all =
			remove_peers(current, [](const Address &) { return true; });

		requests.insert(requests.end(), all.begin(), all.end());
		requests.push_back({.kind = ChangeRequest::Kind::device_set,
				    .settings = std::move(encap),
				    .where = where});
	}
	diff_peers(left, wanted, where, requests);
	if (!crowded)
		requests.insert(requests.end(), removed.begin(), removed.end());
	return requests;
}

} // namespace mplink::cli
