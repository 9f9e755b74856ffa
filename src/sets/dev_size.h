#pragma once
// Checks whether the dev set is large enough for the differences that are decided on it (lecture
// 1.1). An improvement can be detected when it is no smaller than half the 95% interval of the
// dev error (base/binomial.h).

#include <cstdint>
#include <string>
#include <vector>

#include "config/job.h"

namespace lockstep {

// The dev error that is assumed before one has been measured.
constexpr double kAssumedDevError = 0.1;

// The smallest improvement of the dev error that matters for the job's decisions.
double decided_improvement(const Job& job);

// One warning, with a sufficient size, when `dev_examples` are too few at this dev error; none
// without a dev set, or when the loss has no errors.
std::vector<std::string> warnings_of_dev_size(const Job& job, double dev_error,
                                              std::uint64_t dev_examples);

}  // namespace lockstep
