// SPDX-License-Identifier: GPL-2.0
#include "model/status.hh"

#include <algorithm>

namespace mplink::cli
{

std::string link_name(const std::string &nic, const std::optional<Address> &remote, bool shared)
{
	return shared && remote ? nic + "@" + remote->text() : nic;
}

bool shared(const PeerStatus &peer, const LinkStatus &link)
{
	return std::count_if(peer.links.begin(), peer.links.end(),
			     [&](const LinkStatus &other) { return other.nic == link.nic; }) > 1;
}

} // namespace mplink::cli
