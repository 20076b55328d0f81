// SPDX-License-Identifier: GPL-2.0
// How the fake platform say that the core broke a rule of platform.h.
#pragma once

namespace fake
{

// Aborts, unless a test runner has put something gentler in its place.
using Complaint = void (*)(const char *what);
void on_complaint(Complaint complaint);

void complain(const char *what);

} // namespace fake
