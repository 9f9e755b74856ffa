#pragma once
// Trials with their results, as rows for people and as objects for scripts. Pure functions.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json_text.h"
#include "config/sweep.h"
#include "sweep/termination.h"
#include "sweep/trials.h"

namespace lockstep {

// A header and a row for each of `rows`, in aligned columns; `with_ranks`: the first column is the
// place in `rows`, from 1.
std::string trial_table(const SweepConfig& sweep, const std::vector<Trial>& trials,
                        std::span<const RankedTrial> rows, bool with_ranks);

// Whether tables of trials need a column for the metric, besides those of error and cost.
constexpr bool has_own_column(Metric metric) { return facts_of(metric).number != nullptr; }

// The object of a trial; its rank is null if it has none yet.
Json trial_json(const SweepConfig& sweep, const Trial& trial, const RankedTrial& result,
                std::optional<std::size_t> rank);

}  // namespace lockstep
