// SPDX-License-Identifier: GPL-2.0
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>

#include "mplink/core.h"
#include "show/render.hh"

namespace mplink::cli
{

namespace
{

// Length in bytes of the UTF-8 sequence at the start of text; 0 if it is not valid (RFC 3629).
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

// Names may contain any byte, but Prometheus rejects a whole page that is not UTF-8.  Other
// bytes are written as their number, so that different names stay different labels.
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

// The format wants all samples of a metric together, behind its HELP and TYPE.
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

// A setting's value in the unit that its metric has.
std::string setting_sample(const SettingInfo &setting, std::uint32_t value)
{
	switch (setting.shown.metric) {
	case SettingShown::Metric::gauge_ms:
		return seconds(value);
	case SettingShown::Metric::gauge_kbit:
		return std::to_string(std::uint64_t{value} * 125);
	default:
		return std::to_string(value);
	}
}

bool of_device(Place place)
{
	return place == Place::device || place == Place::bfd || place == Place::tunnel;
}

bool has_gauge(const SettingInfo &setting)
{
	return setting.shown.metric != SettingShown::Metric::none &&
	       setting.shown.metric != SettingShown::Metric::info_label;
}

void device_setting_metrics(Page &page, const Devices &devices)
{
	page.metric("mplink_device_info", "gauge", "Settings of the virtual NIC; always 1.");
	for (const DeviceStatus &d : devices) {
		Labels labels{{"device", d.name}};

		for (const SettingInfo &setting : all_settings())
			if (of_device(setting.place) &&
			    setting.shown.metric == SettingShown::Metric::info_label)
				labels.emplace_back(setting.key,
						    setting.text(d.settings[setting.id]));
		page.sample(labels, 1);
	}
	for (const SettingInfo &setting : all_settings()) {
		if (!of_device(setting.place) || !has_gauge(setting))
			continue;
		page.metric(setting.shown.name, "gauge", setting.shown.help);
		for (const DeviceStatus &d : devices)
			page.sample({{"device", d.name}},
				    setting_sample(setting, d.settings[setting.id]));
	}
}

void device_metrics(Page &page, const Devices &devices)
{
	device_setting_metrics(page, devices);
	page.metric("mplink_device_carrier", "gauge", "Whether any link of the device works.");
	for (const DeviceStatus &d : devices)
		page.sample({{"device", d.name}}, int{d.carrier});
	// Every device reports the counters of the namespace.  With the label "device",
	// Prometheus would add them up.
	for (const DeviceField &field : device_fields) {
		page.metric(field.metric, "counter", field.help);
		for (const DeviceStatus &d : devices) {
			page.sample(field.of_namespace ? Labels() : Labels{{"device", d.name}},
				    d.*field.value);
			if (field.of_namespace)
				break;
		}
	}
	for (const DropField &field : drop_fields) {
		page.metric(field.metric, "counter", field.help);
		for (const DeviceStatus &d : devices) {
			for (const DropCount &drop : d.*field.value) {
				Labels labels{{"reason", field.reason_name(drop.reason)}};

				if (!field.of_namespace)
					labels.insert(labels.begin(), {"device", d.name});
				page.sample(labels, drop.packets);
			}
			if (field.of_namespace)
				break;
		}
	}
}

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
	for (const TrafficField &field : traffic_fields) {
		const std::string name = std::string("mplink_nic_") + field.metric;

		page.metric(name.c_str(), "counter", field.help);
		each([&](const DeviceStatus &d, const NicStatus &nic) {
			page.sample({{"device", d.name}, {"nic", nic.name}},
				    nic.counters.*field.value);
		});
	}
}

// Only peers that have a tunnel have these.
void peer_metrics(Page &page, const Devices &devices)
{
	const std::span<const ResequencerField> fields(resequencer_fields);

	for (auto first = fields.begin(), end = first; first != fields.end(); first = end) {
		const std::string_view metric = first->metric;

		end = std::find_if(first, fields.end(), [&](const ResequencerField &field) {
			return metric != field.metric;
		});
		page.metric(fmt::format("mplink_peer_{}", metric).c_str(),
			    metric.ends_with("_total") ? "counter" : "gauge", first->help);
		for (const DeviceStatus &d : devices)
			for (const PeerStatus &peer : d.peers)
				for (auto field = first; field != end && peer.resequencer;
				     field++) {
					const std::uint64_t value =
						(*peer.resequencer).*(field->value);
					Labels labels{{"device", d.name},
						      {"peer", peer.address.text()}};

					if (*field->by)
						labels.emplace_back("by", field->by);
					page.sample(labels, field->microseconds
								    ? microseconds(value)
								    : std::to_string(value));
				}
	}
}

// The labels that identify a link, and more behind them.
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
	for (const SettingInfo &setting : all_settings()) {
		if (setting.place != Place::link || !has_gauge(setting))
			continue;
		page.metric(setting.shown.name, "gauge", setting.shown.help);
		each([&](const DeviceStatus &d, const PeerStatus &peer, const LinkStatus &link) {
			page.sample(link_labels(d, peer, link),
				    setting_sample(setting, link.settings[setting.id]));
		});
	}
	for (const TrafficField &field : traffic_fields) {
		const std::string name = std::string("mplink_link_") + field.metric;

		page.metric(name.c_str(), "counter", field.help);
		each([&](const DeviceStatus &d, const PeerStatus &peer, const LinkStatus &link) {
			page.sample(link_labels(d, peer, link), link.counters.*field.value);
		});
	}
	for (const EstimateField &field : estimate_fields) {
		const std::string name = std::string("mplink_link_") + field.metric;

		page.metric(name.c_str(), name.ends_with("_total") ? "counter" : "gauge",
			    field.help);
		each([&](const DeviceStatus &d, const PeerStatus &peer, const LinkStatus &link) {
			if (!link.estimate)
				return;

			const std::uint64_t value = (*link.estimate).*field.value;

			page.sample(link_labels(d, peer, link), field.microseconds
									? microseconds(value)
									: std::to_string(value));
		});
	}
}

} // namespace

std::string render_prometheus(const std::vector<DeviceStatus> &devices)
{
	Page page;

	device_metrics(page, devices);
	nic_metrics(page, devices);
	peer_metrics(page, devices);
	link_metrics(page, devices);
	return page.take();
}

} // namespace mplink::cli
