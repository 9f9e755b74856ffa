#include "evaluate/importance.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/or_list.h"
#include "base/random.h"
#include "base/student.h"
#include "base/worker_pool.h"
#include "comm/agreement.h"
#include "evaluate/evaluator.h"
#include "evaluate/permuted_features.h"
#include "evaluate/score_examples.h"
#include "metrics/dev_metric.h"
#include "metrics/set_metric_names.h"
#include "metrics/set_metrics.h"
#include "nn/layers.h"

namespace lockstep {
namespace {

void require_columns(const SavedModel& model) {
  if (!model.image) return;
  throw Error(ExitCode::usage,
              fmt::format("the examples of {} are images, in which a single pixel says little; "
                          "importance is for columns of tables and for other features",
                          model.job.name));
}

Metric metric_for(const SavedModel& model, std::optional<Metric> asked) {
  const bool values = predicts_values(model.network.spec().loss);
  const Metric metric = asked.value_or(values ? Metric::rmse : Metric::dev_error);
  if (suits(metric, values)) return metric;
  std::vector<std::string_view> keys;
  for (const MetricFacts& facts : kMetrics) {
    const bool is_cost = facts.metric == Metric::dev_cost;
    if (!is_cost && suits(facts.metric, values)) keys.emplace_back(key_on_set(facts.metric));
  }
  keys.emplace_back(key_on_set(Metric::dev_cost));  // every model has one
  throw Error(ExitCode::usage, fmt::format("--metric: the model predicts {}; give {}",
                                           values ? "values" : "classes", or_list(keys)));
}

void require_size(const JobSet& set, Metric metric, std::uint64_t outputs) {
  if (set.total < 2) {
    throw Error(ExitCode::usage,
                "the set has one example, so that there is nothing to permute; give another "
                "--split");
  }
  if (needs_predictions(metric) && set.total * outputs > kMostEvaluatedPredictions) {
    throw Error(
        ExitCode::usage,
        fmt::format("the set has {} predictions, and {} can be computed of at most {}: give "
                    "--metric error or cost, or another --split",
                    set.total * outputs, name_on_set(metric), kMostEvaluatedPredictions));
  }
}

// The positions of the columns with these names, ascending; all of them without names.
std::vector<std::uint32_t> columns_named(const std::vector<std::string>& names,
                                         const std::vector<InputColumn>& columns) {
  const auto is_asked_for = [&](const InputColumn& column) {
    return names.empty() || std::ranges::find(names, column.name) != names.end();
  };
  std::vector<std::uint32_t> chosen;
  for (std::uint32_t c = 0; c < columns.size(); ++c) {
    if (is_asked_for(columns[c])) chosen.push_back(c);
  }
  for (const std::string& name : names) {
    if (std::ranges::find(columns, name, &InputColumn::name) != columns.end()) continue;
    std::vector<std::string> known;
    known.reserve(columns.size());
    for (const InputColumn& column : columns) known.push_back(column.name);
    throw Error(ExitCode::usage, fmt::format("--column {}: the model has no such input; it has {}",
                                             name, quoted_names(known)));
  }
  return chosen;
}

// Measures one metric of a set, again and again.
class MetricMeter {
 public:
  MetricMeter(const SavedModel& model, const JobSet& set, Metric metric, const Communicator& comm,
              const Layout& layout)
      : model_(model),
        set_(set),
        metric_(metric),
        comm_(comm),
        pool_(layout.threads),
        evaluator_(comm, pool_, model.network, model.normalizer, model.targets, set.label_width) {}

  // Collective. The metric, on rank 0; 0 on others. Throws AgreedError(data) if there is none.
  double measure() {
    PredictionCollector collector(model_.network.spec(), model_.targets, set_.label_width,
                                  pool_.threads());
    Evaluator::Visit collect;
    if (needs_predictions(metric_)) {
      collect = [&](int thread, Matrix<const float> logits, Matrix<const float> labels) {
        collector.add(thread, logits, labels);
      };
    }
    const LossSums sums =
        evaluator_.evaluate(model_.weights, set_.examples, set_.blocks, collect, set_.row_weights);
    const Predictions predictions = collector.all(comm_);
    double number = 0;
    agree(comm_, [&] {
      if (comm_.is_root()) number = required(value_of(sums, predictions));
    });
    return number;
  }

 private:
  [[nodiscard]] std::optional<double> value_of(const LossSums& sums,
                                               const Predictions& predictions) const {
    if (metric_ == Metric::dev_error) return error_rate(sums);
    if (metric_ == Metric::dev_cost) return sums.loss / static_cast<double>(set_.total);
    return metrics_of(predictions, {}).*facts_of(metric_).number;
  }

  [[nodiscard]] double required(std::optional<double> number) const {
    if (number && std::isfinite(*number)) return *number;
    throw Error(ExitCode::data,
                number ? "the cost is not finite in float; give another --metric"
                       : fmt::format("the set has no {}: it needs examples of different classes, "
                                     "or targets that differ, and predictions that are finite in "
                                     "float; give another --metric or --split",
                                     name_on_set(metric_)));
  }

  const SavedModel& model_;
  const JobSet& set_;
  Metric metric_;
  const Communicator& comm_;
  WorkerPool pool_;
  Evaluator evaluator_;
};

}  // namespace

std::vector<InputColumn> input_columns(const TableSchema* schema, std::uint64_t features) {
  std::vector<InputColumn> inputs;
  if (schema == nullptr) {
    for (std::uint64_t j = 0; j < features; ++j) {
      inputs.push_back({fmt::format("feature {}", j), {j, j + 1}});
    }
    return inputs;
  }
  std::uint64_t first = 0;
  for (std::size_t i = 0; i < schema->columns.size(); ++i) {
    const TableColumn& column = schema->columns[i];
    const std::uint64_t width = feature_width(column);
    if (width == 0) continue;
    inputs.push_back({column.name.empty() ? fmt::format("column {}", i + 1) : column.name,
                      {first, first + width}});
    first += width;
  }
  return inputs;
}

ColumnImportance importance_of(std::string name, std::vector<double> of_repeats) {
  ColumnImportance column{.name = std::move(name),
                          .of_repeats = std::move(of_repeats),
                          .mean = 0,
                          .interval = {},
                          .worse = 0};
  column.mean = mean_of(column.of_repeats);
  column.interval = mean_interval(column.of_repeats);
  column.worse = static_cast<std::uint64_t>(
      std::ranges::count_if(column.of_repeats, [](double by) { return by > 0; }));
  return column;
}

Importance measure_importance(const std::filesystem::path& checkpoint,
                              const ImportanceOptions& options, const Communicator& comm,
                              const Layout& layout) {
  const SavedModel model = load_model(checkpoint, comm);
  Metric metric{};
  agree(comm, [&] {
    require_columns(model);
    metric = metric_for(model, options.metric);
  });
  JobSet set = load_job_set(model, options.split, comm, layout, options.allow_changed_data);
  agree(comm, [&] { require_size(set, metric, output_size(model.network.spec())); });

  MetricMeter meter(model, set, metric, comm, layout);
  Importance result{.step = model.step,
                    .weights_digest = model.weights_digest,
                    .split = options.split,
                    .examples = set.total,
                    .repeats = options.repeats,
                    .metric = metric,
                    .original = meter.measure(),
                    .columns = {}};
  const double worse = facts_of(metric).larger_is_better ? -1 : 1;
  const RandomKey key{model.job.seed, Purpose::importance};
  const std::vector<InputColumn> columns =
      input_columns(model.table ? &model.table->fitted->schema : nullptr, set.examples.features);
  std::vector<std::uint32_t> chosen;
  agree(comm, [&] { chosen = columns_named(options.columns, columns); });
  for (const std::uint32_t c : chosen) {
    PermutedFeatures permuted(comm, set.examples, set.blocks, columns[c].features);
    std::vector<double> of_repeats;
    for (std::uint32_t repeat = 0; repeat < options.repeats; ++repeat) {
      permuted.permute(comm.is_root() ? random_permutation(key, c, repeat, set.total)
                                      : std::vector<std::uint32_t>());
      of_repeats.push_back(worse * (meter.measure() - result.original));
    }
    permuted.restore();
    result.columns.push_back(importance_of(columns[c].name, std::move(of_repeats)));
    if (comm.is_root()) options.progress(result.columns.size(), chosen.size());
  }
  std::ranges::stable_sort(result.columns, std::greater(), &ColumnImportance::mean);
  return result;
}

}  // namespace lockstep
