#include "reference/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "reference/functions.h"

namespace reference {

// The nearest whole number where x is one within rounding, otherwise x.
static double whole_within_rounding(double x) {
  const double nearest = std::round(x);
  return std::abs(x - nearest) <= 0x1p-50 * nearest ? nearest : x;
}

double schedule_factor(const ScheduleConstants& schedule, std::size_t k, std::size_t per_epoch,
                       std::size_t steps) {
  const auto n = static_cast<double>(per_epoch);
  const double r = schedule.warmup_epochs * n;
  const double warmup = std::ceil(whole_within_rounding(r));
  const auto step = static_cast<double>(k);
  if (step < warmup) return std::min(1.0, (step + 1.0) / r);
  const double j = step - warmup;
  switch (schedule.kind) {
    case Schedule::constant:
      return 1.0;
    case Schedule::step:
      return pow(schedule.factor,
                 std::floor(whole_within_rounding(j / (n * schedule.every_epochs))));
    case Schedule::exponential:
      return pow(schedule.factor_per_epoch, j / n);
    case Schedule::cosine: {
      const double f = schedule.final_factor;
      const double m = static_cast<double>(steps) - warmup;
      return f + (1.0 - f) * (0.5 * (1.0 + cos(std::numbers::pi * std::min(1.0, j / m))));
    }
  }
  return 1.0;
}

}  // namespace reference
