#pragma once
// Fields of the optimizer that a job has, for --set.

#include <string>

#include "config/job.h"

namespace lockstep {

// "optimizer.KIND.learning_rate=RATE"
std::string learning_rate_line(const Optimizer& optimizer, double rate);

}  // namespace lockstep
