#pragma once
// A fixed sample of the training examples, for looking at a network.

#include <cstdint>
#include <vector>

#include "train/dataset.h"

namespace lockstep {

// Rows of data.train for each own shard: of every shard the examples that come
// first in its first epoch, `examples` in all (or all there are). So they are a
// random sample, whatever the order of the files, and those of the first batch.
// A pure function of data and seed, whatever the layout. Does not communicate.
std::vector<std::vector<std::uint32_t>> sample_rows(const Dataset& data, std::uint32_t seed,
                                                    std::uint64_t examples);

}  // namespace lockstep
