// SPDX-License-Identifier: GPL-2.0
// What the command asks the module and rtnetlink.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "model/change_request.hh"
#include "model/status.hh"
#include "netlink/netdev.hh"
#include "netlink/requests.hh"
#include "netlink/socket.hh"

namespace mplink::cli
{

class Client
{
public:
	// Throws Failure with Exit::no_module if the kernel knows no such family.
	Client();

	// All devices, without their NICs and peers.
	std::vector<DeviceStatus> devices();
	// The named device or all devices, with their NICs and peers.  Throws Failure if there
	// is no device of that name.
	std::vector<DeviceStatus> state(const std::optional<std::string> &name);
	// The named device, or the only one.  Throws Failure if there is none, or if several
	// could be meant.
	DeviceStatus pick(const std::optional<std::string> &name);
	std::vector<Netdev> netdevs();

	// where: the JSON path of the name in the file, for error messages.
	void create(const std::string &name, const std::string &where);
	// Throws Failure with one line for each request that the kernel refused.
	void carry_out(const DeviceStatus &device, const std::vector<ChangeRequest> &changes);

	const Family &family() const
	{
		return family_;
	}

private:
	void fill(DeviceStatus &device);

	Socket generic_{NETLINK_GENERIC};
	Socket route_{NETLINK_ROUTE};
	Family family_;
};

} // namespace mplink::cli
