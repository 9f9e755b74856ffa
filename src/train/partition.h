#pragma once
// Which examples of a job's sources make up its sets (lecture 1.1). Nothing here
// communicates; every rank finds the same.

#include <cstdint>
#include <span>

#include "config/job.h"
#include "data/source.h"
#include "data/split.h"

namespace lockstep {

// The sources that parts are split out of.
enum class SplitSource : std::uint32_t { train = 0, held_out = 1 };

// The parts that `job` takes out of that source, opened as `source`: the rest is
// the training set, or not used. `labels` are all of its labels (looked at when
// the split is stratified). Reads the groups when it is by group.
//
// Throws Error(usage) when the sizes asked for do not fit or the source has no
// groups to go by, and what split_stratified, split_by_group and read_groups
// throw.
Split split_source(const Job& job, SplitSource which, ExampleSource& source,
                   std::span<const float> labels);

// The sizes of those parts; does without the labels.
PartSizes split_sizes(const Job& job, SplitSource which, ExampleSource& source);

}  // namespace lockstep
