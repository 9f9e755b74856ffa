#pragma once
// The length of a job's training, and twice that length.

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
