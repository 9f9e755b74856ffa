#pragma once
// Examples of the training set with equal features and different labels: whatever a
// network answers, it is wrong on some of them.

#include <cstdint>
#include <optional>

#include "comm/communicator.h"
#include "data/examples.h"

namespace lockstep {

// Collective. How many training examples every function of the features gets wrong at
// least: of examples with equal features all but those with their most frequent label.
// `own` are those of this rank, `total` those of all. The result is on rank 0 and the
// same at every layout; 0 on the others. None when examples have several labels.
std::optional<std::uint64_t> least_wrong_answers(const Examples& own, std::uint64_t total,
                                                 const Communicator& comm);

// Collective. The same as a fraction of all.
std::optional<double> error_floor(const Examples& own, std::uint64_t total,
                                  const Communicator& comm);

}  // namespace lockstep
