// SPDX-License-Identifier: GPL-2.0
#include "commands.hh"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "common/failure.hh"
#include "common/files.hh"
#include "config/load.hh"
#include "config/texts.hh"
#include "config/to_boot.hh"
#include "doctor/doctor.hh"
#include "doctor/report.hh"
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

// mplink.service loads it.
const char boot_folder[] = "/etc/mplink";

std::vector<ConfigText> read_texts(const std::vector<std::string> &paths)
{
	std::vector<ConfigText> texts;

	for (const std::string &path : paths) {
		const std::vector<std::string> files =
			is_folder(path) ? config_files(path) : std::vector{path};

		// No error: the last device may be gone for good.
		if (files.empty())
			fmt::print(stderr, "mplink: {}: there is no *.json in it\n", path);
		for (const std::string &file : files)
			texts.push_back({.path = file, .json = read_file(file)});
	}
	return texts;
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

void doctor(const std::optional<std::string> &device, const DoctorOptions &options,
	    const std::string &version)
{
	const Diagnosis diagnosis = doctor(version, device, std::chrono::seconds(options.seconds));

	write_out(options.json ? report_json(diagnosis, options.pretty)
			       : report_text(diagnosis, colour_wanted()));
	if (!diagnosis.findings.empty())
		throw failed("");
}

void carry_out(const ChangeRequests &changes)
{
	Client client;

	client.carry_out(client.pick(changes.device), changes.requests);
}

void save(const std::optional<std::string> &device, const SaveOptions &options)
{
	const std::vector<DeviceStatus> devices = Client().state(device);

	for (const DeviceStatus &one : devices)
		for (const PeerStatus &peer : one.peers)
			if (peer.key_hidden)
				throw Failure(Exit::failed, "save: only users with CAP_NET_ADMIN "
							    "can read the keys of peers; "
							    "run it as root");
	if (!options.to_boot) {
		write_out(write_config(devices));
		return;
	}
	write_out(save_to_boot(boot_folder, devices, options.force));
	if (!device)
		write_out(absent_devices(boot_folder, devices));
}

void load(const std::vector<std::string> &paths, const LoadOptions &options)
{
	std::vector<DeviceConfig> devices;

	try {
		devices = parse_texts(read_texts(paths));
	} catch (const Failure &failure) {
		throw Failure(failure.status,
			      fmt::format("{}\nnothing was changed", failure.what()));
	}
	if (options.check || devices.empty())
		return;

	Client client;

	if (options.dry_run)
		write_out(dry_run(client, devices));
	else
		load(client, devices);
}

} // namespace mplink::cli
