// SPDX-License-Identifier: GPL-2.0
#include "args/arguments.hh"

#include <fmt/format.h>

#include <charconv>
#include <span>

#include "base/names.hh"
#include "base/validation.hh"
#include "common/failure.hh"
#include "mplink/core.h"

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
	// what: for the error, if there is no word left.
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

std::uint16_t parse_weight(const std::string &word)
{
	std::uint16_t weight = 0;
	const char *end = word.data() + word.size();
	const auto [stop, error] = std::from_chars(word.data(), end, weight);

	if (error != std::errc() || stop != end || !weight)
		throw usage_error(fmt::format("weight \"{}\" is not a number from 1 to {}", word,
					      MPLINK_MAX_WEIGHT));
	return weight;
}

std::string list(const char *(*name)(mplink_u32), unsigned n)
{
	std::string list = name(0);

	for (unsigned i = 1; i < n; i++)
		list += std::string(", ") + name(i);
	return list;
}

bool is_keyword(const std::string &word)
{
	return word == "link" || word == "addlink" || word == "unlink" || word == "local" ||
	       word == "weight" || word == "liveness" || word == "key";
}

std::uint32_t parse_peer_key(const std::string &word)
{
	std::uint32_t key = 0;
	const char *end = word.data() + word.size();
	const auto [stop, error] = std::from_chars(word.data(), end, key);

	if (error != std::errc() || stop != end || key > MPLINK_MAX_PEER_KEY)
		throw usage_error(fmt::format("key \"{}\" is not a number from 0 to {}", word,
					      MPLINK_MAX_PEER_KEY));
	return key;
}

std::uint32_t parse_liveness(const std::string &word)
{
	const int liveness = liveness_parse(word.data(), word.size());

	if (liveness < 0)
		throw usage_error(
			fmt::format("liveness \"{}\" is none of {}", word, liveness_list()));
	return static_cast<std::uint32_t>(liveness);
}

const SettingInfo *find_setting(std::string_view word)
{
	for (const SettingInfo &setting : all_settings())
		if (word == setting.word)
			return &setting;
	return nullptr;
}

// What stands for two settings at once, and what is no setting that could be read.
constexpr std::string_view interval_word = "bfd-interval-us", key_word = "bfd-key";

bool can_be_set(std::string_view word)
{
	return find_setting(word) || word == interval_word || word == key_word;
}

void set(ChangeRequest &request, Setting setting, const char *word, const std::string &value)
{
	const auto parsed = info(setting).parse(value);

	if (!parsed)
		throw usage_error(
			fmt::format("{} \"{}\" {}", word, value, info(setting).why_not()));
	if (!request.settings.emplace(setting, *parsed).second)
		throw usage_error(fmt::format("{} is given twice", info(setting).word));
}

// The value is not repeated: it must not get into a log.
void set_key(ChangeRequest &request, const std::string &value)
{
	const char *why = nullptr;

	if (request.key)
		throw usage_error("bfd-key is given twice");
	request.key = parse_bfd_key(value, &why);
	if (!request.key)
		throw usage_error(fmt::format("bfd-key {}", why));
}

void set_word(ChangeRequest &request, const std::string &word, const std::string &value)
{
	if (const SettingInfo *setting = find_setting(word))
		return set(request, setting->id, setting->word, value);
	if (word == key_word)
		return set_key(request, value);
	for (const Setting setting : {Setting::bfd_tx_us, Setting::bfd_rx_us})
		set(request, setting, interval_word.data(), value);
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

	// The remote that a link has, and that is not given, is the module's to compare.
	if (remote)
		if (const char *why = why_no_local(local.core(), remote->core()))
			throw usage_error(fmt::format("local \"{}\" {}", word, why));
	return local;
}

// What follows "link" or "addlink".
LinkRequest parse_link(Reader &reader, const Address &peer, const char *verb, bool fresh)
{
	LinkRequest link{.nic = reader.nic(verb)};

	link.remote = parse_remote(reader, peer);
	if (fresh && !link.remote)
		throw usage_error(fmt::format("{} {} needs the peer's address there: {} {} REMOTE",
					      verb, link.nic, verb, link.nic));
	if (reader.next_is("local"))
		link.local = parse_local(reader.take("an address, or auto", "local"), link.remote);
	if (reader.next_is("weight"))
		link.weight = parse_weight(reader.take("a number", "weight"));
	if (reader.next_is("liveness"))
		link.liveness = parse_liveness(reader.take(liveness_list().c_str(), "liveness"));
	return link;
}

LinkRequest parse_unlink(Reader &reader, const Address &peer)
{
	LinkRequest link{.nic = reader.nic("unlink"), .remove = true};

	link.remote = parse_remote(reader, peer);
	return link;
}

// Whether they can only be the same link.  The module knows what there is over a NIC.
bool same_link(const LinkRequest &a, const LinkRequest &b)
{
	return a.nic == b.nic && a.remote == b.remote;
}

} // namespace

std::string policy_list()
{
	return list(mplink_core_policy_name, MPLINK_POLICIES);
}

std::string liveness_list()
{
	return list(mplink_core_liveness_name, MPLINK_LIVENESSES);
}

std::string setting_list()
{
	std::string list;

	for (const SettingInfo &setting : all_settings())
		list += (list.empty() ? "" : ", ") + std::string(setting.word);
	return fmt::format("{}, {}, {}", list, interval_word, key_word);
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

	if (reader.next_is("liveness"))
		request.liveness = parse_liveness(reader.take(liveness_list().c_str(), "liveness"));
	while (!reader.empty()) {
		// A link has none, so that it may stand behind them, too.
		if (reader.next_is("key")) {
			if (request.peer_key)
				throw usage_error("key is given twice");
			request.peer_key = parse_peer_key(reader.take("a number", "key"));
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
			throw usage_error(fmt::format(
				"\"{}\" was not expected; there are: link NIC "
				"[remote] REMOTE [local LOCAL] [weight N] "
				"[liveness L]{}, key N; and in front of them, "
				"liveness L",
				*reader.peek(),
				adding ? "" : ", addlink NIC ..., unlink NIC [REMOTE]"));
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
	if (!adding && request.links.empty() && !request.liveness && !request.peer_key)
		throw usage_error(
			"nothing to set; there are: liveness L, key N, link NIC [remote] REMOTE "
			"[local LOCAL] [weight N] [liveness L], addlink NIC ..., "
			"unlink NIC [REMOTE]");
	changes.requests.push_back(std::move(request));
	return changes;
}

ChangeRequests parse_set_arguments(const Arguments &arguments)
{
	Reader reader(arguments);
	ChangeRequests changes{.device = reader.device(), .requests = {}};

	// Settings are pairs: what is too many is a device in front of them.
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
		set_word(request, word, reader.take("the value", word.c_str()));
	}
	changes.requests.push_back(std::move(request));
	return changes;
}

} // namespace mplink::cli
