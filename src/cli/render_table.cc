// SPDX-License-Identifier: GPL-2.0
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "format.hh"
#include "mplink/core.h"
#include "render.hh"

namespace mplink::cli
{

namespace
{

enum class Colour { plain, bold, good, wrong };

class Painter
{
public:
	explicit Painter(bool on) : on_(on)
	{
	}
	std::string operator()(Colour colour, const std::string &text) const
	{
		constexpr const char *codes[] = {"", "\033[1m", "\033[32m", "\033[31m"};

		if (!on_ || colour == Colour::plain)
			return text;
		return codes[static_cast<int>(colour)] + text + "\033[0m";
	}

private:
	bool on_;
};

struct Cell {
	std::string text;
	Colour colour = Colour::plain;
	bool right = false;
};

using Row = std::vector<Cell>;

Cell number(std::string text)
{
	return {std::move(text), Colour::plain, true};
}

// Colours take no room, and no line ends in blanks.
std::string align(const std::vector<Row> &rows, const Painter &paint)
{
	std::vector<std::size_t> widths;
	std::string out;

	for (const Row &row : rows) {
		widths.resize(std::max(widths.size(), row.size()));
		for (std::size_t i = 0; i < row.size(); i++)
			widths[i] = std::max(widths[i], row[i].text.size());
	}
	for (const Row &row : rows) {
		std::string line = " ";

		for (std::size_t i = 0; i < row.size(); i++) {
			const std::string gap(widths[i] - row[i].text.size(), ' ');
			const std::string painted = paint(row[i].colour, row[i].text);

			line += " " + (row[i].right ? gap + painted : painted + gap) + " ";
		}
		line.erase(line.find_last_not_of(' ') + 1);
		out += line + "\n";
	}
	return out;
}

Cell state(std::uint32_t reason)
{
	if (valid(reason))
		return {"valid", Colour::good};
	return {mplink_core_reason_name(reason), Colour::wrong};
}

void add_counters(Row &row, const Counters &counters)
{
	row.push_back(number(human_bytes(counters.tx_bytes)));
	row.push_back(number(human_count(counters.tx_packets)));
	row.push_back(number(human_bytes(counters.rx_bytes)));
	row.push_back(number(human_count(counters.rx_packets)));
}

void add_counter_titles(Row &row)
{
	for (const char *title : {"SENT", "PACKETS", "RECEIVED", "PACKETS"})
		row.push_back(number(title));
}

std::string plural(std::size_t n, const char *what)
{
	return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

std::string head(const Device &device, const Painter &paint)
{
	std::string out = fmt::format(
		"{}: policy {}, encap {}, carrier {}, {}, {}\n", paint(Colour::bold, device.name),
		mplink_core_policy_name(device.policy), mplink_core_encap_name(device.encap),
		device.carrier ? paint(Colour::good, "on") : paint(Colour::wrong, "off"),
		plural(device.nics.size(), "NIC"), plural(device.peers.size(), "peer"));
	std::string drops;

	for (const Drop &drop : device.drops)
		if (drop.packets)
			drops += fmt::format("{}{} {}", drops.empty() ? "" : ", ",
					     mplink_core_drop_name(drop.reason),
					     human_count(drop.packets));
	if (!drops.empty())
		out += "  dropped packets: " + paint(Colour::wrong, drops) + "\n";
	if (device.rescheduled)
		out += fmt::format("  rescheduled packets: {}\n", human_count(device.rescheduled));
	if (device.copies)
		out += fmt::format("  copies by broadcast: {}\n", human_count(device.copies));
	return out;
}

std::string nic_table(const Device &device, const Painter &paint)
{
	std::vector<Row> rows{
		{{"NIC"}, {"STATE"}, {"ADDRESS"}, number("SINCE"), number("CHANGES")}};

	add_counter_titles(rows.front());
	for (const Nic &nic : device.nics) {
		rows.push_back({{nic.name},
				state(nic.reason),
				{nic.address ? nic.address->text() : "-"},
				number(human_duration(nic.since_ms)),
				number(std::to_string(nic.transitions))});
		add_counters(rows.back(), nic.counters);
	}
	return align(rows, paint);
}

std::string peer_table(const Device &device, const Painter &paint)
{
	std::vector<Row> rows{{{"PEER"}, {"LINK"}, {"STATE"}, {"REMOTE"}, number("WEIGHT")}};

	add_counter_titles(rows.front());
	for (const Peer &peer : device.peers) {
		std::string address = peer.address.text();

		if (peer.links.empty())
			rows.push_back({{address}, {"-"}, {"no links", Colour::wrong}});
		for (const Link &link : peer.links) {
			// Only the first of its lines names the peer.
			rows.push_back({{std::exchange(address, "")},
					{link.nic},
					state(link.reason),
					{link.remote ? link.remote->text() : "-"},
					number(std::to_string(link.weight))});
			add_counters(rows.back(), link.counters);
		}
	}
	return align(rows, paint);
}

} // namespace

std::string render_table(const std::vector<Device> &devices, bool colour)
{
	const Painter paint(colour);
	std::string out;

	for (const Device &device : devices) {
		if (!out.empty())
			out += "\n";
		out += head(device, paint);
		if (!device.nics.empty())
			out += "\n" + nic_table(device, paint);
		if (!device.peers.empty())
			out += "\n" + peer_table(device, paint);
	}
	return out;
}

} // namespace mplink::cli
