#pragma once
// Fields of a job's optimizer, for --set.

#include <string>

namespace lockstep {

// The text "optimizer.KIND.learning_rate=RATE".
std::string learning_rate_line(const Optimizer& optimizer, double rate);

}  // namespace lockstep
