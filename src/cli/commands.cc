// SPDX-License-Identifier: GPL-2.0
#include "commands.hh"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "args/command_line.hh"
#include "common/failure.hh"
#include "config/diff.hh"
#include "config/file.hh"
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
		throw bad(fmt::format("cannot open {}: {}", file, std::strerror(errno)));
	while (const std::size_t n = std::fread(buffer, 1, sizeof(buffer), in.get()))
		content.append(buffer, n);
	if (std::ferror(in.get()))
		throw bad(fmt::format("cannot read {}: {}", file, std::strerror(errno)));
	return content;
}

// Those that take something away only if none before them was refused.
void carry_out_in_order(Client &client, const Device &device, const std::vector<Step> &steps)
{
	std::size_t taken = 0;

	for (auto from = steps.begin(), to = from; from != steps.end(); from = to) {
		const bool takes = takes_away(*from);

		to = std::find_if(from, steps.end(),
				  [&](const Step &step) { return takes_away(step) != takes; });
		try {
			client.carry_out(device, {from, to});
		} catch (const Failure &failure) {
			std::string text = failure.what();

			if (!takes && !taken)
				text += "\nnothing was removed";
			if (to != steps.end())
				text += fmt::format(
					"\nnot tried, of {} steps: {}; the first: {}\n"
					"mend that and load again: what has been done stays",
					steps.size(), steps.end() - to,
					command_line(device.name, *to));
			throw Failure(failure.status, text);
		}
		taken += takes;
	}
}

void print_steps(const Device &device, const std::vector<Step> &steps)
{
	std::string text;

	for (const Step &step : steps)
		text += command_line(device.name, step) + "\n";
	write_out(steps.empty() ? fmt::format("# {}: nothing to do\n", device.name) : text);
}

void make_so(Client &client, const DeviceConfig &wanted, const std::string &where, bool dry_run)
{
	const std::vector<Device> devices = client.devices();

	if (std::none_of(devices.begin(), devices.end(),
			 [&](const Device &device) { return device.name == wanted.name; })) {
		if (dry_run) {
			const Device made{.name = wanted.name};

			write_out(
				fmt::format("ip link add {} type mplink\n", shell_word(made.name)));
			return print_steps(made, diff(made, wanted, where));
		}
		client.create(wanted.name, where + ".name");
	}

	const Device current = client.state(wanted.name).front();
	const std::vector<Step> steps = diff(current, wanted, where);

	if (dry_run)
		print_steps(current, steps);
	else
		carry_out_in_order(client, current, steps);
}

} // namespace

void show(const std::optional<std::string> &device, const ShowOptions &options)
{
	const std::vector<Device> state = Client().state(device);

	if (options.prometheus)
		write_out(render_prometheus(state));
	else if (options.json)
		write_out(render_json(state, options.pretty));
	else if (options.timeline)
		write_out(render_timeline(state, colour_wanted()));
	else
		write_out(render_table(state, colour_wanted()));
}

void carry_out(const Order &order)
{
	Client client;

	client.carry_out(client.pick(order.device), order.steps);
}

void save(const std::optional<std::string> &device)
{
	const std::vector<Device> devices = Client().state(device);

	for (const Device &one : devices)
		for (const Peer &peer : one.peers)
			if (peer.key_hidden)
				throw Failure(Exit::failed,
					      "save: the kernel tells the keys of peers to who has "
					      "CAP_NET_ADMIN only; be root");
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

	for (std::size_t i = 0; i < devices.size(); i++)
		make_so(client, devices[i], fmt::format("$.devices[{}]", i), options.dry_run);
}

} // namespace mplink::cli
