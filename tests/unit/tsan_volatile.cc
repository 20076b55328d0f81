// SPDX-License-Identifier: GPL-2.0
// What TSan is to make of read_once() and write_once().  As in KCSAN they are
// marked accesses, no data races; and a marked load orders what is read through
// it, the way an address dependency does in the kernel's memory model.
#include <cstdint>

extern "C" {

// Called by the compiler in place of instrumentation.  NOLINTBEGIN: the names are its.
#define MPLINK_MARKED(size, type)                                                                  \
	void __tsan_volatile_read##size(void *p)                                                   \
	{                                                                                          \
		(void)__atomic_load_n(static_cast<type *>(p), __ATOMIC_ACQUIRE);                   \
	}                                                                                          \
	void __tsan_unaligned_volatile_read##size(void *)                                          \
	{                                                                                          \
	}                                                                                          \
	void __tsan_volatile_write##size(void *)                                                   \
	{                                                                                          \
	}                                                                                          \
	void __tsan_unaligned_volatile_write##size(void *)                                         \
	{                                                                                          \
	}

MPLINK_MARKED(1, std::uint8_t)
MPLINK_MARKED(2, std::uint16_t)
MPLINK_MARKED(4, std::uint32_t)
MPLINK_MARKED(8, std::uint64_t)
// NOLINTEND

} // extern "C"
