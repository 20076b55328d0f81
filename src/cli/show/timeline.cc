// SPDX-License-Identifier: GPL-2.0
#include <algorithm>

#include "mplink/core.h"
#include "show/columns.hh"
#include "show/render.hh"

namespace mplink::cli
{

namespace
{

using Times = std::vector<std::optional<std::uint64_t>>;

Times times_of(const DeviceStatus &device, const LinkStatus &link)
{
	Times times(MPLINK_NIC_STAGES);

	for (const NicStatus &nic : device.nics)
		if (nic.name == link.nic)
			times.assign(nic.stages.begin(), nic.stages.end());
	times.insert(times.end(), link.stages.begin(), link.stages.end());
	return times;
}

Row titles()
{
	Row row{{"PEER"}, {"LINK"}};
	const auto add = [&row](const char *name) {
		std::string title = name;

		for (char &c : title)
			c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
		row.push_back(number(title));
	};

	for (std::uint32_t i = 0; i < MPLINK_NIC_STAGES; i++)
		add(mplink_core_nic_stage_name(i));
	for (std::uint32_t i = 0; i < MPLINK_LINK_STAGES; i++)
		add(mplink_core_link_stage_name(i));
	return row;
}

Row line(const std::string &peer, const std::string &nic, const Times &times)
{
	Row row{{peer}, {nic}};
	std::optional<std::uint64_t> first;

	for (const auto &time : times)
		if (time && (!first || *time < *first))
			first = time;
	for (const auto &time : times)
		row.push_back(number(time ? std::to_string(*time - *first) : "-"));
	return row;
}

} // namespace

std::string render_timeline(const std::vector<DeviceStatus> &devices, bool colour)
{
	const Painter paint(colour);
	std::string out;

	for (const DeviceStatus &device : devices) {
		std::vector<Row> rows{titles()};

		for (const PeerStatus &peer : device.peers)
			for (const LinkStatus &link : peer.links)
				rows.push_back(
					line(peer.address.text(),
					     link_name(link.nic, link.remote, shared(peer, link)),
					     times_of(device, link)));
		if (!out.empty())
			out += "\n";
		out += paint(Colour::bold, device.name) +
		       ": since when each stage has held, in ms after the first\n\n" +
		       align(rows, paint);
	}
	return out;
}

} // namespace mplink::cli
