// SPDX-License-Identifier: GPL-2.0
// The words by which users know the numbers of include/uapi/mplink.h.
#pragma once
#include "mplink/types.h"

namespace mplink
{

const char *reason_name(mplink_u32 reason);
const char *policy_name(mplink_u32 policy);
const char *encap_name(mplink_u32 encap);
const char *drop_name(mplink_u32 drop);
const char *event_name(mplink_u32 event);

// The number of that name, or -1.
int policy_parse(const char *text, mplink_size len);
int encap_parse(const char *text, mplink_size len);

} // namespace mplink
