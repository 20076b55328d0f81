// SPDX-License-Identifier: GPL-2.0
// The errno values that the core returns to C, negated.
#pragma once

namespace mplink
{

inline constexpr int enoent = 2;
inline constexpr int enomem = 12;
inline constexpr int ebusy = 16;
inline constexpr int eexist = 17;
inline constexpr int einval = 22;
inline constexpr int enospc = 28;

} // namespace mplink
