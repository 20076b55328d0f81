// SPDX-License-Identifier: GPL-2.0
#include "args/arguments.hh"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/validation.hh"
#include "common/failure.hh"

namespace mplink::cli
{

namespace
{

class Reader
{
public:
	explicit Reader(const Arguments &arguments) : rest_(arguments)
	{
	}
	bool empty() const
	{
		return rest_.empty();
	}
	const std::string *peek() const
	{
		return rest_.empty() ? nullptr : &rest_.front();
	}
	bool next_is(std::string_view word)
	{
		if (rest_.empty() || rest_.front() != word)
			return false;
		rest_ = rest_.subspan(1);
		return true;
	}
	// what: names the missing argument in the error message.
	const std::string &take(const char *what, const char *after)
	{
		if (rest_.empty())
			throw usage_error(fmt::format("{} is missing after \"{}\"", what, after));

		const std::string &word = rest_.front();

		rest_ = rest_.subspan(1);
		return word;
	}
	std::optional<std::string> device()
	{
		if (!next_is("dev"))
			return {};
		return name(take("the device's name", "dev"));
	}
	std::string nic(const char *after)
	{
		return name(take("a NIC's name", after));
	}

private:
	static std::string name(const std::string &word)
	{
		if (const char *why = why_no_nic_name(word.data(), word.size()))
			throw usage_error(fmt::format("name \"{}\" {}", word, why));
		return word;
	}

	std::span<const std::string> rest_;
};

Address parse_address(const std::string &word, const char *role)
{
	const auto address = Address::parse(word);

	if (!address)
		throw usage_error(
			fmt::format("{} \"{}\" is not an IPv4 or IPv6 address", role, word));
	return *address;
}

Address parse_peer_address(const std::string &word)
{
	const Address address = parse_address(word, "peer");

	if (const char *why = why_no_peer(address.core()))
		throw usage_error(fmt::format("peer \"{}\" {}", word, why));
	return address;
}

const SettingInfo *find_setting(std::string_view argument, std::initializer_list<Place> places)
{
	for (const SettingInfo &setting : all_settings())
		if (argument == setting.argument &&
		    std::find(places.begin(), places.end(), setting.place) != places.end())
			return &setting;
	return nullptr;
}

const SettingInfo *find_device_setting(std::string_view argument)
{
	return find_setting(argument, {Place::device, Place::bfd, Place::tunnel});
}

// Arguments that end the description of a link, so that none of them can be its remote.
bool is_keyword(const std::string &argument)
{
	return argument == "link" || argument == "addlink" || argument == "unlink" ||
	       argument == "local" || find_setting(argument, {Place::peer, Place::link});
}

void set(SettingValues &settings, const SettingInfo &setting, const char *argument,
	 const std::string &value)
{
	const auto parsed = setting.parse(value);

	if (!parsed)
		throw usage_error(fmt::format("{} \"{}\" {}", argument, value, setting.why_not()));
	if (!settings.emplace(setting.id, *parsed).second)
		throw usage_error(fmt::format("{} is given twice", setting.argument));
}

void read_value(Reader &reader, const SettingInfo &setting, SettingValues &settings)
{
	set(settings, setting, setting.argument.c_str(),
	    reader.take(setting.choices().c_str(), setting.argument.c_str()));
}

// Reads the settings of that place that come next, in the order of the table.
void read_settings(Reader &reader, Place place, SettingValues &settings)
{
	for (const SettingInfo &setting : all_settings())
		if (setting.place == place && reader.next_is(setting.argument))
			read_value(reader, setting, settings);
}

// bfd-interval-us sets two settings at once.  bfd-key is not in the table, because it can be
// set but not read.
constexpr std::string_view interval_argument = "bfd-interval-us", key_argument = "bfd-key";

bool can_be_set(std::string_view argument)
{
	return find_device_setting(argument) || argument == interval_argument ||
	       argument == key_argument;
}

// No message may repeat the key: messages get into logs.
void set_bfd_key(ChangeRequest &request, const std::string &value)
{
	const char *why = nullptr;

	if (request.bfd_key)
		throw usage_error("bfd-key is given twice");
	request.bfd_key = parse_bfd_key(value, &why);
	if (!request.bfd_key)
		throw usage_error(fmt::format("bfd-key {}", why));
}

void set_argument(ChangeRequest &request, const std::string &argument, const std::string &value)
{
	if (const SettingInfo *setting = find_device_setting(argument))
		return set(request.settings, *setting, setting->argument.c_str(), value);
	if (argument == key_argument)
		return set_bfd_key(request, value);
	for (const Setting setting : {Setting::bfd_tx_us, Setting::bfd_rx_us})
		set(request.settings, info(setting), interval_argument.data(), value);
}

std::optional<Address> parse_remote(Reader &reader, const Address &peer)
{
	if (!reader.next_is("remote") && (!reader.peek() || is_keyword(*reader.peek())))
		return {};

	const std::string &word = reader.take("the remote address", "remote");
	const Address remote = parse_address(word, "remote");

	if (const char *why = why_no_remote(remote.core(), peer.core()))
		throw usage_error(fmt::format("remote \"{}\" {}", word, why));
	return remote;
}

std::optional<Address> parse_local(const std::string &word, const std::optional<Address> &remote)
{
	if (word == "auto")
		return {};

	const Address local = parse_address(word, "local");

	// If no remote is given, only the module knows the remote to compare with.
	if (remote)
		if (const char *why = why_no_local(local.core(), remote->core()))
			throw usage_error(fmt::format("local \"{}\" {}", word, why));
	return local;
}

// Parses what follows "link" or "addlink".  fresh: a new link, which needs a remote.
LinkRequest parse_link(Reader &reader, const Address &peer, const char *verb, bool fresh)
{
	LinkRequest link{.nic = reader.nic(verb)};

	link.remote = parse_remote(reader, peer);
	if (fresh && !link.remote)
		throw usage_error(fmt::format("{} {} needs the peer's address there: {} {} REMOTE",
					      verb, link.nic, verb, link.nic));
	if (reader.next_is("local"))
		link.local = parse_local(reader.take("an address, or auto", "local"), link.remote);
	read_settings(reader, Place::link, link.settings);
	return link;
}

LinkRequest parse_unlink(Reader &reader, const Address &peer)
{
	LinkRequest link{.nic = reader.nic("unlink"), .remove = true};

	link.remote = parse_remote(reader, peer);
	return link;
}

// Whether both must mean the same link.  Only the module knows which links exist over a NIC.
bool same_link(const LinkRequest &a, const LinkRequest &b)
{
	return a.nic == b.nic && a.remote == b.remote;
}

} // namespace

std::string setting_list()
{
	std::string list;

	for (const SettingInfo &setting : all_settings())
		if (find_device_setting(setting.argument) == &setting)
			list += setting.argument + ", ";
	return fmt::format("{}{}, {}", list, interval_argument, key_argument);
}

std::string peer_usage(ChangeRequest::Kind kind)
{
	const bool adding = kind == ChangeRequest::Kind::peer_add;

	return fmt::format("{} [link NIC {} [local LOCAL|auto] {}]...{}", usage(Place::peer),
			   adding ? "[remote] REMOTE" : "[[remote] REMOTE]", usage(Place::link),
			   adding ? "" : " [addlink NIC REMOTE ...]... [unlink NIC [REMOTE]]...");
}

std::optional<std::string> parse_device_argument(const Arguments &arguments)
{
	Reader reader(arguments);
	std::optional<std::string> device = reader.device();

	if (!device && !reader.empty())
		device = reader.take("", "");
	if (!reader.empty())
		throw usage_error(fmt::format("\"{}\" was not expected after the device's name",
					      *reader.peek()));
	return device;
}

ChangeRequests parse_nic_arguments(ChangeRequest::Kind kind, const Arguments &arguments)
{
	Reader reader(arguments);
	ChangeRequests changes{.device = reader.device(), .requests = {}};

	do {
		changes.requests.push_back(
			{.kind = kind, .nic = reader.nic("nic add|del [dev DEV]")});
		if (changes.device && changes.requests.back().nic == *changes.device)
			throw usage_error(
				fmt::format("{} is the virtual NIC itself", *changes.device));
	} while (!reader.empty());
	return changes;
}

ChangeRequests parse_peer_arguments(ChangeRequest::Kind kind, const Arguments &arguments)
{
	Reader reader(arguments);
	ChangeRequests changes{.device = reader.device(), .requests = {}};
	const bool adding = kind == ChangeRequest::Kind::peer_add;

	if (kind == ChangeRequest::Kind::peer_del) {
		do {
			changes.requests.push_back(
				{.kind = kind,
				 .peer = parse_peer_address(
					 reader.take("the peer's address", "peer del [dev DEV]"))});
		} while (!reader.empty());
		return changes;
	}

	ChangeRequest request{.kind = kind,
			      .peer = parse_peer_address(
				      reader.take("the peer's address", "peer add|set [dev DEV]"))};

	// Behind a link, the argument of a setting that links have, too, is the link's.
	read_settings(reader, Place::peer, request.settings);
	while (!reader.empty()) {
		const SettingInfo *setting = find_setting(*reader.peek(), {Place::peer});

		if (setting && !find_setting(setting->argument, {Place::link})) {
			reader.next_is(setting->argument);
			read_value(reader, *setting, request.settings);
			continue;
		}
		if (reader.next_is("link")) {
			request.links.push_back(parse_link(reader, *request.peer, "link", adding));
		} else if (!adding && reader.next_is("addlink")) {
			request.links.push_back(parse_link(reader, *request.peer, "addlink", true));
			request.links.back().add = true;
		} else if (!adding && reader.next_is("unlink")) {
			request.links.push_back(parse_unlink(reader, *request.peer));
		} else {
			throw usage_error(fmt::format("\"{}\" was not expected; there are, in this "
						      "order: {}",
						      *reader.peek(), peer_usage(kind)));
		}
		for (std::size_t i = 0; i + 1 < request.links.size(); i++)
			if (same_link(request.links[i], request.links.back()))
				throw usage_error(fmt::format(
					"link {}{}{} is given twice", request.links.back().nic,
					request.links.back().remote ? " " : "",
					request.links.back().remote
						? request.links.back().remote->text()
						: ""));
	}
	if (!adding && request.links.empty() && request.settings.empty())
		throw usage_error("nothing to set; there are: " + peer_usage(kind));
	changes.requests.push_back(std::move(request));
	return changes;
}

ChangeRequests parse_set_arguments(const Arguments &arguments)
{
	Reader reader(arguments);
	ChangeRequests changes{.device = reader.device(), .requests = {}};

	// Settings come in pairs, so an odd number of arguments means that a device comes
	// first.
	if (!changes.device && arguments.size() % 2 && !can_be_set(arguments.front()))
		changes.device = reader.take("", "");
	if (reader.empty())
		throw usage_error("what is to be set is missing; there are: " + setting_list());

	ChangeRequest request{.kind = ChangeRequest::Kind::device_set};

	while (!reader.empty()) {
		const std::string &word = reader.take("", "");

		if (!can_be_set(word))
			throw usage_error(fmt::format("\"{}\" cannot be set; there are: {}", word,
						      setting_list()));
		set_argument(request, word, reader.take("the value", word.c_str()));
	}
	changes.requests.push_back(std::move(request));
	return changes;
}

} // namespace mplink::cli
