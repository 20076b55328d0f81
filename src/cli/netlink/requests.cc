// SPDX-License-Identifier: GPL-2.0
#include "netlink/requests.hh"

#include <fmt/format.h>
#include <linux/genetlink.h>

#include <algorithm>

#include "uapi/mplink_netlink.h"

namespace mplink::cli
{

namespace
{

Message generic(const Family &family, std::uint8_t command, std::string what)
{
	Message message(family.id, 0, std::move(what));

	message.generic(command, MPLINK_FAMILY_VERSION);
	return message;
}

const char *verb(const LinkRequest &link)
{
	if (link.remove)
		return "unlink";
	return link.add ? "addlink" : "link";
}

// "link eth1 remote 10.0.1.2"; or the JSON path and the value if the link is from a file.
std::string origin(const LinkRequest &link, const char *key, const std::string &value)
{
	if (!link.where.empty())
		return fmt::format("{}.{}: {}", link.where, key, value);
	if (std::string_view(key) == "nic")
		return fmt::format("{} {}", verb(link), value);
	return fmt::format("{} {} {} {}", verb(link), link.nic, key, value);
}

void put_setting(Message &message, const SettingInfo &setting, std::uint32_t value,
		 std::string origin)
{
	switch (setting.width) {
	case 1:
		return message.u8(setting.attribute, static_cast<std::uint8_t>(value),
				  std::move(origin));
	case 2:
		return message.u16(setting.attribute, static_cast<std::uint16_t>(value),
				   std::move(origin));
	default:
		return message.u32(setting.attribute, value, std::move(origin));
	}
}

void put_local(Message &message, const LinkRequest &link, const std::optional<Address> &local)
{
	if (local)
		message.address(MPLINK_A_LINK_LOCAL, *local, origin(link, "local", local->text()));
	else
		message.binary(MPLINK_A_LINK_LOCAL, {}, origin(link, "local", "auto"));
}

void put_link(Message &message, const LinkRequest &link)
{
	const std::size_t nest =
		message.nest(MPLINK_A_PEER_LINK,
			     link.where.empty() ? origin(link, "nic", link.nic) : link.where);

	message.string(MPLINK_A_LINK_NIC, link.nic, origin(link, "nic", link.nic));
	if (link.remote)
		message.address(MPLINK_A_LINK_REMOTE, *link.remote,
				origin(link, "remote", link.remote->text()));
	for (const auto &[setting, value] : link.settings)
		put_setting(message, info(setting), value,
			    origin(link, info(setting).key, info(setting).text(value)));
	if (link.local)
		put_local(message, link, *link.local);
	if (link.remove)
		message.flag(MPLINK_A_LINK_REMOVE, origin(link, "nic", link.nic));
	if (link.add)
		message.flag(MPLINK_A_LINK_ADD, origin(link, "nic", link.nic));
	message.nest_end(nest);
}

std::string at(const ChangeRequest &change, const std::string &otherwise)
{
	return change.where.empty() ? otherwise : change.where;
}

// What the user wrote for a setting of a device or a peer.  Empty for a device's only setting,
// because the error message names the whole request first.
std::string origin(const ChangeRequest &change, const SettingInfo &setting, std::uint32_t value)
{
	if (!change.where.empty())
		return fmt::format("{}.{}{}: {}", change.where, path_of(setting.place), setting.key,
				   setting.text(value));
	if (change.kind == ChangeRequest::Kind::device_set &&
	    change.settings.size() + change.bfd_key.has_value() == 1)
		return {};
	return fmt::format("{} {}", setting.argument, setting.text(value));
}

void put_settings(Message &message, const ChangeRequest &change, Place place)
{
	for (const auto &[setting, value] : change.settings)
		if (info(setting).place == place)
			put_setting(message, info(setting), value,
				    origin(change, info(setting), value));
}

bool asks(const ChangeRequest &change, Place place)
{
	return std::any_of(change.settings.begin(), change.settings.end(),
			   [&](const auto &given) { return info(given.first).place == place; });
}

void put_settings(Message &message, const ChangeRequest &change)
{
	put_settings(message, change, Place::device);
	if (asks(change, Place::bfd) || change.bfd_key) {
		const std::size_t nest = message.nest(MPLINK_A_DEVICE_BFD, at(change, ""));

		put_settings(message, change, Place::bfd);
		if (change.bfd_key)
			message.binary(MPLINK_A_BFD_KEY, *change.bfd_key,
				       change.where.empty() ? "bfd-key"
							    : change.where + ".bfd.key");
		message.nest_end(nest);
	}
	if (asks(change, Place::tunnel)) {
		const std::size_t nest = message.nest(MPLINK_A_DEVICE_TUNNEL, at(change, ""));

		put_settings(message, change, Place::tunnel);
		message.nest_end(nest);
	}
}

std::uint8_t command_of(ChangeRequest::Kind kind)
{
	switch (kind) {
	case ChangeRequest::Kind::device_set:
		return MPLINK_CMD_DEVICE_SET;
	case ChangeRequest::Kind::nic_add:
		return MPLINK_CMD_NIC_ADD;
	case ChangeRequest::Kind::nic_del:
		return MPLINK_CMD_NIC_DEL;
	case ChangeRequest::Kind::peer_add:
		return MPLINK_CMD_PEER_ADD;
	case ChangeRequest::Kind::peer_set:
		return MPLINK_CMD_PEER_SET;
	case ChangeRequest::Kind::peer_del:
		return MPLINK_CMD_PEER_DEL;
	}
	return MPLINK_CMD_UNSPEC;
}

} // namespace

Message get_family()
{
	Message message(GENL_ID_CTRL, 0, "look-up of the netlink family mplink");

	message.generic(CTRL_CMD_GETFAMILY, 1);
	message.string(CTRL_ATTR_FAMILY_NAME, MPLINK_FAMILY_NAME, "");
	return message;
}

Family parse_family(Bytes attributes)
{
	Family family;
	const auto group = [&](const Attribute &entry) {
		std::string name;
		std::uint32_t id = 0;

		for_each_attribute(entry.payload, [&](const Attribute &a) {
			if (a.type == CTRL_ATTR_MCAST_GRP_NAME)
				name = a.string();
			else if (a.type == CTRL_ATTR_MCAST_GRP_ID)
				id = a.u32();
		});
		if (name == MPLINK_MCGRP_EVENTS)
			family.events = id;
	};

	for_each_attribute(attributes, [&](const Attribute &a) {
		if (a.type == CTRL_ATTR_FAMILY_ID)
			family.id = a.u16();
		else if (a.type == CTRL_ATTR_VERSION)
			family.version = a.u32();
		else if (a.type == CTRL_ATTR_MCAST_GROUPS)
			for_each_attribute(a.payload, group);
	});
	return family;
}

Message list_devices(const Family &family)
{
	return generic(family, MPLINK_CMD_DEVICE_GET, "list of devices");
}

Message list_nics(const Family &family, std::uint32_t device)
{
	Message message = generic(family, MPLINK_CMD_NIC_GET, "list of NICs");

	message.u32(MPLINK_A_NIC_DEVICE, device, "");
	return message;
}

Message list_peers(const Family &family, std::uint32_t device)
{
	Message message = generic(family, MPLINK_CMD_PEER_GET, "list of peers");

	message.u32(MPLINK_A_PEER_DEVICE, device, "");
	return message;
}

Message to_message(const Family &family, std::uint32_t device, const std::string &name,
		   const ChangeRequest &change)
{
	Message message = generic(family, command_of(change.kind), name + ": " + text(change));

	switch (change.kind) {
	case ChangeRequest::Kind::device_set:
		message.u32(MPLINK_A_DEVICE_IFINDEX, device, "dev " + name);
		put_settings(message, change);
		break;
	case ChangeRequest::Kind::nic_add:
	case ChangeRequest::Kind::nic_del:
		message.u32(MPLINK_A_NIC_DEVICE, device, "dev " + name);
		message.string(MPLINK_A_NIC_NAME, change.nic, at(change, ""));
		break;
	case ChangeRequest::Kind::peer_add:
	case ChangeRequest::Kind::peer_set:
	case ChangeRequest::Kind::peer_del:
		message.u32(MPLINK_A_PEER_DEVICE, device, "dev " + name);
		message.address(MPLINK_A_PEER_ADDRESS, *change.peer, at(change, ""));
		put_settings(message, change, Place::peer);
		for (const LinkRequest &link : change.links)
			put_link(message, link);
		break;
	}
	return message;
}

} // namespace mplink::cli
