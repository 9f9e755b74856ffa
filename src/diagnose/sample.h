#pragma once
// A fixed sample of the training examples, for measuring a network.

#include <cstdint>
#include <vector>

#include "sets/dataset.h"

namespace lockstep {

// Rows of data.train for each own shard: the examples that come first in the shard's first epoch,
// `examples` in all (or all there are). They are a random sample, whatever the order of the files,
// and belong to the first batch. A pure function of data and seed, the same at every layout. Does
// not communicate.
std::vector<std::vector<std::uint32_t>> sample_rows(const Dataset& data, std::uint32_t seed,
                                                    std::uint64_t examples);

}  // namespace lockstep
