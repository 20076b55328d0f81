// SPDX-License-Identifier: GPL-2.0
#include "netlink/client.hh"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <linux/genetlink.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <cerrno>

#include "common/failure.hh"
#include "netlink/replies.hh"

namespace mplink::cli
{

namespace
{

// If something changed during a dump, the dump may show an entry twice or not at all.
template <class T>
std::vector<T> consistent_dump(Socket &socket, const Message &request,
			       const std::function<T(const Received &)> &parse)
{
	constexpr int tries = 50;

	for (int i = 0; i < tries; i++) {
		std::vector<T> found;

		if (socket.dump(request,
				[&](const Received &message) { found.push_back(parse(message)); }))
			return found;
	}
	throw failed(fmt::format("{}: the state changes faster than it can be read; try again",
				 request.what()));
}

Family resolve(Socket &socket)
{
	const Message request = get_family();
	Family family;
	const ExtAck answer = socket.ask(request, [&](const Received &message) {
		family = parse_family(message.attributes(sizeof(genlmsghdr)));
	});

	if (answer.error == ENOENT)
		throw Failure(Exit::no_module, "the kernel knows no netlink family mplink: is the "
					       "module loaded? (modprobe mplink)");
	if (answer.error)
		throw failed(explain(request, answer));
	return family;
}

std::string names(const std::vector<DeviceStatus> &devices)
{
	std::vector<std::string> names;

	names.reserve(devices.size());
	for (const DeviceStatus &device : devices)
		names.push_back(device.name);
	return fmt::format("{}", fmt::join(names, ", "));
}

constexpr std::size_t most_lines = 20;

const char none[] = "there is no mplink device; make one: ip link add mpl0 type mplink";

Failure unknown(const std::string &name, const std::vector<DeviceStatus> &devices)
{
	return failed(devices.empty() ? fmt::format("{}: {}", name, none)
				      : fmt::format("{}: is no mplink device; there are: {}", name,
						    names(devices)));
}

} // namespace

Client::Client() : family_(resolve(generic_))
{
}

std::vector<DeviceStatus> Client::devices()
{
	return consistent_dump<DeviceStatus>(
		generic_, list_devices(family_), [](const Received &message) {
			return parse_device(message.attributes(sizeof(genlmsghdr)));
		});
}

std::vector<Netdev> Client::netdevs()
{
	return consistent_dump<Netdev>(route_, list_netdevs(), [](const Received &message) {
		return parse_netdev(message).value_or(Netdev());
	});
}

void Client::fill(DeviceStatus &device)
{
	device.nics = consistent_dump<NicStatus>(
		generic_, list_nics(family_, device.ifindex), [](const Received &message) {
			return parse_nic(message.attributes(sizeof(genlmsghdr))).nic;
		});
	device.peers = consistent_dump<PeerStatus>(
		generic_, list_peers(family_, device.ifindex), [](const Received &message) {
			return parse_peer(message.attributes(sizeof(genlmsghdr))).peer;
		});
}

std::vector<DeviceStatus> Client::state(const std::optional<std::string> &name)
{
	std::vector<DeviceStatus> found = devices();

	if (name) {
		const auto named = [&](const DeviceStatus &device) { return device.name == *name; };

		if (std::none_of(found.begin(), found.end(), named))
			throw unknown(*name, found);
		std::erase_if(found, std::not_fn(named));
	}
	// A device may disappear before its NICs and peers are read: leave it out.
	std::erase_if(found, [&](DeviceStatus &device) {
		try {
			fill(device);
			return false;
		} catch (const NoDevice &) {
			if (name)
				throw;
			return true;
		}
	});
	for (const Netdev &netdev : netdevs())
		for (DeviceStatus &device : found)
			if (device.ifindex == netdev.ifindex)
				device.carrier = netdev.carrier;
	return found;
}

DeviceStatus Client::pick(const std::optional<std::string> &name)
{
	const std::vector<DeviceStatus> found = devices();

	for (const DeviceStatus &device : found)
		if (name ? device.name == *name : found.size() == 1)
			return device;
	if (name)
		throw unknown(*name, found);
	if (found.empty())
		throw failed(none);
	throw usage_error(fmt::format(
		"there are several mplink devices ({}): say which, with dev DEV", names(found)));
}

void Client::create(const std::string &name, const std::string &where)
{
	Message message = create_device(name, where);

	for (const FailedRequest &refused : route_.carry_out(std::span(&message, 1)))
		throw failed(explain(message, refused.answer) +
			     (refused.answer.error == EEXIST
				      ? "; it is no mplink device: delete it, "
					"or use another name"
				      : ""));
}

void Client::carry_out(const DeviceStatus &device, const std::vector<ChangeRequest> &changes)
{
	std::vector<Message> messages;
	std::vector<std::string> lines;

	messages.reserve(changes.size());
	for (const ChangeRequest &change : changes)
		messages.push_back(to_message(family_, device.ifindex, device.name, change));
	for (const FailedRequest &refused : generic_.carry_out(messages))
		lines.push_back(explain(messages[refused.request], refused.answer));
	// Many errors often have one cause.
	if (const std::size_t n = lines.size(); n > most_lines) {
		lines.resize(most_lines);
		lines.push_back(fmt::format("and {} more", n - most_lines));
	}
	if (!lines.empty())
		throw failed(fmt::format("{}", fmt::join(lines, "\n")));
}

} // namespace mplink::cli
