#pragma once
// Student's distribution: how far a mean of few numbers can be trusted.
//
// "Student" (W. S. Gosset), "The probable error of a mean", Biometrika 6 (1908).

#include <cstdint>
#include <span>

#include "base/binomial.h"

namespace lockstep {

// The t with which 95% of Student's distribution of `degrees` (at least 1) degrees of freedom is
// within +-t.
double student_95(std::uint64_t degrees);

double mean_of(std::span<const double> numbers);

// The interval in which the mean of the distribution of `numbers`, at least two, is likely to lie.
Interval mean_interval(std::span<const double> numbers);

}  // namespace lockstep
