// SPDX-License-Identifier: GPL-2.0
// What makes a set-up that works slower than it need be.
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

Findings late_peers(const Facts &facts, const DeviceStatus &device)
{
	Findings found;

	for (const PeerStatus &peer : device.peers) {
		const PeerStatus *old = earlier(facts, device, peer);

		if (!old || !old->resequencer || !peer.resequencer ||
		    peer.resequencer->too_slow <= old->resequencer->too_slow)
			continue;

		const std::uint32_t bound = device.settings[Setting::outoforder_max_us];

		found.push_back(
			{.severity = Severity::warning,
			 .subject = fmt::format("{}: peer {}", device.name, peer.address.text()),
			 .what = fmt::format(
				 "{} of its packets came later than outoforder-max-us {} "
				 "allows, in {}",
				 peer.resequencer->too_slow - old->resequencer->too_slow, bound,
				 human_span(facts.apart)),
			 .why = "One link is slower than the others by more than that, and what it "
				"brings is dropped.",
			 .remedy = {
				 fmt::format("mplink set dev {} outoforder-max-us {}",
					     shell_argument(device.name),
					     std::min<std::uint64_t>(std::uint64_t{2} * bound,
								     MPLINK_MAX_OUTOFORDER_US))}});
	}
	return found;
}

// This end would notice a failure in multiplier times rx_us, if the far end sent as often.
Findings late_sessions(const Facts &facts)
{
	Findings found;

	for_each_link(facts, [&](const DeviceStatus &device, const PeerStatus &peer,
				 const LinkStatus &link) {
		const std::uint64_t wanted =
			std::uint64_t{device.settings[Setting::bfd_multiplier]} *
			device.settings[Setting::bfd_rx_us];

		if (!link.session || link.session->state != MPLINK_BFD_UP ||
		    link.session->detection_us <= 2 * wanted)
			return;
		found.push_back(
			{.severity = Severity::warning,
			 .subject = subject(device, peer, link),
			 .what = fmt::format(
				 "BFD notices a failure in {}, and {} is wanted here",
				 human_span(std::chrono::microseconds(link.session->detection_us)),
				 human_span(std::chrono::microseconds(wanted))),
			 .why = "The far end sends BFD less often, or has a greater multiplier.",
			 .remedy = {fmt::format("mplink set bfd-tx-us {} bfd-multiplier {}",
						device.settings[Setting::bfd_rx_us],
						device.settings[Setting::bfd_multiplier])},
			 .far_end = true});
	});
	return found;
}

} // namespace

Findings check_slow_links(const Facts &facts)
{
	Findings found;

	for (const DeviceStatus &device : facts.devices)
		std::ranges::move(late_peers(facts, device), std::back_inserter(found));
	std::ranges::move(late_sessions(facts), std::back_inserter(found));
	return found;
}

Findings check_send_buffer(const Facts &facts)
{
	const std::uint64_t most = facts.parameter("net.ipv4.tcp_wmem");
	std::uint64_t needed = 0;

	for (const DeviceStatus &device : facts.devices)
		for (const PeerStatus &peer : device.peers) {
			std::uint64_t capacity = 0;
			std::uint64_t rtt_us = 0;

			for (const LinkStatus &link : peer.links)
				if (valid(link.reason) && link.estimate) {
					capacity += link.estimate->capacity;
					rtt_us = std::max(rtt_us, link.estimate->rtt_min_us);
				}
			needed = std::max(needed, capacity / 1000 * rtt_us / 1000);
		}
	// Half of a socket's memory goes to what the kernel keeps beside the bytes.
	if (!most || most >= 2 * needed)
		return {};
	return {{.severity = Severity::warning,
		 .subject = "net.ipv4.tcp_wmem",
		 .what = fmt::format("one TCP flow may keep {} for sending, and the links hold {}",
				     human_bytes(most / 2), human_bytes(needed)),
		 .why = "A flow does not fill the links: capacity times round trip is more than "
			"its "
			"buffer. The far end's tcp_rmem limits it, too.",
		 .remedy = {
			 fmt::format("sysctl -w net.ipv4.tcp_wmem='4096 16384 {}'", 2 * needed)}}};
}

} // namespace mplink::cli
