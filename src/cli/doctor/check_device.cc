// SPDX-License-Identifier: GPL-2.0
// The module, its virtual NICs, and their NICs.
#include <fmt/format.h>

#include "args/command_line.hh"
#include "common/format.hh"
#include "doctor/checks.hh"
#include "uapi/mplink_netlink.h"

namespace mplink::cli
{

Findings check_module(const Facts &facts)
{
	if (!facts.loaded && facts.installed)
		return {{.subject = "mplink",
			 .what = "the module is not loaded",
			 .why = "Without it there are no virtual NICs.",
			 .remedy = {"modprobe mplink"}}};
	if (!facts.loaded)
		return {{.subject = "mplink",
			 .what = "the module is neither loaded nor installed for this kernel",
			 .why = "DKMS builds it only for kernels whose headers are installed.",
			 .remedy = {"apt-get install mplink-dkms linux-headers-$(uname -r)"}}};
	if (facts.family_version != MPLINK_FAMILY_VERSION ||
	    facts.module_version != facts.command_version)
		return {{.severity = facts.family_version == MPLINK_FAMILY_VERSION
					     ? Severity::warning
					     : Severity::error,
			 .subject = "mplink",
			 .what = fmt::format("the module is {} (netlink family version {}), the "
					     "command {} (version {})",
					     facts.module_version.empty() ? "of no known version"
									  : facts.module_version,
					     facts.family_version, facts.command_version,
					     MPLINK_FAMILY_VERSION),
			 .why = "One may not know what the other has. The remedy removes the "
				"virtual "
				"NICs; their addresses and routes must be set anew.",
			 .remedy = {"mplink save >/root/mplink.json", "rmmod mplink",
				    "modprobe mplink", "mplink load /root/mplink.json"}}};
	return {};
}

Findings check_devices(const Facts &facts)
{
	Findings found;

	if (facts.loaded && facts.devices.empty())
		return {{.subject = "mplink",
			 .what = "there is no mplink device",
			 .why = "Nothing joins any links.",
			 .remedy = {"ip link add mpl0 type mplink"}}};
	for (const DeviceStatus &device : facts.devices) {
		const std::string dev = shell_argument(device.name);
		const Netdev *netdev = facts.netdev(device.ifindex);

		if (netdev && !netdev->up)
			found.push_back({.subject = device.name,
					 .what = "it is set down",
					 .why = "It carries no packets, and drops what comes.",
					 .remedy = {fmt::format("ip link set {} up", dev)}});
		if (device.nics.empty())
			found.push_back(
				{.subject = device.name,
				 .what = "it has no NICs",
				 .why = "Links need a NIC each.",
				 .remedy = {fmt::format("mplink nic add dev {} NIC", dev)}});
		if (device.peers.empty())
			found.push_back(
				{.subject = device.name,
				 .what = "it has no peers",
				 .why = "It drops all packets, for they are for nobody.",
				 .remedy = {fmt::format(
					 "mplink peer add dev {} ADDRESS link NIC REMOTE", dev)}});
		for (const PeerStatus &peer : device.peers)
			if (peer.links.empty())
				found.push_back(
					{.subject = fmt::format("{}: peer {}", device.name,
								peer.address.text()),
					 .what = "it has no links",
					 .why = "All packets for it are dropped.",
					 .remedy = {fmt::format(
						 "mplink peer set dev {} {} link NIC REMOTE", dev,
						 peer.address.text())}});
	}
	return found;
}

namespace
{

// A NIC that exists, and that mplink has not got.
Finding taken_nic(const Facts &facts, const std::string &subject, const Netdev &nic)
{
	const std::string name = shell_argument(nic.name);
	// It is tried again when the NIC is set up.
	const std::string down = fmt::format("ip link set {} down", name);
	const std::string up = fmt::format("ip link set {} up", name);
	Finding finding{.subject = subject,
			.what = "something else receives its packets",
			.why = "Only one of them can have a NIC. The kernel log names what has it.",
			.remedy = {"dmesg | grep 'not attached: it is in use'"}};

	if (const Netdev *master = facts.netdev(nic.master); nic.master && master) {
		finding.what = fmt::format("it is a port of the {} {}", master->kind, master->name);
		finding.why = "Only one of them can have a NIC, so mplink does not use it.";
		finding.remedy = {fmt::format("ip link set {} nomaster", name), down, up};
		return finding;
	}
	for (const Netdev &upper : facts.netdevs)
		if (upper.lower == nic.ifindex &&
		    (upper.kind == "macvlan" || upper.kind == "macvtap")) {
			finding.what = fmt::format("the {} {} is on it", upper.kind, upper.name);
			finding.why =
				fmt::format("It receives the NIC's packets, so mplink does not "
					    "use the NIC. The remedy removes {}.",
					    upper.name);
			finding.remedy = {fmt::format("ip link del {}", shell_argument(upper.name)),
					  down, up};
		}
	return finding;
}

std::optional<Finding> nic_finding(const Facts &facts, const DeviceStatus &device,
				   const NicStatus &nic)
{
	const std::string subject = fmt::format("{}: NIC {}", device.name, nic.name);
	const std::string name = shell_argument(nic.name);
	const std::string since = human_duration(nic.since_ms);
	const Netdev *netdev = facts.netdev(nic.name);

	switch (nic.reason) {
	case MPLINK_REASON_UNREGISTERED:
		if (netdev)
			return taken_nic(facts, subject, *netdev);
		return Finding{
			.subject = subject,
			.what = fmt::format("there is no such NIC here, for {}", since),
			.why = "Its links carry nothing until a NIC of that name appears in this "
			       "network namespace. If it has another name now, rename it; if it is "
			       "gone for good, take it out.",
			.remedy = {fmt::format("mplink nic del dev {} {}",
					       shell_argument(device.name), name)}};
	case MPLINK_REASON_ADMIN_DOWN:
		return Finding{.subject = subject,
			       .what = fmt::format("it is set down, for {}", since),
			       .why = "Its links carry nothing.",
			       .remedy = {fmt::format("ip link set {} up", name)}};
	case MPLINK_REASON_NO_CARRIER:
		return Finding{
			.subject = subject,
			.what = fmt::format("it has no carrier, for {}", since),
			.why = "A cable, a switch or the far end is off, or 802.1X has not let "
			       "it in. No command here mends that; this one says more.",
			.remedy = {fmt::format("ethtool {}", name)}};
	case MPLINK_REASON_NO_ADDRESS:
		return Finding{
			.subject = subject,
			.what = fmt::format("it has no address, for {}", since),
			.why = "Links send from an address of their NIC, of the remote's family.",
			.remedy = {fmt::format("ip addr add ADDRESS/BITS dev {}", name)}};
	default:
		return {};
	}
}

} // namespace

Findings check_nics(const Facts &facts)
{
	Findings found;

	for (const DeviceStatus &device : facts.devices)
		for (const NicStatus &nic : device.nics)
			if (std::optional<Finding> finding = nic_finding(facts, device, nic))
				found.push_back(std::move(*finding));
	return found;
}

} // namespace mplink::cli
