#pragma once
// What a person should know about the folds of a job before they are trained.

#include <cstdint>
#include <optional>
#include <string>

#include "config/job.h"

namespace lockstep {

// A line that begins with "caution: " if classes of a stratified job have fewer examples in
// data.train than there are folds: some folds then have none of them to test. Reads the labels.
// Throws as checked_labels() does. Local.
std::optional<std::string> caution_of_small_classes(const Job& job, std::uint32_t folds);

}  // namespace lockstep
