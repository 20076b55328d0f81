// SPDX-License-Identifier: GPL-2.0
// Chooses the link for a packet.
#pragma once
#include "link_table.hh"

namespace mplink
{

struct Choice {
	mplink_u32 link;  // into the table; its size if no link works
	bool rescheduled; // the first choice had died since the table was published
};

// By the table's policy.  Constant in the peers, logarithmic in the peer's
// links (a match or two for three links), linear only while a link is dead and
// no event has told of it yet.
[[nodiscard]] Choice choose(const LinkTable &table, const mplink_tx &tx);

// The first live link from i on, or the table's size.
[[nodiscard]] mplink_u32 next_alive(const LinkTable &table, mplink_u32 i);

} // namespace mplink
