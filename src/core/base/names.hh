// SPDX-License-Identifier: GPL-2.0
// From the words by which users know the numbers of include/uapi/mplink.h to the
// numbers; the other way is include/mplink/core.h's.
#pragma once
#include "mplink/types.h"

namespace mplink
{

// The number of that name, or -1.
int policy_parse(const char *text, mplink_size len);
int encap_parse(const char *text, mplink_size len);
int liveness_parse(const char *text, mplink_size len);

} // namespace mplink
