// SPDX-License-Identifier: GPL-2.0
#include <fmt/format.h>

#include <functional>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "mplink/core.h"
#include "show/render.hh"

namespace mplink::cli
{

namespace
{

// How many bytes of a UTF-8 sequence text begins with, or 0 (RFC 3629).
std::size_t utf8_length(std::string_view text)
{
	const auto byte = [&](std::size_t i) {
		return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
	};
	const unsigned lead = byte(0);
	const std::size_t length = lead < 0x80   ? 1
				   : lead < 0xc2 ? 0
				   : lead < 0xe0 ? 2
				   : lead < 0xf0 ? 3
				   : lead < 0xf5 ? 4
						 : 0;

	for (std::size_t i = 1; i < length; i++)
		if ((byte(i) & 0xc0) != 0x80)
			return 0;
	// Overlong, a surrogate, or beyond the last code point.
	if ((lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) > 0x9f) ||
	    (lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) > 0x8f))
		return 0;
	return length;
}

// The kernel takes any byte in a name, and one page with another than UTF-8 is no page to
// Prometheus.  Written as its number, each name remains another label.
std::string escape(std::string_view value)
{
	std::string out;

	for (; !value.empty(); value.remove_prefix(1)) {
		const char c = value.front();
		const std::size_t length = utf8_length(value);

		if (!length) {
			out += fmt::format("\\\\x{:02x}", static_cast<unsigned char>(c));
			continue;
		}
		if (length > 1) {
			out += value.substr(0, length);
			value.remove_prefix(length - 1);
			continue;
		}
		if (c == '\n')
			out += "\\n";
		else if (c == '\\' || c == '"')
			out += std::string("\\") + c;
		else
			out += c;
	}
	return out;
}

using Label = std::pair<const char *, std::string>;
using Labels = std::vector<Label>;

// All samples of a metric must follow each other, behind its HELP and TYPE.
class Page
{
public:
	void metric(const char *name, const char *type, const char *help)
	{
		name_ = name;
		out_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
	}
	template <class T>
	void sample(const Labels &labels, T value)
	{
		const char *separator = "{";

		out_ += name_;
		for (const auto &[label, text] : labels) {
			out_ += fmt::format("{}{}=\"{}\"", separator, label, escape(text));
			separator = ",";
		}
		out_ += fmt::format("{} {}\n", labels.empty() ? "" : "}", value);
	}
	std::string take()
	{
		return std::move(out_);
	}

private:
	std::string name_;
	std::string out_;
};

std::string seconds(std::uint64_t ms)
{
	return fmt::format("{}.{:03}", ms / 1000, ms % 1000);
}

std::string microseconds(std::uint64_t us)
{
	return fmt::format("{}.{:06}", us / 1000000, us % 1000000);
}

using Devices = std::vector<DeviceStatus>;

void device_metrics(Page &page, const Devices &devices)
{
	page.metric("mplink_device_info", "gauge", "Settings of the virtual NIC; always 1.");
	for (const DeviceStatus &d : devices)
		page.sample(
			{{"device", d.name},
			 {"policy", info(Setting::policy).text(d.settings[Setting::policy])},
			 {"encap", info(Setting::encap).text(d.settings[Setting::encap])},
			 {"liveness", info(Setting::liveness).text(d.settings[Setting::liveness])}},
			1);
	page.metric("mplink_device_wait_to_restore_seconds", "gauge",
		    "How long a link that came back has to work.");
	for (const DeviceStatus &d : devices)
		page.sample({{"device", d.name}}, seconds(d.settings[Setting::wtr_ms]));
	page.metric("mplink_device_holdoff_seconds", "gauge",
		    "How long a link that fails is kept.");
	for (const DeviceStatus &d : devices)
		page.sample({{"device", d.name}}, seconds(d.settings[Setting::holdoff_ms]));
	page.metric("mplink_device_carrier", "gauge", "Whether any link of the device works.");
	for (const DeviceStatus &d : devices)
		page.sample({{"device", d.name}}, int{d.carrier});
	page.metric("mplink_device_dropped_packets_total", "counter",
		    "Packets dropped, by reason.");
	for (const DeviceStatus &d : devices)
		for (const DropCount &drop : d.drops)
			page.sample({{"device", d.name},
				     {"reason", mplink_core_drop_name(drop.reason)}},
				    drop.packets);
	page.metric("mplink_device_rescheduled_packets_total", "counter",
		    "Packets whose first choice of a link had died.");
	for (const DeviceStatus &d : devices)
		page.sample({{"device", d.name}}, d.rescheduled);
	page.metric("mplink_device_copied_packets_total", "counter",
		    "What a broadcast sent beyond one of each packet.");
	for (const DeviceStatus &d : devices)
		page.sample({{"device", d.name}}, d.copies);
	page.metric("mplink_device_bfd_received_packets_total", "counter", "BFD packets taken.");
	for (const DeviceStatus &d : devices)
		page.sample({{"device", d.name}}, d.bfd_received);
	page.metric("mplink_device_bfd_refused_packets_total", "counter",
		    "BFD packets refused, by reason.");
	for (const DeviceStatus &d : devices)
		for (const DropCount &drop : d.bfd_drops)
			page.sample({{"device", d.name},
				     {"reason", mplink_core_bfd_drop_name(drop.reason)}},
				    drop.packets);
}

// Each device tells the same of the namespace: labelled, they would be summed up.
void gre_metrics(Page &page, const Devices &devices)
{
	page.metric("mplink_gre_received_packets_total", "counter",
		    "gre-udp packets received in the namespace.");
	if (!devices.empty())
		page.sample({}, devices.front().gre_received);
	page.metric("mplink_gre_undelivered_packets_total", "counter",
		    "gre-udp packets received in the namespace and not delivered, by reason.");
	if (!devices.empty())
		for (const DropCount &drop : devices.front().gre_drops)
			page.sample({{"reason", mplink_core_gre_drop_name(drop.reason)}},
				    drop.packets);
}

struct CounterMetric {
	const char *suffix;
	const char *help;
	std::uint64_t Counters::*value;
};

constexpr CounterMetric counter_metrics[] = {
	{"transmit_packets_total", "Packets sent.", &Counters::tx_packets},
	{"transmit_bytes_total", "Bytes sent, with the MAC header.", &Counters::tx_bytes},
	{"receive_packets_total", "Packets received.", &Counters::rx_packets},
	{"receive_bytes_total", "Bytes received, with the MAC header.", &Counters::rx_bytes},
};

void nic_metrics(Page &page, const Devices &devices)
{
	const auto each =
		[&](const std::function<void(const DeviceStatus &, const NicStatus &)> &visit) {
			for (const DeviceStatus &d : devices)
				for (const NicStatus &nic : d.nics)
					visit(d, nic);
		};

	page.metric("mplink_nic_valid", "gauge", "Whether the NIC may carry packets.");
	each([&](const DeviceStatus &d, const NicStatus &nic) {
		page.sample({{"device", d.name}, {"nic", nic.name}}, int{valid(nic.reason)});
	});
	page.metric("mplink_nic_reason", "gauge",
		    "Why the NIC may carry no packets, or none; always 1.");
	each([&](const DeviceStatus &d, const NicStatus &nic) {
		page.sample({{"device", d.name},
			     {"nic", nic.name},
			     {"reason", mplink_core_reason_name(nic.reason)}},
			    1);
	});
	page.metric("mplink_nic_carrier", "gauge", "Whether the NIC has a carrier.");
	each([&](const DeviceStatus &d, const NicStatus &nic) {
		page.sample({{"device", d.name}, {"nic", nic.name}}, int{nic.carrier});
	});
	page.metric("mplink_nic_transitions_total", "counter",
		    "Changes of validity since the NIC was added.");
	each([&](const DeviceStatus &d, const NicStatus &nic) {
		page.sample({{"device", d.name}, {"nic", nic.name}}, nic.transitions);
	});
	page.metric("mplink_nic_since_seconds", "gauge", "How long the present validity has held.");
	each([&](const DeviceStatus &d, const NicStatus &nic) {
		page.sample({{"device", d.name}, {"nic", nic.name}}, seconds(nic.since_ms));
	});
	page.metric(
		"mplink_nic_stage_seconds", "gauge",
		"When the NIC reached the stage in which it is, on the host's monotonic clock.");
	each([&](const DeviceStatus &d, const NicStatus &nic) {
		for (std::uint32_t i = 0; i < nic.stages.size(); i++)
			if (nic.stages[i])
				page.sample({{"device", d.name},
					     {"nic", nic.name},
					     {"stage", mplink_core_nic_stage_name(i)}},
					    seconds(*nic.stages[i]));
	});
	for (const CounterMetric &metric : counter_metrics) {
		const std::string name = std::string("mplink_nic_") + metric.suffix;

		page.metric(name.c_str(), "counter", metric.help);
		each([&](const DeviceStatus &d, const NicStatus &nic) {
			page.sample({{"device", d.name}, {"nic", nic.name}},
				    nic.counters.*metric.value);
		});
	}
}

// Of peers that have a tunnel.
void peer_metrics(Page &page, const Devices &devices)
{
	using Visit = std::function<void(const DeviceStatus &, const std::string &,
					 const ResequencerCounters &)>;
	const auto each = [&](const Visit &visit) {
		for (const DeviceStatus &d : devices)
			for (const PeerStatus &peer : d.peers)
				if (peer.resequencer)
					visit(d, peer.address.text(), *peer.resequencer);
	};
	const auto plain = [&](const char *name, const char *type, const char *help,
			       std::uint64_t ResequencerCounters::*value) {
		page.metric(name, type, help);
		each([&](const DeviceStatus &d, const std::string &peer,
			 const ResequencerCounters &r) {
			page.sample({{"device", d.name}, {"peer", peer}}, r.*value);
		});
	};
	const auto time = [&](const char *name, const char *type, const char *help,
			      std::uint64_t ResequencerCounters::*value) {
		page.metric(name, type, help);
		each([&](const DeviceStatus &d, const std::string &peer,
			 const ResequencerCounters &r) {
			page.sample({{"device", d.name}, {"peer", peer}}, microseconds(r.*value));
		});
	};

	plain("mplink_peer_in_order_packets_total", "counter",
	      "Packets of the tunnel delivered as they came.", &ResequencerCounters::in_order);
	plain("mplink_peer_reordered_packets_total", "counter",
	      "Packets of the tunnel delivered after they had been held.",
	      &ResequencerCounters::reordered);
	plain("mplink_peer_duplicate_packets_total", "counter",
	      "Packets of the tunnel refused, for they had been delivered.",
	      &ResequencerCounters::duplicates);
	plain("mplink_peer_late_packets_total", "counter",
	      "Packets of the tunnel refused, for they had been given up.",
	      &ResequencerCounters::late);
	page.metric("mplink_peer_lost_packets_total", "counter",
		    "Packets of the tunnel given up, by what gave them up.");
	each([&](const DeviceStatus &d, const std::string &peer, const ResequencerCounters &r) {
		page.sample({{"device", d.name}, {"peer", peer}, {"by", "rule"}}, r.lost_rule);
		page.sample({{"device", d.name}, {"peer", peer}, {"by", "timer"}}, r.lost_timer);
		page.sample({{"device", d.name}, {"peer", peer}, {"by", "overflow"}},
			    r.lost_overflow);
	});
	plain("mplink_peer_restarts_total", "counter",
	      "How often the far end's sequence numbers began anew.",
	      &ResequencerCounters::restarts);
	plain("mplink_peer_held_packets", "gauge", "Packets of the tunnel that are held now.",
	      &ResequencerCounters::held);
	plain("mplink_peer_held_packets_max", "gauge",
	      "Packets of the tunnel that were held at most, in one flow bucket.",
	      &ResequencerCounters::held_max);
	time("mplink_peer_wait_seconds_total", "counter",
	     "How long packets of the tunnel were held, together.", &ResequencerCounters::wait_us);
	time("mplink_peer_wait_seconds_max", "gauge",
	     "How long a packet of the tunnel was held at most.",
	     &ResequencerCounters::wait_max_us);
	time("mplink_peer_outoforder_timer_seconds", "gauge",
	     "How long the tunnel waits for a packet that is missing.",
	     &ResequencerCounters::timer_us);
}

// What tells a link from all others, and then what else there is to say of it.
std::vector<Label> link_labels(const DeviceStatus &device, const PeerStatus &peer,
			       const LinkStatus &link, const std::vector<Label> &more = {})
{
	std::vector<Label> labels{{"device", device.name},
				  {"peer", peer.address.text()},
				  {"nic", link.nic},
				  {"remote", link.remote ? link.remote->text() : ""}};

	labels.insert(labels.end(), more.begin(), more.end());
	return labels;
}

void link_metrics(Page &page, const Devices &devices)
{
	using Visit =
		std::function<void(const DeviceStatus &, const PeerStatus &, const LinkStatus &)>;
	const auto each = [&](const Visit &visit) {
		for (const DeviceStatus &d : devices)
			for (const PeerStatus &peer : d.peers)
				for (const LinkStatus &link : peer.links)
					visit(d, peer, link);
	};

	page.metric("mplink_link_valid", "gauge", "Whether the link may carry packets.");
	each([&](const DeviceStatus &d, const PeerStatus &peer, const LinkStatus &link) {
		page.sample(link_labels(d, peer, link), int{valid(link.reason)});
	});
	page.metric(
		"mplink_link_info", "gauge",
		"The remote address, and why the link may carry no packets, or none; always 1.");
	each([&](const DeviceStatus &d, const PeerStatus &peer, const LinkStatus &link) {
		page.sample(link_labels(d, peer, link,
					{{"local", link.source ? link.source->text() : ""},
					 {"reason", mplink_core_reason_name(link.reason)}}),
			    1);
	});
	page.metric("mplink_link_bfd_up", "gauge", "Whether the link's BFD session is up.");
	each([&](const DeviceStatus &d, const PeerStatus &peer, const LinkStatus &link) {
		if (link.session)
			page.sample(link_labels(d, peer, link),
				    int{link.session->state == MPLINK_BFD_UP});
	});
	page.metric("mplink_link_bfd_info", "gauge",
		    "How both ends of the link's BFD session stand, and why; always 1.");
	each([&](const DeviceStatus &d, const PeerStatus &peer, const LinkStatus &link) {
		if (link.session)
			page.sample(
				link_labels(
					d, peer, link,
					{{"state", mplink_core_bfd_state_name(link.session->state)},
					 {"diag", mplink_core_bfd_diag_name(link.session->diag)},
					 {"remote_state",
					  mplink_core_bfd_state_name(link.session->remote_state)},
					 {"remote_diag",
					  mplink_core_bfd_diag_name(link.session->remote_diag)}}),
				1);
	});
	page.metric(
		"mplink_link_stage_seconds", "gauge",
		"When the link reached the stage in which it is, on the host's monotonic clock.");
	each([&](const DeviceStatus &d, const PeerStatus &peer, const LinkStatus &link) {
		for (std::uint32_t i = 0; i < link.stages.size(); i++)
			if (link.stages[i])
				page.sample(
					link_labels(d, peer, link,
						    {{"stage", mplink_core_link_stage_name(i)}}),
					seconds(*link.stages[i]));
	});
	page.metric("mplink_link_weight", "gauge", "The link's share.");
	each([&](const DeviceStatus &d, const PeerStatus &peer, const LinkStatus &link) {
		page.sample(link_labels(d, peer, link), link.weight);
	});
	for (const CounterMetric &metric : counter_metrics) {
		const std::string name = std::string("mplink_link_") + metric.suffix;

		page.metric(name.c_str(), "counter", metric.help);
		each([&](const DeviceStatus &d, const PeerStatus &peer, const LinkStatus &link) {
			page.sample(link_labels(d, peer, link), link.counters.*metric.value);
		});
	}
}

} // namespace

std::string render_prometheus(const std::vector<DeviceStatus> &devices)
{
	Page page;

	device_metrics(page, devices);
	gre_metrics(page, devices);
	nic_metrics(page, devices);
	peer_metrics(page, devices);
	link_metrics(page, devices);
	return page.take();
}

} // namespace mplink::cli
