#include "diagnose/job_descent.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/error.h"
#include "comm/agreement.h"
#include "diagnose/parameter_norms.h"
#include "diagnose/sample.h"
#include "linalg/vector_ops.h"
#include "model/build.h"
#include "nn/regularizer.h"

namespace lockstep {
namespace {

// The job as the check uses it.
Job plain_job(const Job& job) {
  Job plain = job;
  plain.data.augmentation = std::nullopt;
  plain.training.batch_size = std::nullopt;
  plain.optimizer = GradientDescent{1};  // rates are set step by step
  plain.schedule = {0, ConstantFactor{}};
  plain.clipping = std::nullopt;
  return plain;
}

// The penalty l / (2 n) on n examples then equals that on all m.
void scale_penalties(Job& job, double factor) {
  const auto scale = [&](LayerPenalty& penalty) {
    penalty.l2_lambda *= factor;
    penalty.l1_lambda *= factor;
  };
  for (LayerConfig& layer : job.network.hidden) scale(layer.penalty);
  scale(job.network.output.penalty);
}

void keep_sample(Dataset& data, std::uint32_t seed, std::uint64_t examples) {
  data.shard_rows = sample_rows(data, seed, examples);
  data.geometry = full_batch(examples, data.geometry.shards);
}

}  // namespace

std::optional<double> descent_learning_rate(const Optimizer& optimizer) {
  if (averages_squares(optimizer)) return std::nullopt;
  return base_learning_rate(optimizer);
}

JobDescent::JobDescent(const Job& job, const Communicator& comm, const Layout& layout,
                       JobDescentOptions options)
    : comm_(comm),
      options_(std::move(options)),
      job_(plain_job(job)),
      data_(load_dataset(job_, comm, layout)),
      train_examples_(data_.geometry.train_examples),
      network_(build_network(job_.network, data_.features)),
      start_(job_, comm, data_, network_.spec()) {
  if (options_.examples > 0 && options_.examples < train_examples_) {
    keep_sample(data_, job_.seed, options_.examples);
    scale_penalties(job_,
                    static_cast<double>(options_.examples) / static_cast<double>(train_examples_));
  }
  engine_ = std::make_unique<StepEngine<double>>(job_, comm, layout, data_, network_,
                                                 /*dropout=*/false);
  restart();
}

void JobDescent::restart() {
  if (comm_.is_root()) start_.set(engine_->weights());
  comm_.broadcast(engine_->weights());
}

double JobDescent::cost() {
  engine_->set_losses({});
  // Always uses step 0: full batches differ only in their order.
  (void)engine_->sum_gradients(0, 0);  // J also shows the returned fact, that a loss is not finite
  if (comm_.any(options_.stop_requested() ? 1 : 0) != 0) {
    agree(comm_, [] { throw Error(ExitCode::interrupted, "interrupted"); });
  }
  LossSums sums;
  for (const LossSums& shard : comm_.gather(std::span<const LossSums>(engine_->own_losses()))) {
    sums += shard;
  }
  double cost = sums.loss / static_cast<double>(examples()) +
                engine_->regularizer().penalty(std::as_const(*engine_).weights()).sum();
  comm_.broadcast(cost);
  return cost;
}

double JobDescent::hold() {
  held_weights_.assign(engine_->weights().begin(), engine_->weights().end());
  engine_->reduce_gradient(0);
  gradient_.assign(engine_->owned_gradient().begin(), engine_->owned_gradient().end());
  for (const Range& range : frozen_ranges(job_.network, network_.parameter_table())) {
    std::fill_n(gradient_.begin() + static_cast<std::ptrdiff_t>(range.begin), range.size(), 0.0);
  }
  return squared_norm();
}

double JobDescent::squared_norm() {
  const std::vector<double> whole =
      collect_pieces(engine_->exchange(), std::span<const double>(gradient_), comm_);
  double squares = sum_of_squares(std::span<const double>(whole));
  comm_.broadcast(squares);
  return squares;
}

void JobDescent::move(double rate) {
  std::ranges::copy(held_weights_, engine_->weights().begin());
  engine_->optimizer().update(engine_->pool(), {rate, 1}, engine_->weights(), gradient_);
  engine_->exchange().share_weights(engine_->pool());
}

}  // namespace lockstep
