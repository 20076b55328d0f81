// SPDX-License-Identifier: GPL-2.0
// The errno values that the core returns, negated, across the boundary.
#pragma once

namespace mplink
{

constexpr int enomem = 12;
constexpr int eexist = 17;
constexpr int einval = 22;
constexpr int enospc = 28;

} // namespace mplink
