#include "reference/loss.h"

#include <algorithm>
#include <cmath>

#include "reference/functions.h"

namespace reference {

static RowLoss softmax(std::span<const float> z, std::size_t target) {
  const auto largest = std::max_element(z.begin(), z.end());
  std::vector<float> e;
  float s = 0.0F;
  for (const float output : z) {
    e.push_back(exp(output - *largest));
    s += e.back();
  }
  RowLoss row;
  for (std::size_t o = 0; o < z.size(); ++o) {
    row.gradient.push_back(e[o] / s - (o == target ? 1.0F : 0.0F));
  }
  row.loss = static_cast<double>(log(s)) + static_cast<double>(*largest - z[target]);
  row.wrong = static_cast<std::size_t>(largest - z.begin()) == target ? 0 : 1;
  return row;
}

static RowLoss logistic(std::span<const float> z, std::span<const float> y) {
  RowLoss row;
  for (std::size_t o = 0; o < z.size(); ++o) {
    const float e = exp(-std::abs(z[o]));
    row.gradient.push_back((z[o] >= 0.0F ? 1.0F : e) / (1.0F + e) - y[o]);
    row.loss += static_cast<double>(std::max(z[o], 0.0F) - z[o] * y[o] + log1p(e));
    if ((z[o] > 0.0F) != (y[o] > 0.5F)) ++row.wrong;
  }
  return row;
}

static RowLoss squared_error(std::span<const float> z, std::span<const float> y) {
  RowLoss row;
  for (std::size_t o = 0; o < z.size(); ++o) {
    const float d = z[o] - y[o];
    row.gradient.push_back(d);
    row.loss += 0.5 * static_cast<double>(d) * static_cast<double>(d);
  }
  return row;
}

static RowLoss absolute_error(std::span<const float> z, std::span<const float> y) {
  RowLoss row;
  for (std::size_t o = 0; o < z.size(); ++o) {
    const float d = z[o] - y[o];
    row.gradient.push_back(static_cast<float>((d > 0.0F) - (d < 0.0F)));
    row.loss += static_cast<double>(std::abs(d));
  }
  return row;
}

static RowLoss huber(std::span<const float> z, std::span<const float> y, double delta) {
  RowLoss row;
  for (std::size_t o = 0; o < z.size(); ++o) {
    const double d = static_cast<double>(z[o] - y[o]);
    row.gradient.push_back(static_cast<float>(std::clamp(d, -delta, delta)));
    row.loss += std::abs(d) <= delta ? 0.5 * d * d : delta * (std::abs(d) - 0.5 * delta);
  }
  return row;
}

RowLoss row_loss(const Job& job, std::span<const float> z, std::span<const float> target) {
  switch (job.loss) {
    case Loss::softmax:
      return softmax(z, static_cast<std::size_t>(target[0]));
    case Loss::logistic:
      return logistic(z, target);
    case Loss::squared_error:
      return squared_error(z, target);
    case Loss::absolute_error:
      return absolute_error(z, target);
    case Loss::huber:
      return huber(z, target, job.huber_delta);
  }
  return {};
}

RowLoss times(float weight, RowLoss row) {
  row.loss *= static_cast<double>(weight);
  for (float& slope : row.gradient) slope *= weight;
  return row;
}

}  // namespace reference
