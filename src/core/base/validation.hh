// SPDX-License-Identifier: GPL-2.0
// Checks names and addresses, for the module and for the command.  Each function returns null
// if the value is good, else the end of a message that begins with the value.
#pragma once
#include "base/addr.hh"

namespace mplink
{

// For the name of a NIC: the kernel must accept it.
const char *why_no_nic_name(const char *name, mplink_size len);
// For a peer's virtual address.
const char *why_no_peer(const mplink_addr &addr);
// For the source address of packets to that remote.
const char *why_no_local(const mplink_addr &local, const mplink_addr &remote);
// For an address of that peer on a NIC.
const char *why_no_remote(const mplink_addr &remote, const mplink_addr &peer);

} // namespace mplink
