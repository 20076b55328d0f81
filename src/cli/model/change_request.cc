// SPDX-License-Identifier: GPL-2.0
#include "model/change_request.hh"

#include <fmt/format.h>

#include <algorithm>

namespace mplink::cli
{

std::string text(const ChangeRequest &request)
{
	switch (request.kind) {
	case ChangeRequest::Kind::device_set:
		return "set " + text(request.settings, " ") +
		       (request.bfd_key
				? fmt::format("{}bfd-key", request.settings.empty() ? "" : " ")
				: "");
	case ChangeRequest::Kind::nic_add:
		return "nic add " + request.nic;
	case ChangeRequest::Kind::nic_del:
		return "nic del " + request.nic;
	case ChangeRequest::Kind::peer_add:
		return "peer add " + request.peer->text();
	case ChangeRequest::Kind::peer_set:
		return "peer set " + request.peer->text();
	case ChangeRequest::Kind::peer_del:
		return "peer del " + request.peer->text();
	}
	return {};
}

bool takes_away(const ChangeRequest &request)
{
	return request.kind == ChangeRequest::Kind::nic_del ||
	       request.kind == ChangeRequest::Kind::peer_del ||
	       std::any_of(request.links.begin(), request.links.end(),
			   [](const LinkRequest &link) { return link.remove; });
}

} // namespace mplink::cli
