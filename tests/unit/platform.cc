// SPDX-License-Identifier: GPL-2.0
#include "platform.hh"

#include <arpa/inet.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

#include "complain.hh"
#include "fake_memory.hh"
#include "fake_rcu.hh"
#include "mplink/platform.h"

namespace fake
{

namespace
{

std::atomic<mplink_u64> now_us{1000000};

Owner &owner_of(void *owner)
{
	return *static_cast<Owner *>(owner);
}

std::string text_of(const mplink_addr &addr)
{
	char text[INET6_ADDRSTRLEN];
	const auto *bytes = reinterpret_cast<const unsigned char *>(&addr);

	if (!addr.hi && bytes[10] == 0xff && bytes[11] == 0xff)
		return inet_ntop(AF_INET, bytes + 12, text, sizeof(text));
	return inet_ntop(AF_INET6, bytes, text, sizeof(text));
}

std::string number(mplink_u32 n)
{
	char text[16];

	std::snprintf(text, sizeof(text), n < 10 ? "%u" : "0x%X", n);
	return text;
}

} // namespace

bool parse(std::string_view view, mplink_addr &addr)
{
	const std::string text(view);
	unsigned char bytes[16] = {};

	if (text.size() != std::strlen(text.c_str()))
		return false;
	if (inet_pton(AF_INET, text.c_str(), bytes + 12) == 1)
		bytes[10] = bytes[11] = 0xff;
	else if (inet_pton(AF_INET6, text.c_str(), bytes) != 1)
		return false;
	std::memcpy(&addr, bytes, sizeof(bytes));
	return true;
}

mplink_addr addr(std::string_view text)
{
	mplink_addr addr = {};

	if (!parse(text, addr))
		complain("not an address");
	return addr;
}

std::vector<std::string> Owner::take_log()
{
	return std::exchange(log, {});
}

void set_time(mplink_u64 ms)
{
	now_us = ms * 1000;
}

void pass_time(mplink_u64 ms)
{
	now_us += ms * 1000;
}

void set_time_us(mplink_u64 us)
{
	now_us = us;
}

std::string objects_left()
{
	std::string text;
	mplink_object_counts counts;

	for (mplink_u32 i = 0; mplink_core_object_counts(i, &counts); i++)
		if (counts.created != counts.destroyed)
			text += std::string(counts.kind) + ": " + std::to_string(counts.created) +
				" created, " + std::to_string(counts.destroyed) + " destroyed; ";
	return text;
}

} // namespace fake

using namespace fake;

extern "C" {

void *mplink_alloc(mplink_size size)
{
	if (in_read_section())
		complain("allocates in a read section");
	return Memory::alloc(size);
}

void *mplink_alloc_now(mplink_size size)
{
	return Memory::alloc(size);
}

void mplink_free(void *p)
{
	Memory::free(p);
}

mplink_u32 mplink_nr_lanes(void)
{
	return nr_lanes;
}

mplink_u64 mplink_now_us(void)
{
	return now_us;
}

mplink_u64 mplink_clock_ns(void)
{
	return now_us * 1000;
}

mplink_u64 mplink_now_ms(void)
{
	return now_us / 1000;
}

void mplink_call_rcu(mplink_rcu *rcu, void (*free)(mplink_rcu *rcu))
{
	rcu_call(rcu, free);
}

void mplink_assert_rcu(void)
{
	if (!in_read_section())
		complain("not in a read section");
}

void mplink_assert_rtnl(void)
{
	if (!holds_rtnl())
		complain("RTNL is not held");
}

void mplink_report_nic(void *owner, const mplink_nic_report *report)
{
	const bool was = !report->was;
	const bool now_valid = !report->now;
	std::string line = report->nic;

	mplink_assert_rtnl();
	if (!owner_of(owner).keep)
		return;
	line += std::string(": ") + mplink_core_event_name(report->event) + " (" +
		number(report->event) + "): valid " + (was ? "1" : "0");
	if (was != now_valid) {
		line += now_valid ? " -> 1" : " -> 0";
		if (!now_valid)
			line += std::string(" (") + mplink_core_reason_name(report->now) + ")";
	}
	owner_of(owner).log.push_back(line);
}

void mplink_report_link(void *owner, const mplink_link_report *report)
{
	mplink_assert_rtnl();
	if (report->was == report->now)
		complain("reports a link that has not changed");
	// Reports come last: what they call finds the core's state complete.
	if (report->now == MPLINK_REASON_NONE && !owner_of(owner).carrier)
		complain("reports a valid link before the carrier is on");
	if (!owner_of(owner).keep)
		return;
	owner_of(owner).links.push_back(std::string(report->nic) + " to " + text_of(report->peer) +
					": " + mplink_core_reason_name(report->was) + " -> " +
					mplink_core_reason_name(report->now));
}

void mplink_report_flapping(void *owner, const mplink_link_report *report, mplink_u32 wait_ms)
{
	mplink_assert_rtnl();
	if (owner_of(owner).keep)
		owner_of(owner).flapping.push_back(std::string(report->nic) + " waits " +
						   std::to_string(wait_ms));
}

void mplink_report_unanswered(void *owner, const mplink_link_report *report, mplink_u32)
{
	mplink_assert_rtnl();
	if (owner_of(owner).keep)
		owner_of(owner).unanswered.push_back(report->nic);
}

void mplink_request_recheck(void *owner, mplink_u64 ms)
{
	mplink_u64 &at = owner_of(owner).recheck_ms;

	mplink_assert_rtnl();
	at = std::min(at, mplink_now_ms() + ms);
}

void mplink_request_lanes(void *owner)
{
	if (!in_read_section())
		complain("lanes are asked for by no packet");
	owner_of(owner).lanes_asked = true;
}

void mplink_report_not_attached(void *owner, const char *nic, const char *why)
{
	mplink_assert_rtnl();
	if (owner_of(owner).keep)
		owner_of(owner).not_attached.push_back(std::string(nic) + ": " + why);
}

void mplink_set_carrier(void *owner, int on)
{
	mplink_assert_rtnl();
	if (owner_of(owner).carrier == static_cast<bool>(on))
		complain("sets the carrier to what it is");
	owner_of(owner).carrier = on;
	owner_of(owner).carrier_changes++;
}

void mplink_request_refresh(void *owner)
{
	mplink_assert_rtnl();
	owner_of(owner).refreshes_asked++;
}

int mplink_parse_addr(const char *text, mplink_size len, mplink_addr *addr)
{
	return parse({text, len}, *addr) ? 0 : -22;
}

int mplink_is_loopback(const char *name, mplink_size len)
{
	return std::string_view(name, len) == "lo";
}

} // extern "C"
