#pragma once
// Examples of the training set with equal features and different labels: any network is wrong on
// some of them.

#include <cstdint>
#include <optional>

#include "comm/communicator.h"
#include "data/examples.h"

namespace lockstep {

// Collective. The least number of training examples that every function of the features gets
// wrong: among examples with equal features, all that do not have their most frequent label. `own`
// are the examples of this rank, `total` is the number on all ranks. The result is on rank 0 and
// the same at every layout; it is 0 on other ranks. None when examples have several labels.
std::optional<std::uint64_t> least_wrong_answers(const Examples& own, std::uint64_t total,
                                                 const Communicator& comm);

// Collective. The same, as a fraction of all examples.
std::optional<double> error_floor(const Examples& own, std::uint64_t total,
                                  const Communicator& comm);

}  // namespace lockstep
