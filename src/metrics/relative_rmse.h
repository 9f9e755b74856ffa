#pragma once
// RMSE in the unit in which bias and variance of regression are compared.

#include <cstdint>
#include <optional>
#include <span>

#include "metrics/set_metrics.h"
#include "records/value_errors.h"

namespace lockstep {

// `deviations`: of each target. The standard error is the deviation over 400 keyed bootstrap
// samples (Efron 1979) of the examples, or of 4096 groups of them where there are more. Targets
// that are the same in every example are left out, as in R2. None if that leaves none, and unless
// every prediction is finite. Pure.
std::optional<RelativeRmse> relative_rmse(const Predictions& predictions,
                                          std::span<const double> deviations, std::uint32_t seed);

}  // namespace lockstep
