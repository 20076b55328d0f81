// SPDX-License-Identifier: GPL-2.0
#include "config/load.hh"

#include <fmt/format.h>

#include <algorithm>

#include "args/command_line.hh"
#include "common/failure.hh"
#include "config/diff.hh"

namespace mplink::cli
{

namespace
{

// Sends runs of requests that only add, or only remove.  A failed run ends the load.
void carry_out_in_order(Client &client, const DeviceStatus &device,
			const std::vector<ChangeRequest> &requests)
{
	bool removed = false;

	for (auto from = requests.begin(), to = from; from != requests.end(); from = to) {
		const bool removes = takes_away(*from);

		to = std::find_if(from, requests.end(), [&](const ChangeRequest &request) {
			return takes_away(request) != removes;
		});
		try {
			client.carry_out(device, {from, to});
		} catch (const Failure &failure) {
			std::string text = failure.what();

			if (!removes && !removed)
				text += "\nnothing was removed";
			if (to != requests.end())
				text += fmt::format("\nnot tried, of {} steps: {}; the first: {}\n"
						    "correct that and load the file again; what "
						    "has been done stays",
						    requests.size(), requests.end() - to,
						    command_line(device.name, *to));
			throw Failure(failure.status, text);
		}
		removed |= removes;
	}
}

bool exists(Client &client, const std::string &name)
{
	const std::vector<DeviceStatus> devices = client.devices();

	return std::any_of(devices.begin(), devices.end(),
			   [&](const DeviceStatus &device) { return device.name == name; });
}

} // namespace

void load(Client &client, const std::vector<DeviceConfig> &wanted)
{
	for (const DeviceConfig &device : wanted) {
		if (!exists(client, device.name))
			client.create(device.name, device.where + ".name");

		const DeviceStatus current = client.state(device.name).front();

		carry_out_in_order(client, current, diff(current, device, device.where));
	}
}

std::string dry_run(Client &client, const std::vector<DeviceConfig> &wanted)
{
	std::string text;

	for (const DeviceConfig &device : wanted) {
		DeviceStatus current{.name = device.name};

		if (exists(client, device.name))
			current = client.state(device.name).front();
		else
			text += fmt::format("ip link add {} type mplink\n",
					    shell_argument(device.name));

		const std::vector<ChangeRequest> requests = diff(current, device, device.where);

		if (requests.empty())
			text += fmt::format("# {}: nothing to do\n", device.name);
		for (const ChangeRequest &request : requests)
			text += command_line(device.name, request) + "\n";
	}
	return text;
}

} // namespace mplink::cli
