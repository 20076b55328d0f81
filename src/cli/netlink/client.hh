// SPDX-License-Identifier: GPL-2.0
// The command's conversation with the module.
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

	// Without their NICs and peers.
	std::vector<DeviceStatus> devices();
	// With them.  Throws Failure if there is no such device; without a name: all.
	std::vector<DeviceStatus> state(const std::optional<std::string> &name);
	// The named device; without a name the only one there is.
	DeviceStatus pick(const std::optional<std::string> &name);
	std::vector<Netdev> netdevs();

	// where: of its name in a file.
	void create(const std::string &name, const std::string &where);
	// Throws Failure with a line for each change that was refused.
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
