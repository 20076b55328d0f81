// SPDX-License-Identifier: GPL-2.0
// Finds the numbers of include/uapi/mplink.h by the names that users write.  For the other
// direction see include/mplink/core.h.
#pragma once
#include "mplink/types.h"

namespace mplink
{

// The number of that name, or -1.
int policy_parse(const char *text, mplink_size len);
int encap_parse(const char *text, mplink_size len);
int liveness_parse(const char *text, mplink_size len);
int equalize_parse(const char *text, mplink_size len);
int duplicate_parse(const char *text, mplink_size len);

// The end of the message about a text that is no policy's name: "is none of ...".
const char *why_no_policy();

// Name i of the list, or "?" beyond its end.
template <mplink_size n>
constexpr const char *name_in(const char *const (&names)[n], mplink_u32 i)
{
	return i < n ? names[i] : "?";
}

// The place of the name in the list, or -1.
template <mplink_size n>
constexpr int find_in(const char *const (&names)[n], const char *text, mplink_size len)
{
	for (mplink_u32 i = 0; i < n; i++)
		if (__builtin_strlen(names[i]) == len && !__builtin_memcmp(names[i], text, len))
			return static_cast<int>(i);
	return -1;
}

} // namespace mplink
