#pragma once
// Counts the training examples of each class, with a caution if a class has none: it can never be
// learnt, and most often a label or the split is wrong. There is also a caution if there are about
// as many classes as examples.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "config/job.h"
#include "data/examples.h"

namespace lockstep {

// Collective. counts[k] is the number of examples of all ranks whose label is class k, the same on
// all ranks. Empty if labels are not classes: values, or several labels for an example. `own`: a
// rank's training examples, with labels that suit `output`.
std::vector<std::uint64_t> count_classes(const Communicator& comm, const OutputConfig& output,
                                         const Examples& own);

// A caution that names the classes without an example, or reports that classes look like values.
// `names`: by class, or empty. Pure.
std::optional<std::string> caution_of_class_counts(std::span<const std::uint64_t> counts,
                                                   std::span<const std::string> names);

}  // namespace lockstep
