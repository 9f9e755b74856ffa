#pragma once
// How many training examples there are of each class, and a caution where there are
// none: what is never seen is never learnt, and most often a label or a split is wrong.
// Likewise where there are about as many classes as examples.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "config/job.h"
#include "data/examples.h"

namespace lockstep {

// Collective. counts[k]: the examples of all ranks whose label is class k; the same on
// all ranks. Empty where labels are no classes: values, or several for an example.
// `own`: a rank's training examples, with labels that suit `output`.
std::vector<std::uint64_t> count_classes(const Communicator& comm, const OutputConfig& output,
                                         const Examples& own);

// A caution that names the classes without an example, or says that classes look like
// values; `names`: by class, or empty. Pure.
std::optional<std::string> caution_of_class_counts(std::span<const std::uint64_t> counts,
                                                   std::span<const std::string> names);

}  // namespace lockstep
