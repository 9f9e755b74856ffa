#pragma once
// Decides which examples of a job's sources belong to which set (lecture 1.1). Nothing here
// communicates; every rank gets the same result.

#include <cstdint>
#include <span>

#include "config/job.h"
#include "data/source.h"
#include "data/split.h"

namespace lockstep {

// The sources from which parts are split off.
enum class SplitSource : std::uint32_t { train = 0, held_out = 1 };

// Whether the job takes any part from that source.
bool takes_parts(const DataConfig& data, SplitSource which);

// The parts that `job` takes from that source, opened as `source`; the rest is the training set,
// or is not used. `labels` are all of its labels (needed when the split is stratified), `copies`
// the groups of copies among all of its examples (needed when the split is by content; if empty,
// they are read from the source, which must have no other reader). Reads the groups when the split
// is by group.
//
// Throws Error(usage) when the requested sizes do not fit or when the source has no groups
// although the split is by group, and the errors of split_stratified, split_by_group and
// read_groups.
Split split_source(const Job& job, SplitSource which, ExampleSource& source,
                   std::span<const float> labels, std::span<const std::uint64_t> copies = {});

// The sizes of those parts, computed without the labels.
PartSizes split_sizes(const Job& job, SplitSource which, ExampleSource& source);

}  // namespace lockstep
