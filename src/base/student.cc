#include "base/student.h"

#include <array>
#include <cmath>

#include "base/check.h"

namespace lockstep {
namespace {

constexpr std::array<double, 30> kFewDegrees = {
    12.7062047, 4.3026527, 3.1824463, 2.7764451, 2.5705818, 2.4469118, 2.3646243, 2.3060041,
    2.2621572,  2.2281389, 2.2009852, 2.1788128, 2.1603687, 2.1447867, 2.1314495, 2.1199053,
    2.1098156,  2.1009220, 2.0930241, 2.0859634, 2.0796138, 2.0738731, 2.0686576, 2.0638986,
    2.0595386,  2.0555294, 2.0518305, 2.0484071, 2.0452296, 2.0422725};

}  // namespace

double student_95(std::uint64_t degrees) {
  check(degrees > 0, "there is a degree of freedom");
  if (degrees <= kFewDegrees.size()) return kFewDegrees[degrees - 1];
  // Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.7.5.
  const double n = static_cast<double>(degrees);
  const double z = kNormal95;
  const double z2 = z * z;
  const double g1 = (z2 + 1) * z / 4;
  const double g2 = ((5 * z2 + 16) * z2 + 3) * z / 96;
  const double g3 = (((3 * z2 + 19) * z2 + 17) * z2 - 15) * z / 384;
  const double g4 = ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) * z / 92160;
  return z + (g1 + (g2 + (g3 + g4 / n) / n) / n) / n;
}

double mean_of(std::span<const double> numbers) {
  double sum = 0;
  for (const double number : numbers) sum += number;
  return sum / static_cast<double>(numbers.size());
}

Interval mean_interval(std::span<const double> numbers) {
  check(numbers.size() > 1, "a spread needs two numbers");
  const double mean = mean_of(numbers);
  double squares = 0;
  for (const double number : numbers) squares += (number - mean) * (number - mean);
  const auto n = static_cast<double>(numbers.size());
  const double half = student_95(numbers.size() - 1) * std::sqrt(squares / (n - 1) / n);
  return {mean - half, mean + half};
}

}  // namespace lockstep
