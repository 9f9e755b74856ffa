#include "diagnose/faulty_gradient.h"

#include <algorithm>
#include <cmath>

#include "base/helper_pool.h"
#include "base/worker_pool.h"
#include "comm/gradient_exchange.h"
#include "comm/owned_values.h"
#include "comm/shard_assignment.h"
#include "model/build.h"
#include "nn/activations.h"
#include "nn/dense_network.h"
#include "nn/regularizer.h"
#include "train/pass_loader.h"

namespace lockstep {
namespace {

using Vector = std::vector<double>;

double value_of(Activation activation, double z) {
  switch (activation) {
    case Activation::sigmoid:
      return 1 / (1 + std::exp(-z));
    case Activation::tanh:
      return std::tanh(z);
    case Activation::relu:
      return std::max(z, 0.0);
    case Activation::leaky_relu:
      return std::max(z, LeakyReluRow::kSlope * z);
    default:
      return z;
  }
}

double slope_of(Activation activation, double z) {
  const double a = value_of(activation, z);
  switch (activation) {
    case Activation::sigmoid:
      return a * (1 - a);
    case Activation::tanh:
      return 1 - a * a;
    case Activation::relu:
      return z > 0 ? 1 : 0;
    case Activation::leaky_relu:
      return z > 0 ? 1 : LeakyReluRow::kSlope;
    default:
      return 1;
  }
}

// Adds the gradient of one example's loss to `sum`.
void add_example(const Network<double>& network, std::span<const double> weights,
                 std::span<const double> input, std::size_t label, const Faults& faults,
                 std::span<double> sum) {
  const NetworkSpec& spec = network.spec();
  const ParameterTable& table = network.parameter_table();
  const std::size_t layers = spec.layers.size();
  std::vector<Vector> a = {Vector(input.begin(), input.end())};
  std::vector<Vector> z = {{}};
  for (std::size_t l = 1; l <= layers; ++l) {
    const auto w = tensor_view(weight_of(table, l - 1), weights);
    z.emplace_back();
    a.emplace_back();
    for (std::uint64_t o = 0; o < w.rows; ++o) {
      double sum_o = weights[bias_of(table, l - 1).offset + o];
      for (std::uint64_t i = 0; i < w.columns; ++i) sum_o += w.row(o)[i] * a[l - 1][i];
      z[l].push_back(sum_o);
      a[l].push_back(value_of(spec.layers[l - 1].epilogue.activation, sum_o));
    }
  }
  // Softmax and cross-entropy: dz = probabilities minus the one-hot label.
  Vector dz = a[layers];
  const double largest = *std::ranges::max_element(dz);
  double total = 0;
  for (double& value : dz) total += value = std::exp(value - largest);
  for (double& value : dz) value /= total;
  dz[label] -= 1;

  for (std::size_t l = layers; l >= 1; --l) {
    const ParameterTensor& weight = weight_of(table, l - 1);
    const auto w = tensor_view(weight, weights);
    for (std::uint64_t o = 0; o < w.rows; ++o) {
      sum[bias_of(table, l - 1).offset + o] += dz[o];
      for (std::uint64_t i = 0; i < w.columns; ++i) {
        const bool transposed = faults.transposed_gradient == l;
        const std::uint64_t place = transposed ? i * w.columns + o : o * w.columns + i;
        sum[weight.offset + place] += dz[o] * a[l - 1][i];
      }
    }
    if (l == 1) break;
    Vector below(w.columns);
    for (std::uint64_t i = 0; i < w.columns; ++i) {
      for (std::uint64_t o = 0; o < w.rows; ++o) {
        below[i] += (faults.transposed_weight == l ? w.row(i)[o] : w.row(o)[i]) * dz[o];
      }
      if (faults.wrong_slope_of != l - 1) {
        below[i] *= slope_of(spec.layers[l - 2].epilogue.activation, z[l - 1][i]);
      }
    }
    dz = below;
  }
}

}  // namespace

std::vector<double> faulty_gradient(const Job& job, const Dataset& data,
                                    const Network<double>& network, const Communicator& comm,
                                    const Layout& layout, std::span<const double> weights,
                                    const Faults& faults) {
  const std::uint64_t shards = job.training.shards;
  const std::vector<WorkerPlan> plans =
      plan_workers(even_assignment(shards, static_cast<std::uint64_t>(layout.ranks)), shards);
  const WorkerPlan& plan = plans[static_cast<std::size_t>(comm.rank())];

  const auto ownership = Ownership::with_bucket_bytes(weights.size(), 4096, 8, comm.size());
  GradientExchange<double> exchange(comm, ownership, plans, shards, comm.host_leader());
  const std::vector<std::span<double>> buffers = exchange.buffers();

  HelperPool nobody(0);
  PassLoader<double> loader(data, plan.shards, job.seed, nobody, 1);
  PhaseClock clock;
  Vector inputs(rows_of_a_pass(data.geometry, 1) * data.features);
  for (std::size_t leaf = 0; leaf < plan.leaves.size(); ++leaf) {
    const std::uint64_t shard = plan.shards.begin + leaf;
    const std::span<double> sum = buffers[plan.leaves[leaf].buffer];
    std::ranges::fill(sum, 0.0);
    for (const Pass& pass : passes_of_step(data.geometry, {shard, shard + 1}, 0)) {
      if (faults.left_out == shard) continue;
      const Matrix<double> rows{inputs.data(), pass.rows(), data.features};
      loader.load(pass, std::nullopt, rows, clock);
      for (std::uint64_t row = 0; row < rows.rows; ++row) {
        const auto label = static_cast<std::size_t>(loader.labels().row(row)[0]);
        add_example(network, weights, rows.row(row), label, faults, sum);
      }
    }
    for (const Addition& addition : plan.leaves[leaf].additions) {
      for (std::size_t i = 0; i < weights.size(); ++i) {
        buffers[addition.into][i] += buffers[addition.from][i];
      }
    }
  }

  const Regularizer regularizer(build_regularization(job), network.parameter_table(),
                                data.geometry.train_examples);
  const double rows = faults.no_division ? 1 : static_cast<double>(batch_rows(data.geometry, 0));
  WorkerPool pool(1);
  Vector owned;
  exchange.reduce(pool, [&](Range range, std::span<double> gradient) {
    const auto here = weights.subspan(range.begin, range.size());
    Vector penalty(range.size());
    regularizer.add_gradient<double>(range, here, penalty);
    for (std::size_t i = 0; i < penalty.size(); ++i) {
      const bool is_meant =
          !faults.only_penalty_of ||
          network.parameter_table().layers[*faults.only_penalty_of - 1].contains(range.begin + i);
      const double times = is_meant ? faults.penalty_times : 1;
      owned.push_back(gradient[i] / rows + times * penalty[i]);
    }
  });
  return collect_owned<double>(comm, ownership, owned);
}

}  // namespace lockstep
