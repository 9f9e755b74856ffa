#pragma once
// How much a fraction counted on n examples can be trusted: the error of a
// model on a dev or test set (lecture 1.1).
//
// The score interval: E. B. Wilson, "Probable inference, the law of succession,
// and statistical inference", J. Am. Stat. Assoc. 22 (1927). Unlike the normal
// approximation it holds for few examples and for fractions near 0 or 1.

#include <cstdint>

namespace lockstep {

constexpr double kNormal95 = 1.959964;  // 95% of a normal distribution is within +-z

// The z with which all of `comparisons` (at least 1) intervals hold at once with 95%
// confidence, by Bonferroni's bound: z of 1 - 0.05 / comparisons; kNormal95 for one.
double simultaneous_z(std::uint64_t comparisons);

struct Interval {
  double low = 0;
  double high = 1;
};

// The interval in which a normally distributed value is likely to lie.
constexpr Interval interval_around(double value, double standard_error) {
  return {value - kNormal95 * standard_error, value + kNormal95 * standard_error};
}

// The interval, within [0, 1], in which the true fraction of errors is likely to lie after
// `errors` on n examples, 0 <= errors <= n. It is [0, 1] for no examples.
Interval wilson_interval(double errors, std::uint64_t n, double z = kNormal95);

// The interval, within [-1, 1], in which the true difference `second` - `first` of two
// fractions is likely to lie, each counted on its own sample. R. G. Newcombe, "Interval
// estimation for the difference between independent proportions", Statistics in
// Medicine 17 (1998), method 10, from two Wilson intervals. Both n are above 0.
Interval difference_interval(double first_errors, std::uint64_t first_n, double second_errors,
                             std::uint64_t second_n, double z = kNormal95);

// Errors of two networks on the same n examples.
struct PairedCounts {
  std::uint64_t both = 0;
  std::uint64_t first_only = 0;
  std::uint64_t second_only = 0;
  std::uint64_t n = 0;
};

// The interval in which the true difference `second` - `first` of their fractions is likely
// to lie; n is above 0. It is narrower than for independent samples, because examples that
// both get wrong do not add to the uncertainty. R. G. Newcombe, "Improved confidence
// intervals for the difference between binomial proportions based on paired data",
// Statistics in Medicine 17 (1998), method 10.
Interval paired_difference_interval(const PairedCounts& counts, double z = kNormal95);

// Half the width of a Wilson interval when a fraction p of n examples is wrong.
// It decreases with n.
double wilson_half_width(double p, std::uint64_t n, double z = kNormal95);

// The smallest n whose half width at p is at most `half_width`, which is above 0.
std::uint64_t examples_for_half_width(double p, double half_width, double z = kNormal95);

}  // namespace lockstep
