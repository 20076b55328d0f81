// SPDX-License-Identifier: GPL-2.0
// What must be true of the virtual NIC whatever has happened to the devices.
#include <algorithm>

#include "mplink/platform.h"
#include "world.hh"

namespace fake
{

namespace
{

bool given(const mplink_addr &a)
{
	return a.hi || a.lo;
}

bool is_inet(const mplink_addr &a)
{
	const auto *b = reinterpret_cast<const mplink_u8 *>(&a);

	return !a.hi && b[10] == 0xff;
}

bool is_local(const mplink_addr &a)
{
	const auto *b = reinterpret_cast<const mplink_u8 *>(&a);

	return b[0] == 0xfe && b[1] == 0x80;
}

bool has_address_for(const Netdev::Told &told, const mplink_addr &remote)
{
	if (is_inet(remote))
		return given(told.inet);
	return given(is_local(remote) ? told.inet6_local : told.inet6);
}

bool can_send(const Netdev &dev, const mplink_link_info &link)
{
	return dev.running() && dev.has_carrier() && (!link.bfd || *mplink_bfd_up(link.bfd));
}

} // namespace

void World::told(mplink_u32 event, Netdev &dev)
{
	Netdev::Told &told = dev.told;

	if (event == MPLINK_EVENT_UNREGISTER) {
		told = {};
		return;
	}
	// It is asked whether it lets itself be attached when it comes, not later.
	if (!told.ever || told.name != dev.name || !told.attachable)
		told.attachable = !dev.refuses && !dev.loopback;
	if (event == MPLINK_EVENT_GOING_DOWN)
		told.closing = true;
	else if (event == MPLINK_EVENT_DOWN || event == MPLINK_EVENT_UP ||
		 event == MPLINK_EVENT_PRE_UP || event == MPLINK_EVENT_REGISTER ||
		 told.name != dev.name)
		told.closing = false;
	if (!told.attachable)
		told.closing = false;
	told.ever = true;
	told.name = dev.name;
	told.up = dev.up;
	told.carrier = dev.has_carrier();
	told.inet = dev.inet;
	told.inet6 = dev.inet6;
	told.inet6_local = dev.inet6_local;
}

mplink_u32 World::expected(const std::string &name) const
{
	for (const auto &dev : devices_) {
		const Netdev::Told &told = dev->told;

		if (!told.ever || !told.attachable || told.name != name)
			continue;
		if (!told.up || told.closing)
			return MPLINK_REASON_ADMIN_DOWN;
		if (!told.carrier)
			return MPLINK_REASON_NO_CARRIER;

		// A link asks for an address of its remote's kind; without links any will do.
		const auto id = static_cast<std::size_t>(
			std::find(names_.begin(), names_.end(), name) - names_.begin());
		const mplink_addr remote = this->remote(static_cast<mplink_u32>(id));
		const bool addressed = given(remote) ? has_address_for(told, remote)
						     : given(told.inet) || given(told.inet6);

		return addressed ? MPLINK_REASON_NONE : MPLINK_REASON_NO_ADDRESS;
	}
	return MPLINK_REASON_UNREGISTERED;
}

std::string World::wrong(bool shortage) const
{
	bool works = false;

	for (mplink_u32 i = 0; i < nics(); i++) {
		if (names_[i].empty() != !nic(i))
			return "there is a NIC that should not be, or the other way round";
		if (names_[i].empty())
			continue;

		const std::string who = names_[i] + ": ";
		const mplink_nic_info info = nic_info(i);
		const mplink_u32 should = expected(names_[i]);
		const Netdev *dev = find(names_[i]);

		if (info.reason != should &&
		    !(shortage && info.reason == MPLINK_REASON_UNREGISTERED))
			return who + mplink_core_reason_name(info.reason) + " instead of " +
			       mplink_core_reason_name(should);

		const bool attached = info.reason != MPLINK_REASON_UNREGISTERED;

		if (attached != (dev && dev->port && nic_of(dev->port) == nic(i)))
			return who + "attached where it should not be, or not where it should";
		if (info.ifindex != (attached ? dev->ifindex : 0))
			return who + "wrong ifindex " + std::to_string(info.ifindex);
		if (info.carrier != (attached && dev->told.carrier))
			return who + "wrong carrier";
		if (!attached && given(info.address))
			return who + "an address without a device";
		if (peer_ && link_exists(i) != given(remote(i)))
			return who + "has a link that should not be, or the other way round";
		if (!peer_ || !given(remote(i)))
			continue;

		const mplink_link_info link = link_info(i);
		mplink_u32 should_link = info.reason;

		if (!should_link && !has_address_for(dev->told, remotes_[i]))
			should_link = MPLINK_REASON_NO_ADDRESS;
		if (!should_link && dev->unreachable.contains({remotes_[i].hi, remotes_[i].lo}))
			should_link = MPLINK_REASON_NO_ROUTE;
		if (!should_link && link.bfd && !*mplink_bfd_up(link.bfd))
			should_link = MPLINK_REASON_LIVENESS;
		if (link.reason != should_link &&
		    !(shortage && (link.reason == MPLINK_REASON_NO_ROUTE ||
				   link.reason == MPLINK_REASON_LIVENESS)))
			return who + "link " + mplink_core_reason_name(link.reason) +
			       " instead of " + mplink_core_reason_name(should_link);
		works = works || !link.reason;
	}
	// A device that is no NIC, or no more, must not be held.
	for (const auto &dev : devices_)
		if (dev->port && std::find(names_.begin(), names_.end(), dev->name) == names_.end())
			return dev->name + ": attached, but no NIC";
	for (const auto &dev : leaving_)
		if (dev->port)
			return dev->name + ": attached after UNREGISTER";
	for (const auto &dev : away_)
		if (dev->port)
			return dev->name + ": attached after it left";
	if (owner.carrier != works)
		return "the carrier tells not whether any link works";
	return {};
}

// Sends a packet, and checks where it went.
std::string World::wrong_way(mplink_u32 flow)
{
	const Sent sent = send(1000, flow);
	std::vector<const Netdev *> working;

	for (mplink_u32 i = 0; i < nics(); i++)
		if (const Netdev *dev = find(names_[i]);
		    dev && given(remote(i)) && !link_info(i).reason && can_send(*dev, link_info(i)))
			working.push_back(dev);
	if (sent.over.empty() != working.empty())
		return working.empty() ? "sent without a link" : "dropped despite a link";
	for (const Netdev *dev : sent.over)
		if (std::find(working.begin(), working.end(), dev) == working.end())
			return dev->name + ": a packet on a link that cannot carry it";
	if (mplink_core_get_policy(device_) == MPLINK_POLICY_BROADCAST) {
		if (sent.over != working)
			return "not every working link got its copy";
	} else if (sent.over.size() > 1) {
		return "sent more than once";
	}
	if (mplink_core_get_policy(device_) == MPLINK_POLICY_ACTIVE_BACKUP && !working.empty() &&
	    sent.over.front() != working.front())
		return "not the first working link";
	return {};
}

} // namespace fake
