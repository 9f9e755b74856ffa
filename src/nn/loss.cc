#include "nn/loss.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <type_traits>

#include "base/check.h"
#include "nn/softmax.h"
#include "numerics/functions.h"
#include "numerics/lanes.h"

namespace lockstep {
namespace {

template <typename T>
std::size_t largest(std::span<const T> row) {
  return static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
}

// The target of unit o: the label of the unit, or one-hot for a class number.
template <typename T>
T target_of(std::span<const float> label, std::size_t units, std::size_t o) {
  if (label.size() == units) return static_cast<T>(label[o]);
  return static_cast<std::size_t>(label[0]) == o ? T(1) : T(0);
}

// The targets of the units from o on, as many as a pack has values.
template <typename Pack>
Pack targets_of(std::span<const float> label, std::size_t units, std::size_t o) {
  if constexpr (std::is_same_v<Pack, numerics::Lanes>) {
    std::array<float, numerics::Lanes::kCount> targets = {};
    for (std::size_t i = 0; i < targets.size(); ++i) {
      targets[i] = target_of<float>(label, units, o + i);
    }
    return Pack(targets);
  } else {
    return target_of<Pack>(label, units, o);
  }
}

// Each row function reads `z` and returns the row's sums. If `dz` is not empty, it overwrites `dz`
// (possibly the memory of z) with the gradient.

template <typename T>
LossSums softmax_row(std::span<const T> z, std::span<const float> label, std::span<T> dz) {
  const auto target = static_cast<std::size_t>(label[0]);
  const T target_z = z[target];
  const SoftmaxRow<T> row = softmax(z, dz);
  if (!dz.empty()) dz[target] -= T(1);
  return {static_cast<double>(numerics::log(row.total)) + static_cast<double>(row.top - target_z),
          row.best == target ? 0U : 1U, 1};
}

template <typename T>
LossSums logistic_row(std::span<const T> z, std::span<const float> label, std::span<T> dz) {
  LossSums sums;
  const bool one_of_many = label.size() == 1 && z.size() > 1;
  if (one_of_many) sums.wrong = largest(z) == static_cast<std::size_t>(label[0]) ? 0 : 1;
  sums.decisions = one_of_many ? 1 : z.size();
  for (std::size_t o = 0; o < z.size() && !one_of_many; ++o) {
    if ((z[o] > T(0)) != (target_of<T>(label, z.size(), o) > T(0.5))) ++sums.wrong;
  }
  numerics::for_each_pack<T>(z.size(), [&]<typename Pack>(std::size_t o) {
    const Pack zero(0);
    const Pack one(1);
    const Pack target = targets_of<Pack>(label, z.size(), o);
    const Pack value = numerics::load<Pack>(z.data() + o);
    const Pack e = numerics::exp(-numerics::abs(value));
    const Pack losses = numerics::max(value, zero) - value * target + numerics::log1p(e);
    sums.loss = numerics::plus(sums.loss, losses);
    if (dz.empty()) return;
    numerics::store(numerics::select(value >= zero, one, e) / (one + e) - target, dz.data() + o);
  });
  return sums;
}

// The loss and gradient of one difference d = prediction - target, by `of(d)`.
template <typename T, typename Of>
LossSums values_row(std::span<const T> z, std::span<const float> label, std::span<T> dz, Of&& of) {
  LossSums sums;
  for (std::size_t o = 0; o < z.size(); ++o) {
    const T d = z[o] - target_of<T>(label, z.size(), o);
    const auto [loss, slope] = of(d);
    sums.loss += loss;
    if (!dz.empty()) dz[o] = slope;
  }
  return sums;
}

template <typename T>
struct LossOfDifference {
  double loss;
  T slope;
};

template <typename T>
LossOfDifference<T> squared_error(T d) {
  return {0.5 * static_cast<double>(d) * static_cast<double>(d), d};
}

template <typename T>
LossOfDifference<T> absolute_error(T d) {
  const T slope = d > T(0) ? T(1) : d < T(0) ? T(-1) : T(0);
  return {std::abs(static_cast<double>(d)), slope};
}

template <typename T>
LossOfDifference<T> huber(T d, double delta) {
  const double size = std::abs(static_cast<double>(d));
  if (!(size > delta)) return squared_error(d);
  return {delta * (size - 0.5 * delta), static_cast<T>(d > T(0) ? delta : -delta)};
}

template <typename T>
void scale(float weight, LossSums& row, std::span<T> dz) {
  row.loss *= static_cast<double>(weight);
  for (T& slope : dz) slope *= static_cast<T>(weight);
}

template <typename T>
LossSums row_loss(const NetworkSpec& network, std::span<const T> z, std::span<const float> label,
                  std::span<T> dz) {
  switch (network.loss) {
    case Loss::softmax_cross_entropy:
      return softmax_row(z, label, dz);
    case Loss::logistic:
      return logistic_row(z, label, dz);
    case Loss::squared_error:
      return values_row(z, label, dz, squared_error<T>);
    case Loss::absolute_error:
      return values_row(z, label, dz, absolute_error<T>);
    case Loss::huber:
      return values_row(z, label, dz, [&](T d) { return huber(d, network.huber_delta); });
  }
  check(false, "every loss has a row function");
  return {};
}

}  // namespace

template <typename T>
LossSums evaluate_loss(const NetworkSpec& network, Matrix<const T> logits,
                       Matrix<const float> labels, Matrix<T> gradient,
                       std::span<const float> weights) {
  check(labels.rows == logits.rows && (labels.columns == 1 || labels.columns == logits.columns),
        "labels fit the logits");
  check(weights.empty() || weights.size() == logits.rows, "a weight for each row");
  LossSums sums;
  for (std::uint64_t r = 0; r < logits.rows; ++r) {
    const std::span<T> dz = gradient.data == nullptr ? std::span<T>() : gradient.row(r);
    LossSums row = row_loss(network, logits.row(r), labels.row(r), dz);
    if (!weights.empty()) scale(weights[r], row, dz);
    sums += row;
  }
  return sums;
}

template LossSums evaluate_loss(const NetworkSpec&, Matrix<const float>, Matrix<const float>,
                                Matrix<float>, std::span<const float>);
template LossSums evaluate_loss(const NetworkSpec&, Matrix<const double>, Matrix<const float>,
                                Matrix<double>, std::span<const float>);

}  // namespace lockstep
