#pragma once
// How much a fraction counted on n examples can be trusted: the error of a
// model on a dev or test set (lecture 1.1).
//
// The score interval: E. B. Wilson, "Probable inference, the law of succession,
// and statistical inference", J. Am. Stat. Assoc. 22 (1927). Unlike the normal
// approximation it holds for few examples and for fractions near 0 or 1.

#include <cstdint>

namespace lockstep {

constexpr double kNormal95 = 1.959964;  // 95 % of a normal distribution is within +-z

// The z with which `comparisons` (at least 1) intervals all hold together with 95 %, by
// Bonferroni's bound: z of 1 - 0.05 / comparisons; kNormal95 for one.
double simultaneous_z(std::uint64_t comparisons);

struct Interval {
  double low = 0;
  double high = 1;
};

// Where the true fraction of errors is likely to be after `errors` on n
// examples, 0 <= errors <= n; within [0, 1]. Of no examples: [0, 1].
Interval wilson_interval(double errors, std::uint64_t n, double z = kNormal95);

// Where the true difference `second` - `first` of two fractions is likely to be,
// each counted on a sample of its own; within [-1, 1]. R. G. Newcombe, "Interval
// estimation for the difference between independent proportions", Statistics in
// Medicine 17 (1998), method 10, from two Wilson intervals. Both n are above 0.
Interval difference_interval(double first_errors, std::uint64_t first_n, double second_errors,
                             std::uint64_t second_n, double z = kNormal95);

// What two networks get wrong of the same n examples.
struct PairedCounts {
  std::uint64_t both = 0;
  std::uint64_t first_only = 0;
  std::uint64_t second_only = 0;
  std::uint64_t n = 0;
};

// Where the true difference `second` - `first` of their fractions is likely to be; n above
// 0. Narrower than for samples of their own, since what both get wrong says nothing of the
// difference. R. G. Newcombe, "Improved confidence intervals for the difference between
// binomial proportions based on paired data", Statistics in Medicine 17 (1998), method 10.
Interval paired_difference_interval(const PairedCounts& counts, double z = kNormal95);

// Half the width of a Wilson interval when a fraction p of n examples is wrong.
// Falls with n.
double wilson_half_width(double p, std::uint64_t n, double z = kNormal95);

// The smallest n whose half width at p is at most `half_width`, above 0.
std::uint64_t examples_for_half_width(double p, double half_width, double z = kNormal95);

}  // namespace lockstep
