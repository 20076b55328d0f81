// SPDX-License-Identifier: GPL-2.0
#include "complain.hh"

#include <cstdio>
#include <cstdlib>

namespace fake
{

namespace
{

void fall(const char *what)
{
	std::fprintf(stderr, "platform: %s\n", what);
	std::abort();
}

Complaint current = fall;

} // namespace

void on_complaint(Complaint complaint)
{
	current = complaint;
}

void complain(const char *what)
{
	current(what);
}

} // namespace fake
