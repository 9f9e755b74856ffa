#include "data/teacher.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "base/check.h"
#include "numerics/functions.h"

namespace lockstep {
namespace {

std::vector<double> random_weights(const TeacherSpec& spec, std::uint32_t layer,
                                   std::uint32_t outputs, std::uint32_t inputs) {
  const RandomKey key{spec.seed, Purpose::synthetic_teacher};
  const double deviation = spec.gain / std::sqrt(static_cast<double>(inputs));
  std::vector<double> weights(std::size_t{outputs} * inputs);
  for (std::uint32_t o = 0; o < outputs; ++o) {
    for (std::uint32_t i = 0; i < inputs; ++i) {
      weights[std::size_t{o} * inputs + i] = deviation * random_normals(key, {layer, o, i, 0})[0];
    }
  }
  return weights;
}

}  // namespace

Teacher::Teacher(const TeacherSpec& spec) : spec_(spec) {
  check(spec.features > 0 && spec.units > 0 && spec.classes > 1, "a teacher has units");
  std::uint32_t inputs = spec.features;
  for (std::uint32_t layer = 0; layer < spec.layers; ++layer) {
    weights_.push_back(random_weights(spec, layer, spec.units, inputs));
    inputs = spec.units;
  }
  weights_.push_back(random_weights(spec, spec.layers, spec.classes, inputs));
}

std::uint32_t Teacher::make(const SyntheticPoint& point, std::span<float> features) const {
  std::vector<double> values(spec_.features);
  for (std::uint32_t j = 0; j < spec_.features; j += 2) {
    const auto normals = point_normals(point, PointDraw::place, j / 2);
    for (std::uint32_t k = j; k < std::min(j + 2, spec_.features); ++k) {
      // Rounded to float, so that the teacher labels exactly what the student sees.
      values[k] = static_cast<float>(normals[k - j]);
    }
  }
  if (!features.empty()) {
    std::ranges::transform(values, features.begin(),
                           [](double v) { return static_cast<float>(v); });
  }
  for (std::size_t layer = 0; layer < weights_.size(); ++layer) {
    const std::vector<double>& weights = weights_[layer];
    std::vector<double> outputs(weights.size() / values.size());
    for (std::size_t o = 0; o < outputs.size(); ++o) {
      double sum = 0;
      for (std::size_t i = 0; i < values.size(); ++i)
        sum += weights[o * values.size() + i] * values[i];
      outputs[o] = layer + 1 < weights_.size() ? numerics::tanh(sum) : sum;
    }
    values = std::move(outputs);
  }
  return static_cast<std::uint32_t>(std::ranges::max_element(values) - values.begin());
}

}  // namespace lockstep
