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

static Parameters shard_gradient(const Job& job, const Data& data, const Parameters& weights,
                                 std::size_t step, const Numbers& examples) {
  std::vector<RowPass> rows;
  std::vector<Tensor> gradient_of_outputs;
  for (const std::size_t example : examples) {
    rows.push_back(forward(job, weights, data.row(example), MaskKey{step, example}));
    gradient_of_outputs.push_back(
        row_loss(job.loss, rows.back().outputs, data.target(example)).gradient);
  }
  return backward(job, weights, rows, std::move(gradient_of_outputs));
}

// What the optimizer sees.
struct StepGradient {
  Parameters values;
  double norm;  // before clipping
};

static StepGradient gradient_of_step(const Job& job, const Data& data, const Parameters& weights,
                                     std::size_t step, const std::vector<Numbers>& batch) {
  std::vector<Parameters> gradients;
  std::size_t rows = 0;
  for (const Numbers& examples : batch) {
    gradients.push_back(shard_gradient(job, data, weights, step, examples));
    rows += examples.size();
  }
  StepGradient gradient = {tree_sum(gradients), 0.0};
  gradient.norm = finish_gradient(job, weights, rows, data.sets.train.size(), gradient.values);
  return gradient;
}

// By how much an evaluation is better than another.
static double improvement(Metric metric, const Score& before, const Score& now) {
  if (metric == Metric::dev_cost) return before.cost - now.cost;
  return (static_cast<double>(before.wrong) - static_cast<double>(now.wrong)) /
         static_cast<double>(now.decisions);
}

// The best evaluation so far, and how many there were since.
struct Best {
  Score dev;
  std::size_t evaluations_since = 0;
  Parameters weights = {};  // none before the first evaluation

  void observe(const EarlyStopping& rule, const Score& now, const Parameters& current) {
    ++evaluations_since;
    if (weights.empty() || improvement(rule.metric, dev, now) > rule.min_improvement) {
      *this = {now, 0, current};
    }
  }
};

// Trains until the end of the run or until early stopping.
static Result run(const Job& job, const Data& data) {
  const Lengths lengths = lengths_of(job, data.shards);
  const std::size_t evaluation = lengths.steps_per_epoch * job.evaluate_every_epochs;
  Result result = {.weights = initial_parameters(job, data.features)};
  Averages averages = no_averages(result.weights);
  Best best;
  while (result.steps < lengths.steps) {
    const auto batch = batch_of(job, data, lengths, result.steps);
    const StepGradient gradient = gradient_of_step(job, data, result.weights, result.steps, batch);
    const double alpha =
        job.optimizer.learning_rate *
        schedule_factor(job.schedule, result.steps, lengths.steps_per_epoch, lengths.steps);
    ++result.steps;
    optimize(job, alpha, result.steps, gradient.values, averages, result.weights);
    result.gradient_norm = gradient.norm;
    if (!job.early_stopping.has_value()) continue;
    if (result.steps % evaluation != 0 && result.steps != lengths.steps) continue;
    best.observe(*job.early_stopping, evaluate(job, data, result.weights, {data.sets.dev}),
                 result.weights);
    if (best.evaluations_since >= job.early_stopping->patience) break;
  }
  if (job.early_stopping.has_value()) result.weights = best.weights;
  return result;
}

Result train(const Job& job, const Examples& examples) {
  const SubnormalsAreZero subnormals_are_zero;
  const Data data = prepare(job, examples);
  Result result = run(job, data);
  result.penalty = penalty(job, result.weights, data.sets.train.size());
  result.train = evaluate(job, data, result.weights, data.shards);
  result.train_cost = result.train.cost + (result.penalty.l2 + result.penalty.l1);
  result.dev = evaluate(job, data, result.weights, {data.sets.dev});
  return result;
}

}  // namespace reference
