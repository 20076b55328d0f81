// SPDX-License-Identifier: GPL-2.0
// A peer's flow buckets as the kernel has them: each is made when its first packet comes.
#pragma once
#include <array>

#include "mplink/measure.h"
#include "mplink/platform.h"
#include "mplink/tunnel.h"

namespace fake
{

class FlowBuckets
{
public:
	explicit FlowBuckets(mplink_resequencer *resequencer) : resequencer_(resequencer)
	{
	}
	FlowBuckets(const FlowBuckets &) = delete;
	FlowBuckets &operator=(const FlowBuckets &) = delete;
	~FlowBuckets()
	{
		for (mplink_flow_bucket *bucket : made_)
			if (bucket) {
				mplink_core_bucket_end(bucket);
				mplink_free(bucket);
			}
		mplink_core_resequencer_free(resequencer_);
	}

	// Null: memory is short.
	mplink_flow_bucket *at(mplink_u32 i)
	{
		mplink_flow_bucket *&bucket = made_.at(i);

		if (!bucket) {
			void *memory = mplink_alloc_now(mplink_core_bucket_size());

			if (memory)
				bucket = mplink_core_bucket_make(resequencer_, memory);
		}
		return bucket;
	}
	void mark(mplink_u32 link, mplink_u64 sent_us, mplink_u32 replay_ms, mplink_u64 now_us)
	{
		const mplink_mark mark = {.link = 0,
					  .replay_ms = static_cast<mplink_u16>(replay_ms),
					  .seq = 0,
					  .sent_us = sent_us,
					  .packets = ++marks_,
					  .bytes = 0};

		mplink_core_resequencer_mark(resequencer_, link, &mark, now_us);
	}
	mplink_resequencer_counters counters() const
	{
		mplink_resequencer_counters sum;

		mplink_core_resequencer_counters(resequencer_, &sum);
		for (const mplink_flow_bucket *bucket : made_)
			if (bucket)
				mplink_core_bucket_counters(bucket, &sum);
		return sum;
	}

private:
	mplink_u64 marks_ = 0;
	mplink_resequencer *resequencer_;
	std::array<mplink_flow_bucket *, MPLINK_FLOW_BUCKETS> made_ = {};
};

} // namespace fake
