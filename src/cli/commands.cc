// SPDX-License-Identifier: GPL-2.0
#include "commands.hh"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "common/failure.hh"
#include "config/load.hh"
#include "netlink/client.hh"
#include "show/render.hh"

namespace mplink::cli
{

namespace
{

// https://no-color.org: set to anything but nothing.
bool colour_wanted()
{
	const char *no_colour = std::getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !(no_colour && *no_colour);
}

void write_out(const std::string &text)
{
	if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout))
		throw failed(
			fmt::format("cannot write to standard output: {}", std::strerror(errno)));
}

std::string read_file(const std::string &file)
{
	const auto close = [](FILE *f) { return f == stdin ? 0 : std::fclose(f); };
	const std::unique_ptr<FILE, decltype(close)> in(
		file == "-" ? stdin : std::fopen(file.c_str(), "re"), close);
	std::string content;
	char buffer[1 << 16];

	if (!in)
		throw usage_error(fmt::format("cannot open {}: {}", file, std::strerror(errno)));
	while (const std::size_t n = std::fread(buffer, 1, sizeof(buffer), in.get()))
		content.append(buffer, n);
	if (std::ferror(in.get()))
		throw usage_error(fmt::format("cannot read {}: {}", file, std::strerror(errno)));
	return content;
}

} // namespace

void show(const std::optional<std::string> &device, const ShowOptions &options)
{
	const std::vector<DeviceStatus> state = Client().state(device);

	if (options.prometheus)
		write_out(render_prometheus(state));
	else if (options.json)
		write_out(render_json(state, options.pretty));
	else if (options.timeline)
		write_out(render_timeline(state, colour_wanted()));
	else
		write_out(render_table(state, colour_wanted()));
}

void carry_out(const ChangeRequests &changes)
{
	Client client;

	client.carry_out(client.pick(changes.device), changes.requests);
}

void save(const std::optional<std::string> &device)
{
	const std::vector<DeviceStatus> devices = Client().state(device);

	for (const DeviceStatus &one : devices)
		for (const PeerStatus &peer : one.peers)
			if (peer.key_hidden)
				throw Failure(Exit::failed, "save: only users with CAP_NET_ADMIN "
							    "can read the keys of peers; "
							    "run it as root");
	write_out(write_config(devices));
}

void load(const std::string &file, const LoadOptions &options)
{
	std::vector<DeviceConfig> devices;

	try {
		devices = parse_config(read_file(file));
	} catch (const Failure &failure) {
		throw Failure(failure.status,
			      fmt::format("{}: nothing was changed:\n{}", file, failure.what()));
	}
	if (options.check)
		return;

	Client client;

	if (options.dry_run)
		write_out(dry_run(client, devices));
	else
		load(client, devices);
}

} // namespace mplink::cli
