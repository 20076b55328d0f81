// SPDX-License-Identifier: GPL-2.0
// Splits a parameter's text into parts.
#pragma once
#include "mplink/types.h"

namespace mplink
{

struct Text {
	const char *p;
	mplink_u32 len;

	bool is(const char *other) const
	{
		return __builtin_strlen(other) == len && !__builtin_memcmp(p, other, len);
	}
};

inline Text whole(const char *s)
{
	return {s, static_cast<mplink_u32>(__builtin_strlen(s))};
}

// False: not a number from least to most.
inline bool parse_number(Text text, mplink_u32 least, mplink_u32 most, mplink_u32 &number)
{
	mplink_u64 n = 0;

	for (mplink_u32 i = 0; i < text.len; i++) {
		if (text.p[i] < '0' || text.p[i] > '9' || n > most)
			return false;
		n = n * 10 + static_cast<mplink_u32>(text.p[i] - '0');
	}
	number = static_cast<mplink_u32>(n);
	return text.len && n >= least && n <= most;
}

// Walks over a comma-separated list.  "a," has two items; the second one is empty.
class Items
{
public:
	explicit Items(const char *list) : p_(list)
	{
	}
	bool next(Text &item)
	{
		if (!p_)
			return false;
		item.p = p_;
		while (*p_ && *p_ != ',')
			p_++;
		item.len = static_cast<mplink_u32>(p_ - item.p);
		p_ = *p_ ? p_ + 1 : nullptr;
		return true;
	}

private:
	const char *p_;
};

} // namespace mplink
