// SPDX-License-Identifier: GPL-2.0
// What the rules of nft(8) do to a datagram that comes in.  They may ask for more than is known
// of it; then the answer is "maybe".
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <nlohmann/json.hpp>

#include "common/address.hh"

namespace mplink::cli
{

// A UDP datagram, the first of its flow.
struct Datagram {
	std::string nic;
	Address from;
	std::optional<Address> to;
	std::uint16_t port = 0;
};

enum class Fate { passes, may_be_dropped, dropped };

struct Verdict {
	Fate fate = Fate::passes;
	// The base chain that drops it.
	std::string family;
	std::string table;
	std::string chain;
};

class Firewall
{
public:
	// text: what `nft -j list ruleset` prints.  Returns nothing if that makes no sense.
	static std::optional<Firewall> parse(const std::string &text);

	Verdict judge(const Datagram &datagram) const;

private:
	using Json = nlohmann::json;
	// Family, table, name.
	using Id = std::tuple<std::string, std::string, std::string>;

	struct Chain {
		std::string hook; // empty: only other chains call it
		std::vector<std::string> nics;
		bool drops = false; // what passes all rules
		std::vector<Json> rules;
	};

	friend class Walk;

	std::map<Id, Chain> chains_;
	std::map<Id, Json> sets_;
};

} // namespace mplink::cli
