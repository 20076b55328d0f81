// SPDX-License-Identifier: GPL-2.0
// The names of the policies.  The command links this file, too.
#include "base/names.hh"
#include "mplink/core.h"
#include "policy/policies.hh"

namespace mplink
{

namespace
{

constexpr mplink_size names_size()
{
	mplink_size size = 0;

	for (const char *name : Policies::names)
		size += __builtin_strlen(name) + 2;
	return size;
}

constexpr char none_of[] = "is none of ";
constexpr mplink_size prefix = sizeof(none_of) - 1;

struct Text {
	char text[prefix + names_size()];
};

// "is none of a, b, c"
consteval Text list_names()
{
	Text list = {};
	char *out = list.text;

	for (const char *p = none_of; *p; p++)
		*out++ = *p;
	for (const char *name : Policies::names) {
		if (out != list.text + prefix) {
			*out++ = ',';
			*out++ = ' ';
		}
		while (*name)
			*out++ = *name++;
	}
	return list;
}

constexpr Text is_none_of = list_names();

} // namespace

int policy_parse(const char *text, mplink_size len)
{
	return find_in(Policies::names, text, len);
}

const char *why_no_policy()
{
	return is_none_of.text;
}

} // namespace mplink

using namespace mplink;

extern "C" {

const char *mplink_core_policy_name(mplink_u32 policy)
{
	return name_in(Policies::names, policy);
}

const char *mplink_core_policy_names(void)
{
	return is_none_of.text + prefix;
}

} // extern "C"
