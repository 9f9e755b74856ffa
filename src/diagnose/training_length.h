#pragma once
// How long a job trains, and twice of that.

#include <string>
#include <vector>

#include "config/job.h"

namespace lockstep {

struct TrainingLength {
  std::string text;                // "60 epochs"
  std::vector<std::string> lines;  // for --set
};

TrainingLength twice_as_long(const TrainingConfig& training);

}  // namespace lockstep
