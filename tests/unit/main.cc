// SPDX-License-Identifier: GPL-2.0
// gtest's main, with the platform's complaints as test failures.
#include <gtest/gtest.h>

#include "complain.hh"

int main(int argc, char **argv)
{
	testing::InitGoogleTest(&argc, argv);
	fake::on_complaint([](const char *what) { ADD_FAILURE() << what; });
	return RUN_ALL_TESTS();
}
