/* SPDX-License-Identifier: GPL-2.0 */
/* The cases written in C. */
#ifndef MPLINK_KUNIT_SUITES_H
#define MPLINK_KUNIT_SUITES_H

struct kunit;

void mplink_kunit_parse(struct kunit *test);
void mplink_kunit_no_address(struct kunit *test);
void mplink_kunit_memory(struct kunit *test);
void mplink_kunit_loopback(struct kunit *test);
void mplink_kunit_path_inet(struct kunit *test);
void mplink_kunit_path_inet6(struct kunit *test);
void mplink_kunit_path_none(struct kunit *test);

#endif
