#include "reference/optimizer.h"

#include <cmath>

#include "reference/functions.h"
#include "reference/gradient.h"
#include "reference/numbers.h"

namespace reference {

Averages no_averages(const Parameters& parameters) {
  Parameters zero;
  for (const Tensor& tensor : parameters) zero.emplace_back(tensor.size(), 0.0F);
  return {zero, zero, zero};
}

// One weight, with the gradient and the averages that belong to it.
struct Place {
  float& w;
  float g;
  float& m;
  float& v;
};

static void momentum(const OptimizerConstants& c, float alpha, Place p) {
  const auto beta = static_cast<float>(c.beta);
  const auto rest = static_cast<float>(1.0 - c.beta);
  p.m = beta * p.m + rest * p.g;
  p.w = p.w - alpha * (c.kind == Optimizer::nesterov ? beta * p.m + rest * p.g : p.m);
}

static void rmsprop(const OptimizerConstants& c, float alpha, Place p) {
  const auto rest = static_cast<float>(1.0 - c.beta);
  p.v = static_cast<float>(c.beta) * p.v + (rest * p.g) * p.g;
  p.w = p.w - (alpha * p.g) / (std::sqrt(p.v) + static_cast<float>(c.epsilon));
}

static void adam(const OptimizerConstants& c, double alpha, double t, Place p) {
  const auto rest1 = static_cast<float>(1.0 - c.beta1);
  const auto rest2 = static_cast<float>(1.0 - c.beta2);
  p.m = static_cast<float>(c.beta1) * p.m + rest1 * p.g;
  p.v = static_cast<float>(c.beta2) * p.v + (rest2 * p.g) * p.g;
  const auto rate = static_cast<float>(alpha / (1.0 - pow(c.beta1, t)));
  const auto inverse = static_cast<float>(1.0 / std::sqrt(1.0 - pow(c.beta2, t)));
  p.w = p.w - (rate * p.m) / (std::sqrt(p.v) * inverse + static_cast<float>(c.epsilon));
}

static void update(const OptimizerConstants& c, double alpha, double t, Place p) {
  switch (c.kind) {
    case Optimizer::gradient_descent:
      p.w = p.w - static_cast<float>(alpha) * p.g;
      break;
    case Optimizer::momentum:
    case Optimizer::nesterov:
      momentum(c, static_cast<float>(alpha), p);
      break;
    case Optimizer::rmsprop:
      rmsprop(c, static_cast<float>(alpha), p);
      break;
    case Optimizer::adam:
    case Optimizer::adamw:
      adam(c, alpha, t, p);
      break;
  }
}

void optimize(const Job& job, double alpha, std::size_t t, const Parameters& gradient,
              Averages& averages, Parameters& weights) {
  const OptimizerConstants& c = job.optimizer;
  const auto remaining = static_cast<float>(1.0 - alpha * c.weight_decay);
  for (std::size_t tensor = 0; tensor < weights.size(); ++tensor) {
    const bool decays = c.kind == Optimizer::adamw && is_penalized(job, tensor);
    for (std::size_t i = 0; i < weights[tensor].size(); ++i) {
      const float before = weights[tensor][i];
      float w = before;
      float& residual = averages.residual[tensor][i];
      if (job.exchange_precision == Precision::bfloat16) w = w + residual;
      if (decays) w = w * remaining;
      update(c, alpha, static_cast<double>(t),
             {w, gradient[tensor][i], averages.first[tensor][i], averages.second[tensor][i]});
      if (job.exchange_precision == Precision::bfloat16) {
        const float change = w - before;
        residual = change - round_to_bfloat16(change);
        w = before + round_to_bfloat16(change);
      }
      weights[tensor][i] = w;
    }
  }
}

}  // namespace reference
