#include "base/binomial.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "numerics/functions.h"

namespace lockstep {

double simultaneous_z(std::uint64_t comparisons) {
  check(comparisons > 0, "there is at least one comparison");
  const double outside =
      numerics::erfc(kNormal95 / std::sqrt(2)) / static_cast<double>(comparisons);
  // erfc decreases; at 40 it is below the smallest double.
  double low = 0;
  double high = 40;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (numerics::erfc(middle / std::sqrt(2)) > outside ? low : high) = middle;
  }
  return high;
}

Interval wilson_interval(double errors, std::uint64_t n, double z) {
  if (n == 0) return {};
  const auto count = static_cast<double>(n);
  const double p = errors / count;
  const double centre = (errors + z * z / 2) / (count + z * z);
  const double half = wilson_half_width(p, n, z);
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

Interval difference_interval(double first_errors, std::uint64_t first_n, double second_errors,
                             std::uint64_t second_n, double z) {
  check(first_n > 0 && second_n > 0, "each fraction is counted on at least one example");
  const double first = first_errors / static_cast<double>(first_n);
  const double second = second_errors / static_cast<double>(second_n);
  const Interval of_first = wilson_interval(first_errors, first_n, z);
  const Interval of_second = wilson_interval(second_errors, second_n, z);
  return {second - first - numerics::hypot(of_first.high - first, second - of_second.low),
          second - first + numerics::hypot(first - of_first.low, of_second.high - second)};
}

Interval paired_difference_interval(const PairedCounts& counts, double z) {
  check(counts.n > 0 && counts.both + counts.first_only + counts.second_only <= counts.n,
        "the fractions are counted on at least one example");
  const auto n = static_cast<double>(counts.n);
  const auto both = static_cast<double>(counts.both);
  const double first_wrong = both + static_cast<double>(counts.first_only);
  const double second_wrong = both + static_cast<double>(counts.second_only);
  const double neither = n - first_wrong - static_cast<double>(counts.second_only);
  // The correlation of the two, with a correction for continuity where it is positive.
  const double margins = first_wrong * (n - first_wrong) * second_wrong * (n - second_wrong);
  const double cross = both * neither - static_cast<double>(counts.first_only) *
                                            static_cast<double>(counts.second_only);
  const double corrected = cross > 0 ? std::max(cross - n / 2, 0.0) : cross;
  const double correlation = margins > 0 ? corrected / std::sqrt(margins) : 0;
  const double first = first_wrong / n;
  const double second = second_wrong / n;
  const Interval of_first = wilson_interval(first_wrong, counts.n, z);
  const Interval of_second = wilson_interval(second_wrong, counts.n, z);
  const auto distance = [&](double a, double b) {
    return std::sqrt(std::max(0.0, a * a - 2 * correlation * a * b + b * b));
  };
  return {second - first - distance(of_first.high - first, second - of_second.low),
          second - first + distance(first - of_first.low, of_second.high - second)};
}

double wilson_half_width(double p, std::uint64_t n, double z) {
  const auto count = static_cast<double>(n);
  return z * std::sqrt(p * (1 - p) * count + z * z / 4) / (count + z * z);
}

std::uint64_t examples_for_half_width(double p, double half_width, double z) {
  check(half_width > 0, "a half width is above 0");
  // half_width^2 (n + z^2)^2 = z^2 (p (1 - p) n + z^2 / 4), solved for n.
  const double a = half_width * half_width;
  const double b = z * z * (2 * a - p * (1 - p));
  const double c = z * z * z * z * (a - 0.25);
  if (c >= 0 && b >= 0) return 1;
  const double root = (-b + std::sqrt(std::max(0.0, b * b - 4 * a * c))) / (2 * a);
  // Rounding may leave the root off by one.
  auto n = static_cast<std::uint64_t>(std::clamp(std::ceil(root) - 1, 1.0, 1e18));
  while (n < 1'000'000'000'000'000'000U && wilson_half_width(p, n, z) > half_width) ++n;
  return n;
}

}  // namespace lockstep
