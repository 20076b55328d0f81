// SPDX-License-Identifier: GPL-2.0
#include "netlink/requests.hh"

#include <fmt/format.h>
#include <linux/genetlink.h>

#include <algorithm>

#include "mplink/core.h"
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

const char *verb(const LinkChange &link)
{
	if (link.remove)
		return "unlink";
	return link.add ? "addlink" : "link";
}

// "link eth1 remote 10.0.1.2", or where in the file that was said.
std::string words(const LinkChange &link, const char *key, const std::string &value)
{
	if (!link.where.empty())
		return fmt::format("{}.{}: {}", link.where, key, value);
	if (std::string_view(key) == "nic")
		return fmt::format("{} {}", verb(link), value);
	return fmt::format("{} {} {} {}", verb(link), link.nic, key, value);
}

void put_local(Message &message, const LinkChange &link, const std::optional<Address> &local)
{
	if (local)
		message.address(MPLINK_A_LINK_LOCAL, *local, words(link, "local", local->text()));
	else
		message.binary(MPLINK_A_LINK_LOCAL, {}, words(link, "local", "auto"));
}

void put_link(Message &message, const LinkChange &link)
{
	const std::size_t nest = message.nest(
		MPLINK_A_PEER_LINK, link.where.empty() ? words(link, "nic", link.nic) : link.where);

	message.string(MPLINK_A_LINK_NIC, link.nic, words(link, "nic", link.nic));
	if (link.remote)
		message.address(MPLINK_A_LINK_REMOTE, *link.remote,
				words(link, "remote", link.remote->text()));
	if (link.weight)
		message.u16(MPLINK_A_LINK_WEIGHT, *link.weight,
			    words(link, "weight", std::to_string(*link.weight)));
	if (link.liveness)
		message.u32(MPLINK_A_LINK_LIVENESS, *link.liveness,
			    words(link, "liveness", mplink_core_liveness_name(*link.liveness)));
	if (link.local)
		put_local(message, link, *link.local);
	if (link.remove)
		message.flag(MPLINK_A_LINK_REMOVE, words(link, "nic", link.nic));
	if (link.add)
		message.flag(MPLINK_A_LINK_ADD, words(link, "nic", link.nic));
	message.nest_end(nest);
}

std::string at(const Step &step, const std::string &otherwise)
{
	return step.where.empty() ? otherwise : step.where;
}

// The words of one setting among several; alone it is what the whole step is called.
std::string words(const Step &step, const SettingInfo &setting, std::uint32_t value)
{
	if (!step.where.empty())
		return fmt::format("{}.{}{}{}: {}", step.where, name(setting.nest),
				   setting.nest == Nest::none ? "" : ".", setting.key,
				   setting.text(value));
	if (step.settings.size() + step.key.has_value() == 1)
		return {};
	return fmt::format("{} {}", setting.word, setting.text(value));
}

void put_setting(Message &message, const Step &step, const SettingInfo &setting,
		 std::uint32_t value)
{
	if (setting.byte)
		message.u8(setting.attribute, static_cast<std::uint8_t>(value),
			   words(step, setting, value));
	else
		message.u32(setting.attribute, value, words(step, setting, value));
}

void put_settings(Message &message, const Step &step, Nest which)
{
	for (const auto &[setting, value] : step.settings)
		if (info(setting).nest == which)
			put_setting(message, step, info(setting), value);
}

bool asks(const Step &step, Nest which)
{
	return std::any_of(step.settings.begin(), step.settings.end(),
			   [&](const auto &given) { return info(given.first).nest == which; });
}

void put_settings(Message &message, const Step &step)
{
	put_settings(message, step, Nest::none);
	if (asks(step, Nest::bfd) || step.key) {
		const std::size_t nest = message.nest(MPLINK_A_DEVICE_BFD, at(step, ""));

		put_settings(message, step, Nest::bfd);
		if (step.key)
			message.binary(MPLINK_A_BFD_KEY, *step.key,
				       step.where.empty() ? "bfd-key" : step.where + ".bfd.key");
		message.nest_end(nest);
	}
	if (asks(step, Nest::tunnel)) {
		const std::size_t nest = message.nest(MPLINK_A_DEVICE_TUNNEL, at(step, ""));

		put_settings(message, step, Nest::tunnel);
		message.nest_end(nest);
	}
}

std::uint8_t command_of(Step::Kind kind)
{
	switch (kind) {
	case Step::Kind::device_set:
		return MPLINK_CMD_DEVICE_SET;
	case Step::Kind::nic_add:
		return MPLINK_CMD_NIC_ADD;
	case Step::Kind::nic_del:
		return MPLINK_CMD_NIC_DEL;
	case Step::Kind::peer_add:
		return MPLINK_CMD_PEER_ADD;
	case Step::Kind::peer_set:
		return MPLINK_CMD_PEER_SET;
	case Step::Kind::peer_del:
		return MPLINK_CMD_PEER_DEL;
	}
	return MPLINK_CMD_UNSPEC;
}

} // namespace

std::string text(const Step &step)
{
	switch (step.kind) {
	case Step::Kind::device_set:
		return "set " + text(step.settings, " ") +
		       (step.key ? fmt::format("{}bfd-key", step.settings.empty() ? "" : " ") : "");
	case Step::Kind::nic_add:
		return "nic add " + step.nic;
	case Step::Kind::nic_del:
		return "nic del " + step.nic;
	case Step::Kind::peer_add:
		return "peer add " + step.peer->text();
	case Step::Kind::peer_set:
		return "peer set " + step.peer->text();
	case Step::Kind::peer_del:
		return "peer del " + step.peer->text();
	}
	return {};
}

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

Message request(const Family &family, std::uint32_t device, const std::string &name,
		const Step &step)
{
	Message message = generic(family, command_of(step.kind), name + ": " + text(step));

	switch (step.kind) {
	case Step::Kind::device_set:
		message.u32(MPLINK_A_DEVICE_IFINDEX, device, "dev " + name);
		put_settings(message, step);
		break;
	case Step::Kind::nic_add:
	case Step::Kind::nic_del:
		message.u32(MPLINK_A_NIC_DEVICE, device, "dev " + name);
		message.string(MPLINK_A_NIC_NAME, step.nic, at(step, ""));
		break;
	case Step::Kind::peer_add:
	case Step::Kind::peer_set:
	case Step::Kind::peer_del:
		message.u32(MPLINK_A_PEER_DEVICE, device, "dev " + name);
		message.address(MPLINK_A_PEER_ADDRESS, *step.peer, at(step, ""));
		if (step.liveness)
			message.u32(MPLINK_A_PEER_LIVENESS, *step.liveness,
				    at(step, std::string("liveness ") +
						     mplink_core_liveness_name(*step.liveness)));
		if (step.peer_key)
			message.u32(MPLINK_A_PEER_KEY, *step.peer_key,
				    step.where.empty() ? fmt::format("key {}", *step.peer_key)
						       : fmt::format("{}.key: {}", step.where,
								     *step.peer_key));
		for (const LinkChange &link : step.links)
			put_link(message, link);
		break;
	}
	return message;
}

} // namespace mplink::cli
