// SPDX-License-Identifier: GPL-2.0
#include "doctor/gather.hh"

#include <fmt/format.h>
#include <linux/rtnetlink.h>
#include <unistd.h>

#include <set>
#include <thread>

#include "doctor/read.hh"
#include "netlink/client.hh"

namespace mplink::cli
{

namespace
{

void read_parameter(Facts &facts, const std::string &name, const std::string &path)
{
	if (const std::optional<std::string> value = read_line("/proc/sys/" + path))
		facts.parameters[name] = *value;
}

void read_parameters(Facts &facts)
{
	std::set<std::string> nics = {"all"};

	for (const DeviceStatus &device : facts.devices)
		for (const NicStatus &nic : device.nics)
			nics.insert(nic.name);
	for (const std::string &nic : nics)
		for (const char *what : {"rp_filter", "arp_ignore"})
			read_parameter(facts, nic_parameter(nic, what),
				       fmt::format("net/ipv4/conf/{}/{}", nic, what));
	read_parameter(facts, "net.ipv4.tcp_wmem", "net/ipv4/tcp_wmem");
	read_parameter(facts, "net.core.netdev_max_backlog", "net/core/netdev_max_backlog");
}

void read_route(Facts &facts, Socket &socket, const RouteQuery &query)
{
	Route route;
	const ExtAck answer = socket.ask(get_route(query), [&](const Received &message) {
		if (message.header.nlmsg_type == RTM_NEWROUTE)
			route = parse_route(message);
	});

	route.error = answer.error;
	facts.routes[query] = route;
}

// A dump that changes meanwhile is read once more; the last try is taken as it is.
template <class Take>
void read_all(Socket &socket, const Message &request, const Take &take)
{
	constexpr int tries = 5;

	for (int i = 0; i < tries; i++) {
		take(nullptr);
		if (socket.dump(request, [&](const Received &message) { take(&message); }))
			return;
	}
}

void read_network(Facts &facts)
{
	Socket socket(NETLINK_ROUTE);

	read_all(socket, list_addresses(), [&](const Received *message) {
		if (!message)
			facts.addresses.clear();
		else if (const std::optional<NetAddress> one = parse_net_address(*message))
			facts.addresses.push_back(*one);
	});
	read_all(socket, list_routes(), [&](const Received *message) {
		if (!message)
			return facts.gateways.clear();

		const Route route = parse_route(*message);

		if (route.gateway && route.nics.size() == 1)
			facts.gateways.emplace(route.nics[0], *route.gateway);
	});
	for (const DeviceStatus &device : facts.devices)
		for (const PeerStatus &peer : device.peers) {
			const Netdev *netdev = facts.netdev(device.ifindex);

			read_route(facts, socket,
				   {.to = peer.address,
				    .from = {},
				    .nic = netdev ? netdev->master : 0});
			for (const LinkStatus &link : peer.links) {
				const Netdev *nic = facts.netdev(link.nic);

				if (!link.remote || !nic)
					continue;
				read_route(facts, socket,
					   {.to = *link.remote, .from = link.source, .nic = 0});
				if (valid(link.reason))
					read_route(facts, socket,
						   {.to = *link.remote,
						    .from = link.source,
						    .nic = nic->ifindex});
			}
		}
}

void read_firewall(Facts &facts)
{
	std::string why;
	const std::optional<std::string> rules = output_of("nft -j list ruleset", &why);

	if (rules)
		facts.firewall = Firewall::parse(*rules);
	if (rules && !facts.firewall)
		why = "what nft prints cannot be read";
	if (!facts.firewall)
		facts.unread.push_back({"the firewall", "nft -j list ruleset: " + why});
}

void read_log(Facts &facts)
{
	std::string why;

	if (auto log = kernel_log("mplink: ", &why))
		facts.log = std::move(*log);
	else
		facts.unread.push_back({"the kernel log", "/dev/kmsg: " + why});
}

std::uint64_t monotonic_ms()
{
	return static_cast<std::uint64_t>(
		std::chrono::duration_cast<std::chrono::milliseconds>(
			std::chrono::steady_clock::now().time_since_epoch())
			.count());
}

} // namespace

Facts gather(const std::string &command_version, const std::optional<std::string> &device,
	     std::chrono::milliseconds apart)
{
	Facts facts{.command_version = command_version, .apart = apart};

	// To ask for the netlink family would load the module.
	facts.loaded = access("/sys/module/mplink", F_OK) == 0;
	facts.installed = module_installed("mplink");
	if (!facts.loaded)
		return facts;
	facts.module_version = read_line("/sys/module/mplink/version").value_or("");

	Client client;

	facts.family_version = client.family().version;
	facts.before = client.state(device);
	std::this_thread::sleep_for(apart);
	facts.devices = client.state(device);
	facts.netdevs = client.netdevs();
	facts.now_ms = monotonic_ms();
	read_network(facts);
	read_parameters(facts);
	read_firewall(facts);
	read_log(facts);
	return facts;
}

} // namespace mplink::cli
