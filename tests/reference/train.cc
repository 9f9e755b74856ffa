#include "reference/train.h"

#include <algorithm>
#include <span>

#include "reference/data.h"
#include "reference/gradient.h"
#include "reference/initial.h"
#include "reference/loss.h"
#include "reference/numbers.h"
#include "reference/optimizer.h"
#include "reference/schedule.h"

namespace reference {

// How many steps there are, and how many rows of each shard a step takes.
struct Lengths {
  std::size_t rows_per_shard;
  std::size_t steps_per_epoch;
  std::size_t steps;
};

static Lengths lengths_of(const Job& job, const std::vector<Numbers>& shards) {
  std::size_t largest = 0;
  for (const Numbers& shard : shards) largest = std::max(largest, shard.size());
  const std::size_t rows = job.batch_size / job.shards;
  const std::size_t per_epoch = (largest + rows - 1) / rows;
  return {rows, per_epoch, job.steps.value_or(job.epochs * per_epoch)};
}

// The examples that each shard contributes to a step (from 0).
static std::vector<Numbers> batch_of(const Job& job, const Data& data, const Lengths& lengths,
                                     std::size_t step) {
  std::vector<Numbers> batch;
  for (std::size_t s = 0; s < job.shards; ++s) {
    const Numbers order = order_of(job, step / lengths.steps_per_epoch, s, data.shards[s]);
    const std::size_t begin = (step % lengths.steps_per_epoch) * lengths.rows_per_shard;
    const std::span rest = std::span(order).subspan(std::min(begin, order.size()));
    const std::span rows = rest.first(std::min(lengths.rows_per_shard, rest.size()));
    batch.emplace_back(rows.begin(), rows.end());
  }
  return batch;
}

// A shard's part of a step.
struct ShardStep {
  Parameters gradient;
  double loss = 0.0;  // the sum over its rows
};

static ShardStep step_of_shard(const Job& job, const Data& data, const Parameters& weights,
                               std::size_t step, const Numbers& examples) {
  ShardStep result;
  std::vector<RowPass> rows;
  std::vector<Tensor> gradient_of_outputs;
  for (const std::size_t example : examples) {
    rows.push_back(
        forward(job, job.training_precision, weights, data.row(example), MaskKey{step, example}));
    const RowLoss row =
        times(data.weights[example], row_loss(job, rows.back().outputs, data.target(example)));
    gradient_of_outputs.push_back(row.gradient);
    result.loss += row.loss;
  }
  result.gradient = backward(job, weights, rows, std::move(gradient_of_outputs));
  return result;
}

// The losses of the batches since the last evaluation.
struct BatchLosses {
  std::vector<double> of_shards = {};
  std::size_t rows = 0;

  [[nodiscard]] double mean() const {
    double sum = 0.0;
    for (const double loss : of_shards) sum += loss;
    return sum / static_cast<double>(rows);
  }
};

// All that a run changes from step to step.
struct State {
  Parameters weights = {};
  Averages averages = {};
  BatchLosses losses = {};
  double learning_rate = 0.0;
  double gradient_norm = 0.0;
};

// The step after `step` others.
static void train_step(const Job& job, const Data& data, const Lengths& lengths, std::size_t step,
                       State& state) {
  std::vector<Parameters> gradients;
  std::size_t rows = 0;
  const std::vector<Numbers> batch = batch_of(job, data, lengths, step);
  for (std::size_t s = 0; s < batch.size(); ++s) {
    ShardStep of_shard = step_of_shard(job, data, state.weights, step, batch[s]);
    gradients.push_back(std::move(of_shard.gradient));
    state.losses.of_shards[s] += of_shard.loss;
    rows += batch[s].size();
  }
  state.losses.rows += rows;
  Parameters gradient = tree_sum(job.exchange_precision, gradients);
  state.gradient_norm = finish_gradient(job, state.weights, rows, data.sets.train.size(), gradient);
  state.learning_rate = job.optimizer.learning_rate *
                        schedule_factor(job.schedule, step, lengths.steps_per_epoch, lengths.steps);
  optimize(job, state.learning_rate, step + 1, gradient, state.averages, state.weights);
}

static Measures measure(const Job& job, const Data& data, const Parameters& weights,
                        const std::vector<Numbers>& train_lists) {
  Measures measures = {.train = evaluate(job, data, weights, train_lists),
                       .dev = evaluate(job, data, weights, {data.sets.dev}),
                       .penalty = penalty(job, weights, data.sets.train.size()),
                       .weights_norm = weights_norm(weights),
                       .weights_near_zero = weights_near_zero(weights)};
  measures.cost = measures.train.cost + (measures.penalty.l2 + measures.penalty.l1);
  return measures;
}

// The training examples that are evaluated during the run, by shard.
static std::vector<Numbers> sample_of(const Job& job, const Data& data) {
  std::vector<Numbers> sample = data.shards;
  if (job.sample == 0) return sample;
  const std::size_t each = (job.sample + job.shards - 1) / job.shards;
  for (Numbers& shard : sample) shard.resize(std::min(each, shard.size()));
  return sample;
}

// By how much an evaluation is better than another.
static double improvement(Metric metric, const Score& before, const Score& now) {
  if (metric == Metric::dev_cost) return before.cost - now.cost;
  return (static_cast<double>(before.wrong) - static_cast<double>(now.wrong)) /
         static_cast<double>(now.decisions);
}

// The best evaluation so far, and how many there were since.
struct Best {
  Score dev = {};
  std::size_t evaluations_since = 0;
  Parameters weights = {};  // none before the first evaluation

  void observe(const EarlyStopping& rule, const Score& now, const Parameters& current) {
    ++evaluations_since;
    if (weights.empty() || improvement(rule.metric, dev, now) > rule.min_improvement) {
      *this = {now, 0, current};
    }
  }
};

// Trains until the end of the run or until early stopping; leaves out the measures at the end.
static Result run(const Job& job, const Data& data) {
  const Lengths lengths = lengths_of(job, data.shards);
  const std::size_t interval = lengths.steps_per_epoch * job.evaluate_every_epochs;
  const BatchLosses no_losses = {.of_shards = std::vector<double>(job.shards, 0.0)};
  const std::vector<Numbers> sample = sample_of(job, data);
  State state = {.weights = initial_parameters(job, data.features), .losses = no_losses};
  state.averages = no_averages(state.weights);
  Result result;
  Best best;
  while (result.steps < lengths.steps) {
    train_step(job, data, lengths, result.steps, state);
    ++result.steps;
    if (result.steps % interval != 0 && result.steps != lengths.steps) continue;
    result.evaluations.push_back({.step = result.steps,
                                  .measures = measure(job, data, state.weights, sample),
                                  .batch_cost = state.losses.mean(),
                                  .learning_rate = state.learning_rate,
                                  .gradient_norm = state.gradient_norm});
    state.losses = no_losses;
    if (!job.early_stopping.has_value()) continue;
    best.observe(*job.early_stopping, result.evaluations.back().measures.dev, state.weights);
    if (best.evaluations_since >= job.early_stopping->patience) break;
  }
  result.weights = job.early_stopping.has_value() ? best.weights : state.weights;
  return result;
}

Result train(const Job& job, const Examples& examples) {
  const SubnormalsAreZero subnormals_are_zero;
  const Data data = prepare(job, examples);
  Result result = run(job, data);
  result.at_end = measure(job, data, result.weights, data.shards);
  return result;
}

}  // namespace reference
