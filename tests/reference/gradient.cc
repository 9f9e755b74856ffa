#include "reference/gradient.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "reference/numbers.h"

namespace reference {

bool is_penalized(const Job& job, std::size_t tensor) {
  return tensor % 2 == 0 || job.penalized_biases;
}

static Parameters rounded(Precision precision, Parameters sum) {
  if (precision == Precision::float32) return sum;
  for (Tensor& tensor : sum) {
    for (float& g : tensor) g = round_to_bfloat16(g);
  }
  return sum;
}

// The node that covers the leaves first ... first + span - 1, as far as they exist.
static Parameters node(Precision precision, const std::vector<Parameters>& leaves,
                       std::size_t first, std::size_t span) {
  if (span == 1) return rounded(precision, leaves[first]);
  Parameters sum = node(precision, leaves, first, span / 2);
  if (first + span / 2 >= leaves.size()) return sum;
  const Parameters right = node(precision, leaves, first + span / 2, span / 2);
  for (std::size_t t = 0; t < sum.size(); ++t) {
    for (std::size_t i = 0; i < sum[t].size(); ++i) sum[t][i] = sum[t][i] + right[t][i];
  }
  return rounded(precision, sum);
}

Parameters tree_sum(Precision precision, const std::vector<Parameters>& shards) {
  std::size_t span = 1;
  while (span < shards.size()) span *= 2;
  return node(precision, shards, 0, span);
}

static void add_penalties(const Layer& layer, std::size_t n, const Tensor& w, Tensor& g) {
  const auto examples = static_cast<double>(n);
  const auto l2 = static_cast<float>(layer.l2_lambda / examples);
  const auto l1 = static_cast<float>(layer.l1_lambda / (2.0 * examples));
  for (std::size_t i = 0; i < g.size(); ++i) {
    if (layer.l2_lambda != 0) g[i] = g[i] + l2 * w[i];
    if (layer.l1_lambda != 0) {
      const float signed_l1 = w[i] < 0.0F ? -l1 : 0.0F;
      g[i] = g[i] + (w[i] > 0.0F ? l1 : signed_l1);
    }
  }
}

// The norm of all gradients as one flat vector, by blocks of 1,024.
static double norm_of(const Parameters& gradient) {
  constexpr std::size_t kBlock = 1024;
  Tensor flat;
  for (const Tensor& tensor : gradient) flat.insert(flat.end(), tensor.begin(), tensor.end());
  double sum = 0.0;
  for (std::size_t first = 0; first < flat.size(); first += kBlock) {
    const std::size_t length = std::min(kBlock, flat.size() - first);
    sum += sum_of_squares_in_lanes(std::span(flat).subspan(first, length));
  }
  return std::sqrt(sum);
}

static void scale(float factor, Parameters& gradient) {
  for (Tensor& tensor : gradient) {
    for (float& g : tensor) g = g * factor;
  }
}

double finish_gradient(const Job& job, const Parameters& weights, std::size_t rows, std::size_t n,
                       Parameters& gradient) {
  scale(static_cast<float>(1.0 / static_cast<double>(rows)), gradient);
  for (std::size_t t = 0; t < gradient.size(); ++t) {
    if (is_penalized(job, t)) add_penalties(job.layers[t / 2], n, weights[t], gradient[t]);
  }
  if (!job.max_norm.has_value()) return 0.0;
  const double norm = norm_of(gradient);
  if (norm > *job.max_norm) scale(static_cast<float>(*job.max_norm / norm), gradient);
  return norm;
}

}  // namespace reference
