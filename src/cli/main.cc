// SPDX-License-Identifier: GPL-2.0
// The subcommands and their options, and how the command ends.
#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include <sstream>

#include "commands.hh"
#include "common/failure.hh"
#include "monitor/monitor.hh"
#include "netlink/attributes.hh"
#include "netlink/socket.hh"
#include "top/top.hh"
#include "uapi/mplink_netlink.h"

namespace
{

using namespace mplink::cli;

const char footer[] =
	"DEV may be left out if there is only one mplink device.\n"
	"Exit status: 0 done, 1 refused or failed, 2 bad arguments or input, 3 no module.\n"
	"See mplink(8).";

// The library does not know the grammar of the arguments, so usage texts are our own.
class Usage : public CLI::Formatter
{
public:
	explicit Usage(std::string text) : text_(std::move(text))
	{
	}
	std::string make_usage(const CLI::App *, std::string) const override
	{
		return "Usage: mplink " + text_ + "\n";
	}
	std::string make_positionals(const CLI::App *) const override
	{
		return {};
	}

private:
	std::string text_;
};

class Command
{
public:
	Command();
	void run(int argc, char **argv);

	CLI::App &app()
	{
		return app_;
	}

private:
	CLI::App *verb(CLI::App &parent, const char *name, const std::string &about,
		       const std::string &usage, std::function<void()> action);

	CLI::App app_{"Control of mplink, the multipath link driver.", "mplink"};
	Arguments arguments_;
	ShowOptions show_;
	DoctorOptions doctor_;
	std::string exec_;
	SaveOptions save_;
	std::vector<std::string> files_;
	LoadOptions load_;
};

CLI::App *Command::verb(CLI::App &parent, const char *name, const std::string &about,
			const std::string &usage, std::function<void()> action)
{
	CLI::App *sub = parent.add_subcommand(name, about);

	sub->formatter(std::make_shared<Usage>(usage));
	sub->final_callback(std::move(action));
	sub->fallthrough();
	return sub;
}

Command::Command()
{
	using Kind = ChangeRequest::Kind;
	const auto takes_arguments = [this](CLI::App *sub) {
		sub->add_option("arguments", arguments_);
	};

	app_.set_version_flag("-V,--version", fmt::format("mplink {}, netlink family version {}",
							  MPLINK_VERSION, MPLINK_FAMILY_VERSION));
	app_.add_flag("-j,--json", show_.json, "JSON instead of text");
	app_.add_flag("-p,--pretty", show_.pretty, "JSON with line breaks");
	// Exactly one verb, so that a NIC may have the name of a verb.
	app_.require_subcommand(1);
	app_.footer(footer);

	CLI::App *sub = verb(app_, "show", "Show devices, their NICs, peers and links",
			     "show [[dev] DEV] [--timeline | --prometheus]",
			     [this] { show(parse_device_argument(arguments_), show_); });
	sub->add_flag("--prometheus", show_.prometheus, "text exposition format of Prometheus");
	sub->add_flag("--timeline", show_.timeline,
		      "when each link reached each stage on its way to valid");
	takes_arguments(sub);

	sub = verb(app_, "doctor", "Say what is wrong, and which command mends it",
		   "doctor [[dev] DEV] [--wait SECONDS]", [this] {
			   doctor_.json = show_.json;
			   doctor_.pretty = show_.pretty;
			   doctor(parse_device_argument(arguments_), doctor_, MPLINK_VERSION);
		   });
	sub->footer("Exit status: 0 nothing is wrong, 1 something is, 2 could not look.\n"
		    "See mplink-doctor(8).");
	sub->add_option("--wait", doctor_.seconds,
			"how long to watch the counters, 0 to 60 seconds (default 2)")
		->option_text("SECONDS")
		->check(CLI::Range(0, 60));
	takes_arguments(sub);

	CLI::App *nic = app_.add_subcommand("nic", "Add or remove NICs")->require_subcommand(1);
	nic->fallthrough();
	takes_arguments(
		verb(*nic, "add", "Add NICs, which need not exist yet", "nic add [dev DEV] NIC...",
		     [this] { carry_out(parse_nic_arguments(Kind::nic_add, arguments_)); }));
	takes_arguments(verb(
		*nic, "del", "Remove NICs, and the links over them", "nic del [dev DEV] NIC...",
		[this] { carry_out(parse_nic_arguments(Kind::nic_del, arguments_)); }));

	CLI::App *peer =
		app_.add_subcommand("peer", "Add, change or remove peers")->require_subcommand(1);
	peer->fallthrough();
	takes_arguments(verb(*peer, "add", "Add a peer, with links",
			     "peer add [dev DEV] ADDRESS " + peer_usage(Kind::peer_add), [this] {
				     carry_out(parse_peer_arguments(Kind::peer_add, arguments_));
			     }));
	takes_arguments(
		verb(*peer, "set",
		     "Set a peer's liveness and key; add, change or remove its links, all at once",
		     "peer set [dev DEV] ADDRESS " + peer_usage(Kind::peer_set),
		     [this] { carry_out(parse_peer_arguments(Kind::peer_set, arguments_)); }));
	takes_arguments(verb(*peer, "del", "Remove peers", "peer del [dev DEV] ADDRESS...", [this] {
		carry_out(parse_peer_arguments(Kind::peer_del, arguments_));
	}));

	takes_arguments(verb(app_, "set", "Change settings, all at once: " + setting_list(),
			     "set [[dev] DEV] [SETTING VALUE]...",
			     [this] { carry_out(parse_set_arguments(arguments_)); }));

	sub = verb(app_, "monitor", "Print changes, until interrupted", "monitor [--exec CMD]",
		   [this] {
			   monitor({.json = show_.json,
				    .exec = exec_.empty() ? std::nullopt : std::optional(exec_)});
		   });
	sub->add_option("--exec", exec_,
			"run CMD for each change, with MPLINK_* variables that describe it")
		->option_text("CMD");

	takes_arguments(verb(app_, "top", "Show the load of the links, once a second, until q",
			     "top [[dev] DEV]",
			     [this] { top(parse_device_argument(arguments_)); }));

	sub = verb(app_, "save", "Write the configuration as JSON",
		   "save [--to-boot [--force]] [[dev] DEV]",
		   [this] { save(parse_device_argument(arguments_), save_); });
	CLI::Option *to_boot = sub->add_flag("--to-boot", save_.to_boot,
					     "to /etc/mplink/DEV.json, which is loaded at boot");
	sub->add_flag("--force", save_.force, "replace files that have comments, too")
		->needs(to_boot);
	takes_arguments(sub);

	sub = verb(app_, "load", "Change the configuration to that in files and folders",
		   "load [--check | --dry-run] FILE...", [this] { load(files_, load_); });
	sub->add_flag("--check", load_.check, "only check the files");
	sub->add_flag("--dry-run", load_.dry_run,
		      "only print the commands that would make the changes");
	sub->add_option("FILE", files_)->required();
}

void Command::run(int argc, char **argv)
{
	app_.parse(argc, argv);
}

int complain(Exit status, const std::string &text)
{
	std::istringstream lines(text);

	for (std::string line; std::getline(lines, line);)
		fmt::print(stderr, "mplink: {}\n", line);
	return static_cast<int>(status);
}

} // namespace

int main(int argc, char **argv)
try {
	Command command;

	try {
		command.run(argc, argv);
	} catch (const CLI::ParseError &e) {
		if (e.get_exit_code() == 0)
			return command.app().exit(e);
		// The library reports an unknown subcommand as a missing one.
		const std::vector<std::string> rest = command.app().remaining(true);

		return complain(Exit::usage, (rest.empty() ? e.what()
							   : fmt::format("\"{}\" was not expected",
									 rest.front())) +
						     "\nsee mplink --help");
	}
	return static_cast<int>(Exit::success);
} catch (const Failure &e) {
	return complain(e.status, e.what());
} catch (const Malformed &e) {
	return complain(Exit::failed, std::string("the kernel's answer is malformed: ") + e.what());
} catch (const Overrun &) {
	return complain(Exit::failed,
			"the kernel's answer was lost because the receive buffer was full");
} catch (const std::exception &e) {
	return complain(Exit::failed, e.what());
}
