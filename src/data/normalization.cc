#include "data/normalization.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/check.h"

namespace lockstep {
namespace {

// Calls add(x, row of values as a span) for each of `rows`, in order.
template <typename Add>
void for_each_row(const Examples& examples, std::span<const std::uint32_t> rows, Add&& add) {
  visit_values(examples.type, examples.values, [&](auto values) {
    for (const std::uint32_t row : rows) {
      check(row < examples.size(), "rows are below the number of examples");
      add(values.subspan(row * examples.features, examples.features));
    }
  });
}

}  // namespace

std::vector<double> feature_sums(const Examples& examples, std::span<const std::uint32_t> rows) {
  std::vector<double> sums(examples.features, 0.0);
  for_each_row(examples, rows, [&](auto x) {
    for (std::size_t j = 0; j < sums.size(); ++j) {
      sums[j] += static_cast<double>(static_cast<float>(x[j]));
    }
  });
  return sums;
}

std::vector<double> centred_square_sums(const Examples& examples,
                                        std::span<const std::uint32_t> rows,
                                        std::span<const double> mean) {
  check(mean.size() == examples.features, "one mean for each feature");
  std::vector<double> sums(examples.features, 0.0);
  for_each_row(examples, rows, [&](auto x) {
    for (std::size_t j = 0; j < sums.size(); ++j) {
      const double centred = static_cast<double>(static_cast<float>(x[j])) - mean[j];
      sums[j] += centred * centred;
    }
  });
  return sums;
}

std::vector<double> pooled(std::span<const double> values, std::uint64_t group) {
  check(group >= 1 && values.size() % group == 0, "groups of equal size");
  std::vector<double> averages;
  averages.reserve(values.size());
  for (std::size_t begin = 0; begin < values.size(); begin += group) {
    const auto of_group = values.subspan(begin, group);
    const double sum = std::accumulate(of_group.begin(), of_group.end(), 0.0);
    averages.insert(averages.end(), group, sum / static_cast<double>(group));
  }
  return averages;
}

Normalizer standardizer(std::span<const double> mean, std::span<const double> variance) {
  check(mean.size() == variance.size(), "a mean and a variance for each feature");
  Normalizer normalizer;
  for (std::size_t j = 0; j < mean.size(); ++j) {
    const double inverse = 1.0 / std::sqrt(variance[j]);
    const bool constant = !(inverse <= std::numeric_limits<float>::max());
    normalizer.mean.push_back(static_cast<float>(mean[j]));
    normalizer.inverse_deviation.push_back(constant ? 0.0F : static_cast<float>(inverse));
  }
  return normalizer;
}

void keep_constant_features(Normalizer& normalizer) {
  std::ranges::replace(normalizer.inverse_deviation, 0.0F, 1.0F);
}

Normalizer scaler(std::uint64_t features, double divisor) {
  check(std::isfinite(divisor) && divisor != 0, "the divisor is finite and not 0");
  return {.mean = std::vector<float>(features, 0.0F),
          .inverse_deviation = std::vector<float>(features, static_cast<float>(1.0 / divisor)),
          .clip = 0};
}

RobustWidth robust_width(std::vector<float> values) {
  check(!values.empty(), "quantiles are of some values");
  std::ranges::sort(values);
  const auto quantile = [&](double share) {
    const double place = share * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const double low = values[below];
    const double high = values[std::min(below + 1, values.size() - 1)];
    return low + (place - static_cast<double>(below)) * (high - low);
  };
  const double spread = quantile(0.75) - quantile(0.25);
  const double range = static_cast<double>(values.back()) - values.front();
  const double inverse = spread > 0 ? 1.0 / spread : range > 0 ? 2.0 / range : 0.0;
  const bool constant = !(inverse <= std::numeric_limits<float>::max());
  return {.centre = static_cast<float>(quantile(0.5)),
          .inverse = constant ? 0.0F : static_cast<float>(inverse)};
}

}  // namespace lockstep
