// SPDX-License-Identifier: GPL-2.0
// What several checks ask about links, and how findings name things.
#pragma once
#include <functional>
#include <string>

#include "doctor/facts.hh"

namespace mplink::cli
{

using VisitLink = std::function<void(const DeviceStatus &, const PeerStatus &, const LinkStatus &)>;

void for_each_link(const Facts &facts, const VisitLink &visit);

// "mpl0: link eth2 to 10.99.0.2"
std::string subject(const DeviceStatus &device, const PeerStatus &peer, const LinkStatus &link);
// "mplink peer set dev mpl0 10.99.0.2", for more to follow.
std::string peer_set(const DeviceStatus &device, const PeerStatus &peer);

// The same peer when the counters were read first; nullptr if it is new.
const PeerStatus *earlier(const Facts &facts, const DeviceStatus &device, const PeerStatus &peer);

bool is_tunnel(const DeviceStatus &device);
// Whether anything has ever come from the far end by this link.
bool heard(const LinkStatus &link);
// The same of the peer: by any of its links.
bool heard(const PeerStatus &peer);
// Whether the far end has not reported on a valid link, from when the doctor began to look.
bool suspect_throughout(const Facts &facts, const DeviceStatus &device, const PeerStatus &peer,
			const LinkStatus &link);
// Whether the peer has a link on which the far end should answer and does not.
bool in_trouble(const PeerStatus &peer);

} // namespace mplink::cli
