// SPDX-License-Identifier: GPL-2.0
#include "doctor/firewall.hh"

#include <algorithm>

namespace mplink::cli
{

using Json = nlohmann::json;

namespace
{

// How sure it is that a rule applies.
enum class Truth { no, maybe, yes };

Truth sure(bool value)
{
	return value ? Truth::yes : Truth::no;
}

Truth negated(Truth truth)
{
	if (truth == Truth::maybe)
		return truth;
	return sure(truth == Truth::no);
}

std::string text_at(const Json &json, const char *key)
{
	const auto found = json.is_object() ? json.find(key) : json.end();

	return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

// A value of the datagram, which rules compare: null if it is not known, an empty text if the
// datagram has none.
Json value_of(const Json &left, const Datagram &datagram)
{
	const bool inet = datagram.from.wire().size() == 4;

	if (left.contains("meta")) {
		const std::string key = text_at(left["meta"], "key");

		if (key == "iifname" || key == "iif")
			return datagram.nic;
		if (key == "l4proto")
			return "udp";
		if (key == "nfproto")
			return inet ? "ipv4" : "ipv6";
		if (key == "protocol")
			return inet ? "ip" : "ip6";
	} else if (left.contains("ct") && text_at(left["ct"], "key") == "state") {
		// Both ends send from ports of their own, so no answer ever makes a flow one that
		// is established.
		return "new";
	} else if (left.contains("payload")) {
		const std::string protocol = text_at(left["payload"], "protocol");
		const std::string field = text_at(left["payload"], "field");
		const bool network = protocol == "ip" || protocol == "ip6";

		if ((protocol == "udp" || protocol == "th") && field == "dport")
			return datagram.port;
		if (network && (protocol == "ip") != inet)
			return "";
		if (network && field == "saddr")
			return datagram.from.text();
		if (network && field == "daddr" && datagram.to)
			return datagram.to->text();
		if (network && (field == "protocol" || field == "nexthdr"))
			return "udp";
		if (!network && !protocol.empty() && protocol != "udp" && protocol != "th" &&
		    protocol != "ether")
			return "";
	}
	return {};
}

bool has_none(const Json &value)
{
	return value.is_string() && value.get_ref<const std::string &>().empty();
}

Truth same_text(const std::string &value, const std::string &pattern)
{
	if (!pattern.empty() && pattern.back() == '*')
		return sure(value.starts_with(pattern.substr(0, pattern.size() - 1)));

	const std::optional<Address> a = Address::parse(value);
	const std::optional<Address> b = Address::parse(pattern);

	return sure(a && b ? *a == *b : value == pattern);
}

Truth in_prefix(const Json &value, const Json &prefix)
{
	const std::optional<Address> a =
		Address::parse(value.is_string() ? value.get<std::string>() : "");
	const std::optional<Address> network = Address::parse(text_at(prefix, "addr"));

	if (!a || !network || !prefix.contains("len") || !prefix["len"].is_number_unsigned())
		return Truth::maybe;
	return sure(a->same_network(*network, prefix["len"].get<unsigned>()));
}

Truth in_range(const Json &value, const Json &range)
{
	if (!range.is_array() || range.size() != 2 || !value.is_number() || !range[0].is_number() ||
	    !range[1].is_number())
		return Truth::maybe;
	return sure(range[0] <= value && value <= range[1]);
}

} // namespace

// A datagram on its way through a base chain.
class Walk
{
public:
	Walk(const Firewall &firewall, const Datagram &datagram, Firewall::Id chain)
	    : firewall_(firewall), datagram_(datagram), base_(std::move(chain))
	{
	}

	Fate fate();

private:
	enum class Step { next, accepted, dropped };

	Step run(const Firewall::Id &chain, Truth so_far, unsigned depth);
	Step rule(const Json &expressions, Truth truth, unsigned depth, bool &left);
	Step act(const Json &statement, Truth truth, unsigned depth, bool &left);
	Step act_by_map(const Json &map, Truth truth, unsigned depth, bool &left);
	Truth compare(const Json &value, const Json &right) const;
	Truth match(const Json &match) const;
	Firewall::Id named(const std::string &name) const
	{
		return {std::get<0>(base_), std::get<1>(base_), name};
	}

	const Firewall &firewall_;
	const Datagram &datagram_;
	Firewall::Id base_;
	bool maybe_accepted_ = false;
	bool maybe_dropped_ = false;
};

Truth Walk::compare(const Json &value, const Json &right) const
{
	if (right.is_string() && right.get<std::string>().starts_with("@")) {
		const auto set = firewall_.sets_.find(named(right.get<std::string>().substr(1)));

		return set == firewall_.sets_.end() ? Truth::maybe : compare(value, set->second);
	}
	if (right.is_array()) {
		Truth any = Truth::no;

		for (const Json &one : right)
			any = std::max(any, compare(value, one));
		return any;
	}
	if (right.is_object()) {
		if (right.contains("set"))
			return compare(value, right["set"]);
		if (right.contains("elem"))
			return compare(value, right["elem"].value("val", Json()));
		if (right.contains("prefix"))
			return in_prefix(value, right["prefix"]);
		if (right.contains("range"))
			return in_range(value, right["range"]);
		return Truth::maybe;
	}
	if (value.is_string() && right.is_string())
		return same_text(value.get<std::string>(), right.get<std::string>());
	if (value.is_number() && right.is_number())
		return sure(value == right);
	return Truth::maybe;
}

Truth Walk::match(const Json &match) const
{
	const std::string op = text_at(match, "op");
	const Json value = value_of(match.value("left", Json::object()), datagram_);

	if (value.is_null())
		return Truth::maybe;
	// What the datagram does not have, no rule matches, whether it says == or !=.
	if (has_none(value))
		return Truth::no;

	const Truth same = compare(value, match.value("right", Json()));

	if (op == "!=")
		return negated(same);
	return op == "==" || op == "in" ? same : Truth::maybe;
}

// left: set if no later rule of this chain is asked.
Walk::Step Walk::act(const Json &statement, Truth truth, unsigned depth, bool &left)
{
	constexpr unsigned most = 16; // nft allows no more jumps within jumps

	if (statement.contains("accept")) {
		maybe_accepted_ |= truth == Truth::maybe;
		return truth == Truth::yes ? Step::accepted : Step::next;
	}
	if (statement.contains("drop") || statement.contains("reject")) {
		maybe_dropped_ |= truth == Truth::maybe;
		return truth == Truth::yes ? Step::dropped : Step::next;
	}
	if (statement.contains("return")) {
		// If it is not sure, what follows is not sure either.
		maybe_accepted_ |= truth == Truth::maybe;
		maybe_dropped_ |= truth == Truth::maybe;
		left = truth == Truth::yes;
		return Step::next;
	}
	for (const char *call : {"jump", "goto"})
		if (statement.contains(call) && depth < most) {
			left = truth == Truth::yes && call == std::string_view("goto");
			return run(named(text_at(statement[call], "target")), truth, depth + 1);
		}
	return Step::next;
}

Walk::Step Walk::act_by_map(const Json &map, Truth truth, unsigned depth, bool &left)
{
	const Json value = value_of(map.value("key", Json::object()), datagram_);
	Json data = map.value("data", Json());

	if (data.is_object())
		data = data.value("set", Json());
	if (!data.is_array()) {
		maybe_accepted_ = maybe_dropped_ = true;
		return Step::next;
	}
	for (const Json &entry : data) {
		if (!entry.is_array() || entry.size() != 2)
			continue;

		const Truth same = value.is_null()   ? Truth::maybe
				   : has_none(value) ? Truth::no
						     : compare(value, entry[0]);

		if (same == Truth::no)
			continue;
		if (const Step step = act(entry[1], std::min(truth, same), depth, left);
		    step != Step::next)
			return step;
	}
	return Step::next;
}

Walk::Step Walk::rule(const Json &expressions, Truth truth, unsigned depth, bool &left)
{
	// They change nothing about whether a rule applies.
	constexpr const char *no_conditions[] = {"counter", "log", "notrack", "mangle", "comment"};

	for (const Json &expression : expressions) {
		if (expression.contains("match"))
			truth = std::min(truth, match(expression["match"]));
		else if (expression.contains("vmap")) {
			const Step step = act_by_map(expression["vmap"], truth, depth, left);

			if (step != Step::next)
				return step;
		} else if (std::any_of(std::begin(no_conditions), std::end(no_conditions),
				       [&](const char *key) { return expression.contains(key); }))
			continue;
		else if (expression.contains("accept") || expression.contains("drop") ||
			 expression.contains("reject") || expression.contains("return") ||
			 expression.contains("jump") || expression.contains("goto"))
			return act(expression, truth, depth, left);
		else
			truth = std::min(truth, Truth::maybe);
		if (truth == Truth::no)
			break;
	}
	return Step::next;
}

Walk::Step Walk::run(const Firewall::Id &chain, Truth so_far, unsigned depth)
{
	const auto found = firewall_.chains_.find(chain);

	if (found == firewall_.chains_.end())
		return Step::next;
	for (const Json &expressions : found->second.rules) {
		bool left = false;
		const Step step = rule(expressions, so_far, depth, left);

		if (step != Step::next || left)
			return step;
	}
	return Step::next;
}

Fate Walk::fate()
{
	Step step = run(base_, Truth::yes, 0);

	if (step == Step::next)
		step = firewall_.chains_.at(base_).drops ? Step::dropped : Step::accepted;
	if (step == Step::dropped)
		return maybe_accepted_ ? Fate::may_be_dropped : Fate::dropped;
	return maybe_dropped_ ? Fate::may_be_dropped : Fate::passes;
}

std::optional<Firewall> Firewall::parse(const std::string &text)
{
	// nft may say first what it does not know of a table.
	const Json all =
		Json::parse(text.substr(std::min(text.find('{'), text.size())), nullptr, false);
	Firewall firewall;
	const auto id = [](const Json &json, const char *name) {
		return Id(text_at(json, "family"), text_at(json, "table"), text_at(json, name));
	};

	if (!all.is_object() || !all.contains("nftables") || !all["nftables"].is_array())
		return {};
	for (const Json &entry : all["nftables"]) {
		if (entry.contains("chain")) {
			Chain &chain = firewall.chains_[id(entry["chain"], "name")];
			const Json nics = entry["chain"].value("dev", Json());

			chain.hook = text_at(entry["chain"], "hook");
			chain.drops = text_at(entry["chain"], "policy") == "drop";
			for (const Json &nic : nics.is_array() ? nics : Json::array({nics}))
				if (nic.is_string())
					chain.nics.push_back(nic.get<std::string>());
		} else if (entry.contains("rule")) {
			firewall.chains_[id(entry["rule"], "chain")].rules.push_back(
				entry["rule"].value("expr", Json::array()));
		} else if (entry.contains("set")) {
			firewall.sets_[id(entry["set"], "name")] =
				entry["set"].value("elem", Json::array());
		}
	}
	return firewall;
}

Verdict Firewall::judge(const Datagram &datagram) const
{
	const bool inet = datagram.from.wire().size() == 4;
	Verdict worst;

	for (const auto &[id, chain] : chains_) {
		const auto &[family, table, name] = id;
		const bool of_family =
			family == "inet" || family == "netdev" || family == (inet ? "ip" : "ip6");
		const bool of_nic = chain.hook != "ingress" ||
				    std::count(chain.nics.begin(), chain.nics.end(), datagram.nic);

		if (!of_family || !of_nic ||
		    (chain.hook != "ingress" && chain.hook != "prerouting" &&
		     chain.hook != "input"))
			continue;
		if (const Fate fate = Walk(*this, datagram, id).fate(); fate > worst.fate)
			worst = {.fate = fate, .family = family, .table = table, .chain = name};
	}
	return worst;
}

} // namespace mplink::cli
