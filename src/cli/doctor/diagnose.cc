// SPDX-License-Identifier: GPL-2.0
#include "doctor/checks.hh"

#include <algorithm>
#include <iterator>

namespace mplink::cli
{

namespace
{

// Causes before their effects.
constexpr Findings (*checks[])(const Facts &) = {
	check_module,      check_devices,    check_nics,         check_links,       check_sessions,
	check_peer_routes, check_firewall,   check_reverse_path, check_one_subnet,  check_drops,
	check_mtu,         check_slow_links, check_silent_peers, check_send_buffer,
};

} // namespace

Diagnosis diagnose(const Facts &facts)
{
	Diagnosis diagnosis{.findings = {}, .unread = facts.unread};

	for (const auto check : checks)
		std::ranges::move(check(facts), std::back_inserter(diagnosis.findings));
	std::ranges::stable_sort(diagnosis.findings, std::ranges::greater(), &Finding::severity);
	return diagnosis;
}

} // namespace mplink::cli
