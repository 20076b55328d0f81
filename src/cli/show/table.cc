// SPDX-License-Identifier: GPL-2.0
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <span>
#include <utility>

#include "common/format.hh"
#include "mplink/core.h"
#include "show/columns.hh"
#include "show/render.hh"

namespace mplink::cli
{

namespace
{

Cell state(std::uint32_t reason)
{
	if (valid(reason))
		return {"valid", Colour::good};
	return {mplink_core_reason_name(reason), Colour::wrong};
}

// A suspect link is valid, but is given no data.
Cell link_state(const LinkStatus &link)
{
	if (valid(link.reason) && link.estimate && link.estimate->suspect)
		return {"suspect", Colour::wrong};
	return state(link.reason);
}

void add_counters(Row &row, const TrafficCounters &counters)
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

// If the session is not up, says why, as far as both ends tell.
Cell session_cell(const std::optional<SessionStatus> &session)
{
	if (!session)
		return {"-"};

	std::string text = mplink_core_bfd_state_name(session->state);

	if (session->state == MPLINK_BFD_UP)
		return {text, Colour::good};
	if (session->diag != MPLINK_BFD_DIAG_NONE)
		text += fmt::format(" ({})", mplink_core_bfd_diag_name(session->diag));
	text += fmt::format(", remote {}", session->remote_discr ? mplink_core_bfd_state_name(
									   session->remote_state)
								 : "not heard");
	if (session->remote_diag != MPLINK_BFD_DIAG_NONE)
		text += fmt::format(" ({})", mplink_core_bfd_diag_name(session->remote_diag));
	return {text, Colour::wrong};
}

bool any_session(const DeviceStatus &device)
{
	for (const PeerStatus &peer : device.peers)
		for (const LinkStatus &link : peer.links)
			if (link.session)
				return true;
	return false;
}

// Hosts send multicasts by every device they have, and routers redirects; a far end that is
// set up first asks for this one.  None of that is amiss.
constexpr bool harmless_drops[] = {
#define MPLINK_DROP(id, name, skb_reason, harmless) harmless,
#include "uapi/mplink_drops.def"
};
constexpr bool harmless_gre_drops[] = {
	false, // MPLINK_GRE_DROP_NONE
#define MPLINK_GRE_DROP(id, name, harmless) harmless,
#include "uapi/mplink_drops.def"
};
static_assert(std::size(harmless_drops) == MPLINK_DROPS);
static_assert(std::size(harmless_gre_drops) == MPLINK_GRE_DROPS);

std::string drops_text(const std::vector<DropCount> &drops, const char *(*name)(mplink_u32),
		       const std::function<bool(mplink_u32)> &wanted)
{
	std::string text;

	for (const DropCount &drop : drops)
		if (drop.packets && wanted(drop.reason))
			text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name(drop.reason),
					    human_count(drop.packets));
	return text;
}

// A line for what is amiss, if anything is, and one for what is usual.
std::string drops_lines(const char *title, const char *usual, const Painter &paint,
			const std::vector<DropCount> &drops, const char *(*name)(mplink_u32),
			std::span<const bool> harmless = {})
{
	const auto is_harmless = [&](mplink_u32 reason) {
		return reason < harmless.size() && harmless[reason];
	};
	std::string out;

	if (const std::string text = drops_text(drops, name, std::not_fn(is_harmless));
	    !text.empty())
		out += fmt::format("  {}: {}\n", title, paint(Colour::wrong, text));
	if (const std::string text = drops_text(drops, name, is_harmless); !text.empty())
		out += fmt::format("  {}: {}\n", usual, text);
	return out;
}

// Settings that differ from their initial values, in the words of `mplink set`.  The first line
// already has policy and encap.
std::string settings_text(const DeviceStatus &device)
{
	SettingValues values = differences(FullSettings(), device.settings);

	values.erase(Setting::policy);
	values.erase(Setting::encap);
	return text(values, ", ");
}

std::string plural(std::size_t n, const char *what)
{
	return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

std::string head(const DeviceStatus &device, const Painter &paint)
{
	std::string out = fmt::format(
		"{}: policy {}, encap {}, carrier {}, {}, {}\n", paint(Colour::bold, device.name),
		info(Setting::policy).text(device.settings[Setting::policy]),
		info(Setting::encap).text(device.settings[Setting::encap]),
		device.carrier ? paint(Colour::good, "on") : paint(Colour::wrong, "off"),
		plural(device.nics.size(), "NIC"), plural(device.peers.size(), "peer"));
	if (const std::string settings = settings_text(device); !settings.empty())
		out += "  " + settings + "\n";
	out += drops_lines("dropped packets", "dropped, as is usual", paint, device.drops,
			   mplink_core_drop_name, harmless_drops);
	out += drops_lines("refused BFD packets", "", paint, device.bfd_drops,
			   mplink_core_bfd_drop_name);
	if (device.settings[Setting::encap] == MPLINK_ENCAP_GRE_UDP)
		out += drops_lines("undelivered gre-udp packets, of all devices",
				   "undelivered, as is usual", paint, device.gre_drops,
				   mplink_core_gre_drop_name, harmless_gre_drops);
	for (const DeviceField &field : device_fields)
		if (*field.title && device.*field.value)
			out += fmt::format("  {}: {}\n", field.title,
					   human_count(device.*field.value));
	return out;
}

std::string nic_table(const DeviceStatus &device, const Painter &paint)
{
	std::vector<Row> rows{
		{{"NIC"}, {"STATE"}, {"ADDRESS"}, number("SINCE"), number("CHANGES")}};

	add_counter_titles(rows.front());
	for (const NicStatus &nic : device.nics) {
		rows.push_back({{nic.name},
				state(nic.reason),
				{nic.address ? nic.address->text() : "-"},
				number(human_duration(nic.since_ms)),
				number(std::to_string(nic.transitions))});
		add_counters(rows.back(), nic.counters);
	}
	return align(rows, paint);
}

// Whether any link has a local address that the user set.
bool any_local(const DeviceStatus &device)
{
	for (const PeerStatus &peer : device.peers)
		for (const LinkStatus &link : peer.links)
			if (link.local)
				return true;
	return false;
}

bool any_differs(const DeviceStatus &device, std::initializer_list<Setting> settings)
{
	for (const PeerStatus &peer : device.peers)
		for (const LinkStatus &link : peer.links)
			for (const Setting setting : settings)
				if (link.settings[setting] != info(setting).initial)
					return true;
	return false;
}

// "5mbit to 20mbit"
Cell bounds_cell(const LinkStatus &link)
{
	const std::uint32_t least = link.settings[Setting::link_rate_min];
	const std::uint32_t most = link.settings[Setting::link_rate_max];
	const std::string from = info(Setting::link_rate_min).text(least);
	const std::string to = info(Setting::link_rate_max).text(most);

	if (!most)
		return number(least ? "from " + from : "-");
	return number(least ? from + " to " + to : "up to " + to);
}

Cell local_cell(const LinkStatus &link)
{
	const std::optional<Address> &local = link.source ? link.source : link.local;

	return {local ? local->text() : "-"};
}

std::string peer_table(const DeviceStatus &device, const Painter &paint)
{
	const bool sessions = any_session(device);
	const bool locals = any_local(device);
	const bool preferences = any_differs(device, {Setting::link_preference});
	const bool bounds = any_differs(device, {Setting::link_rate_min, Setting::link_rate_max});
	std::vector<Row> rows{{{"PEER"}, {"LINK"}, {"STATE"}, {"REMOTE"}, number("WEIGHT")}};

	if (preferences)
		rows.front().push_back(number("PREFERENCE"));
	if (bounds)
		rows.front().push_back(number("RATE"));
	if (sessions)
		rows.front().insert(rows.front().begin() + 3, {"BFD"});
	if (locals)
		rows.front().insert(rows.front().begin() + (sessions ? 5 : 4), {"LOCAL"});
	add_counter_titles(rows.front());
	for (const PeerStatus &peer : device.peers) {
		std::string address = peer.address.text();

		if (peer.links.empty())
			rows.push_back({{address}, {"-"}, {"no links", Colour::wrong}});
		for (const LinkStatus &link : peer.links) {
			// Name the peer only on the first line of its links.
			rows.push_back(
				{{std::exchange(address, "")},
				 {link.nic},
				 link_state(link),
				 {link.remote ? link.remote->text() : "-"},
				 number(std::to_string(link.settings[Setting::link_weight]))});
			if (sessions)
				rows.back().insert(rows.back().begin() + 3,
						   session_cell(link.session));
			if (locals)
				rows.back().insert(rows.back().begin() + (sessions ? 5 : 4),
						   local_cell(link));
			if (preferences)
				rows.back().push_back(number(
					std::to_string(link.settings[Setting::link_preference])));
			if (bounds)
				rows.back().push_back(bounds_cell(link));
			add_counters(rows.back(), link.counters);
		}
	}
	return align(rows, paint);
}

// "1.2k repaired, 17 replayed", without what is 0.
std::string counts_text(std::initializer_list<std::pair<std::uint64_t, std::string>> counts)
{
	std::string text;

	for (const auto &[n, what] : counts)
		if (n)
			text += fmt::format("{}{} {}", text.empty() ? "" : ", ", human_count(n),
					    what);
	return text;
}

// What the links lost of what the peer has sent, and what became of it.
std::string lost_text(const ResequencerCounters &r, const Painter &paint)
{
	const std::uint64_t missed = r.repaired + r.replayed + r.lost();

	if (!missed)
		return "";

	const std::string each = human_span(std::chrono::microseconds(r.repair_us));
	const std::string found = counts_text(
		{{r.repaired, fmt::format("repaired ({} each)", each)}, {r.replayed, "replayed"}});
	const std::string gone =
		r.lost() ? paint(Colour::wrong, human_count(r.lost()) + " lost for good")
			 : paint(Colour::good, "none lost for good");

	return fmt::format("links lost {} of {} packets: {}{}{}", human_count(missed),
			   human_count(r.in_order + r.reordered + r.lost()), found,
			   found.empty() ? "" : ", ", gone);
}

// A line for each peer to or from which a packet was lost.  Each end knows only what it has
// received in the end, and what it has sent once more.
std::string losses(const DeviceStatus &device, const Painter &paint)
{
	std::string out;

	for (const PeerStatus &peer : device.peers) {
		if (!peer.resequencer)
			continue;

		const ResequencerCounters &r = *peer.resequencer;
		const std::string from = lost_text(r, paint);
		const std::string to = counts_text({{r.repair_sent, "sent once more to repair"},
						    {r.replay_sent, "sent once more to replay"},
						    {r.repair_refused, "asked for in vain"}});

		if (!from.empty())
			out += fmt::format("  from {}: {}", peer.address.text(), from);
		if (!to.empty())
			out += fmt::format("{}to {}: {}", from.empty() ? "  " : "; ",
					   peer.address.text(), to);
		if (!from.empty() || !to.empty())
			out += "\n";
	}
	return out;
}

// "12 (rule 10, timer 2)"
Cell lost_cell(const ResequencerCounters &resequencer)
{
	const std::pair<const char *, std::uint64_t> reasons[] = {
		{"rule", resequencer.lost_rule},
		{"timer", resequencer.lost_timer},
		{"overflow", resequencer.lost_overflow}};
	std::string list;

	for (const auto &[reason, lost] : reasons)
		if (lost)
			list += fmt::format("{}{} {}", list.empty() ? "" : ", ", reason,
					    human_count(lost));
	if (list.empty())
		return {"0"};
	return {fmt::format("{} ({})", human_count(resequencer.lost()), list), Colour::wrong};
}

Cell span_cell(std::uint64_t us)
{
	return number(human_span(std::chrono::microseconds(us)));
}

// What the resequencers did; empty if no peer has a tunnel.
std::string resequencer_table(const DeviceStatus &device, const Painter &paint)
{
	std::vector<Row> rows{{{"PEER"},
			       number("KEY"),
			       number("IN ORDER"),
			       number("REORDERED"),
			       number("WAITED"),
			       number("AT MOST"),
			       number("TIMER"),
			       number("HELD"),
			       number("LATE"),
			       number("DUPLICATES"),
			       number("RESTARTS"),
			       {"LOST"}}};

	for (const PeerStatus &peer : device.peers) {
		if (!peer.resequencer)
			continue;

		const ResequencerCounters &r = *peer.resequencer;

		rows.push_back(
			{{peer.address.text()},
			 number(peer.key_hidden ? "-"
						: std::to_string(peer.settings[Setting::peer_key])),
			 number(human_count(r.in_order)),
			 number(human_count(r.reordered)),
			 // Average over the packets that were held.
			 r.reordered ? span_cell(r.wait_us / r.reordered) : number("-"),
			 r.reordered ? span_cell(r.wait_max_us) : number("-"),
			 span_cell(r.timer_us),
			 number(human_count(r.held)),
			 number(human_count(r.late)),
			 number(human_count(r.duplicates)),
			 number(human_count(r.restarts)),
			 lost_cell(r)});
	}
	return rows.size() > 1 ? align(rows, paint) : "";
}

Cell rate_cell(std::uint64_t bytes_per_second)
{
	return number(human_rate(bytes_per_second));
}

// What is measured of the links; empty if nothing is.
std::string estimate_table(const DeviceStatus &device, const Painter &paint)
{
	std::vector<Row> rows{{{"PEER"},
			       {"LINK"},
			       number("CAPACITY"),
			       number("SENT"),
			       number("ARRIVES"),
			       number("ROUND TRIP"),
			       number("DELAY"),
			       number("QUEUE"),
			       number("JITTER"),
			       number("LOSS")}};

	for (const PeerStatus &peer : device.peers)
		for (const LinkStatus &link : peer.links) {
			if (!link.estimate)
				continue;

			const Estimate &e = *link.estimate;

			rows.push_back(
				{{peer.address.text()},
				 {link.nic},
				 e.capacity ? rate_cell(e.capacity) : number("-"),
				 rate_cell(e.load),
				 rate_cell(e.delivered),
				 span_cell(e.rtt_us),
				 // Above the fastest link's.
				 number("+" + human_span(std::chrono::microseconds(e.delay_us))),
				 span_cell(e.queue_us),
				 span_cell(e.jitter_us),
				 number(fmt::format("{:.2f} %",
						    static_cast<double>(e.lost_ppm) / 10000))});
		}
	return rows.size() > 1 ? align(rows, paint) : "";
}

} // namespace

std::string render_table(const std::vector<DeviceStatus> &devices, bool colour)
{
	const Painter paint(colour);
	std::string out;

	for (const DeviceStatus &device : devices) {
		if (!out.empty())
			out += "\n";
		out += head(device, paint);
		if (!device.nics.empty())
			out += "\n" + nic_table(device, paint);
		if (!device.peers.empty())
			out += "\n" + peer_table(device, paint);
		if (const std::string lines = losses(device, paint); !lines.empty())
			out += "\n" + lines;
		if (const std::string table = estimate_table(device, paint); !table.empty())
			out += "\n" + table;
		if (const std::string table = resequencer_table(device, paint); !table.empty())
			out += "\n" + table;
	}
	return out;
}

} // namespace mplink::cli
