// SPDX-License-Identifier: GPL-2.0
#include "base/validation.hh"

namespace mplink
{

const char *why_no_nic_name(const char *name, mplink_size len)
{
	if (!len)
		return "is empty";
	if (len >= MPLINK_NAME_LEN)
		return "is too long: 15 characters at most";
	if (name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')))
		return "is not a valid NIC name";
	for (mplink_size i = 0; i < len; i++) {
		const char c = name[i];

		// The kernel refuses names with what it takes for a space, including Latin-1's.
		if (c == '/' || c == ':' || c == '%' || c == ' ' || c == '\xa0' ||
		    (c >= '\t' && c <= '\r'))
			return "is not a valid NIC name";
	}
	return nullptr;
}

const char *why_no_peer(const mplink_addr &addr)
{
	if (!unicast(addr))
		return "is not the address of a host";
	if (family(addr) == Family::inet6_local)
		return "is link-local; a virtual address must not belong to one link";
	return nullptr;
}

const char *why_no_remote(const mplink_addr &remote, const mplink_addr &peer)
{
	if (!unicast(remote))
		return "is not the address of a host";
	if (remote == peer)
		return "is the peer's virtual address; name its address on the NIC";
	return nullptr;
}

const char *why_no_local(const mplink_addr &local, const mplink_addr &remote)
{
	if (!unicast(local))
		return "is not the address of a host";
	if ((family(local) == Family::inet) != (family(remote) == Family::inet))
		return "is of another family than the remote";
	if (local == remote)
		return "is the remote itself";
	return nullptr;
}

} // namespace mplink
