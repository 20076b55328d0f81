// SPDX-License-Identifier: GPL-2.0
// include/mplink/platform.h in user space: virtual time, and a record of what
// the core told the user.  Memory, RCU and devices have files of their own.
#pragma once
#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include "mplink/core.h"

namespace fake
{

constexpr mplink_u32 nr_lanes = 4;

// An address from its text; a bad one is a mistake of the test's.
mplink_addr addr(std::string_view text);
bool parse(std::string_view text, mplink_addr &addr);

// What the owner of one virtual NIC was told.
class Owner
{
public:
	// Log lines without the "mplink: mpl0: " before them.
	std::vector<std::string> log;
	// "eth1 to 10.99.0.2: no-carrier -> none"
	std::vector<std::string> links;
	std::vector<std::string> not_attached;
	bool carrier = false;
	unsigned carrier_changes = 0;
	unsigned refreshes_asked = 0;
	std::atomic<bool> lanes_asked = false; // by packets, on any thread
	// When the core wants to be asked again, and what flaps.
	mplink_u64 recheck_ms = MPLINK_NEVER;
	std::vector<std::string> flapping;
	// The NICs of links that BFD was never answered on.
	std::vector<std::string> unanswered;

	// A stress test has no use for a million lines.
	bool keep = true;

	std::vector<std::string> take_log();
};

void set_time(mplink_u64 ms);
void pass_time(mplink_u64 ms);
void set_time_us(mplink_u64 us);

// Lists the objects that were made and not destroyed.  Empty if there are none.
std::string objects_left();

} // namespace fake
