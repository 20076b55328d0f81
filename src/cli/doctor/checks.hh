// SPDX-License-Identifier: GPL-2.0
// The checks: each looks for one kind of fault in the facts, and changes and asks nothing.  A check
// finds nothing unless the kernel's own state shows the fault.
#pragma once
#include "doctor/facts.hh"
#include "doctor/finding.hh"

namespace mplink::cli
{

Findings check_module(const Facts &facts);
Findings check_devices(const Facts &facts);
Findings check_nics(const Facts &facts);
Findings check_links(const Facts &facts);
Findings check_silent_peers(const Facts &facts);
Findings check_sessions(const Facts &facts);
Findings check_peer_routes(const Facts &facts);
Findings check_mtu(const Facts &facts);
Findings check_reverse_path(const Facts &facts);
Findings check_one_subnet(const Facts &facts);
Findings check_firewall(const Facts &facts);
Findings check_drops(const Facts &facts);
Findings check_slow_links(const Facts &facts);
Findings check_send_buffer(const Facts &facts);

// All of them.
Diagnosis diagnose(const Facts &facts);

} // namespace mplink::cli
