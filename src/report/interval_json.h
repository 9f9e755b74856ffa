#pragma once
// An interval in the JSON files of runs.

#include <optional>

#include "base/binomial.h"
#include "base/json_text.h"

namespace lockstep {

// [low, high]; null if absent.
inline Json interval_json(const std::optional<Interval>& interval) {
  return interval ? Json::array({interval->low, interval->high}) : Json(nullptr);
}

}  // namespace lockstep
