#include "report/checkpoint_text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace lockstep {
namespace {

struct Statistics {
  double norm = 0;
  float smallest =
      std::numeric_limits<float>::infinity();  // smallest of the numbers that are not NaN
  float largest = -std::numeric_limits<float>::infinity();
  std::uint64_t not_finite = 0;
};

Statistics statistics_of(std::span<const float> values) {
  Statistics statistics;
  double squares = 0;
  for (const float value : values) {
    squares += static_cast<double>(value) * static_cast<double>(value);
    statistics.smallest = std::fmin(statistics.smallest, value);
    statistics.largest = std::fmax(statistics.largest, value);
    if (!std::isfinite(value)) ++statistics.not_finite;
  }
  statistics.norm = std::sqrt(squares);
  return statistics;
}

struct Row {
  std::string name;
  std::string shape;
  std::span<const float> values;
};

std::string table(std::string_view title, const std::vector<Row>& rows) {
  std::size_t name_width = title.size();
  std::size_t shape_width = std::string_view("shape").size();
  for (const Row& row : rows) {
    name_width = std::max(name_width, row.name.size());
    shape_width = std::max(shape_width, row.shape.size());
  }
  std::string text = fmt::format("\n{:<{}}  {:>{}}  {:>12}  {:>12}  {:>12}\n", title, name_width,
                                 "shape", shape_width, "norm", "min", "max");
  for (const Row& row : rows) {
    fmt::format_to(std::back_inserter(text), "{:<{}}  {:>{}}", row.name, name_width, row.shape,
                   shape_width);
    if (row.values.empty()) {
      text += '\n';
      continue;
    }
    const Statistics statistics = statistics_of(row.values);
    fmt::format_to(std::back_inserter(text), "  {:>12.6g}  {:>12.6g}  {:>12.6g}", statistics.norm,
                   statistics.smallest, statistics.largest);
    if (statistics.not_finite > 0) {
      fmt::format_to(std::back_inserter(text), "  {} not finite", statistics.not_finite);
    }
    text += '\n';
  }
  return text;
}

Row row_of(const TensorInfo& info, std::span<const float> weights) {
  std::uint64_t elements = 1;
  for (const std::uint64_t size : info.shape) elements *= size;
  return {info.name, fmt::format("{}", fmt::join(info.shape, "x")),
          weights.subspan(info.offset, elements)};
}

Row row_of(std::string name, std::span<const float> values) {
  return {std::move(name), fmt::format("{}", values.size()), values};
}

std::string facts(const Checkpoint& checkpoint) {
  std::string text;
  const auto fact = [&](std::string_view name, const auto& value) {
    fmt::format_to(std::back_inserter(text), "{:<24}  {}\n", name, value);
  };
  fact("format version", checkpoint.format_version);
  fact("written by Lockstep", checkpoint.lockstep_version);
  fact("step", checkpoint.step);
  if (checkpoint.skipped_steps > 0) fact("skipped steps", checkpoint.skipped_steps);
  if (checkpoint.rollbacks && checkpoint.rollbacks->count > 0) {
    fact("rollbacks", fmt::format("{}, factor of the learning rate {:g}",
                                  checkpoint.rollbacks->count, checkpoint.rollbacks->rate_factor));
  }
  fact("parameters", checkpoint.weights.size());
  if (!checkpoint.input_shape.empty()) {
    fact("values of an example", fmt::format("{}", fmt::join(checkpoint.input_shape, " x ")));
  }
  fact("weights digest", checkpoint.weights_digest);
  if (checkpoint.best_metric) {
    fact("best metric", fmt::format("{:.6g} at step {}, {} evaluations without improvement since",
                                    *checkpoint.best_metric, checkpoint.best_step,
                                    checkpoint.evaluations_without_improvement));
  }
  if (checkpoint.threshold) fact("threshold", *checkpoint.threshold);
  if (!checkpoint.target_mean.empty()) {
    fact("mean of targets", fmt::format("{:.7g}", fmt::join(checkpoint.target_mean, ", ")));
    fact("deviation of targets",
         fmt::format("{:.7g}", fmt::join(checkpoint.target_deviation, ", ")));
  }
  if (checkpoint.batch_rows > 0) {
    const auto& sums = checkpoint.shard_loss_sums;
    fact("batch cost", fmt::format("{:.6g}, mean of {} rows since the last evaluation",
                                   std::accumulate(sums.begin(), sums.end(), 0.0) /
                                       static_cast<double>(checkpoint.batch_rows),
                                   checkpoint.batch_rows));
  }
  const auto fingerprint = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) fact(name, value);
  };
  fingerprint("started with weights", checkpoint.starting_digest);
  fingerprint("train data", checkpoint.train_fingerprint);
  fingerprint("dev data", checkpoint.dev_fingerprint);
  fingerprint("test data", checkpoint.test_fingerprint);
  for (const auto& [key, value] : checkpoint.environment) fact(key, value);
  return text;
}

std::string describe_table(const SavedTable& saved) {
  std::string text = "\ncolumns of the training table\n";
  for (std::size_t i = 0; i < saved.columns.size(); ++i) {
    const SavedColumn& column = saved.columns[i];
    fmt::format_to(std::back_inserter(text), "{:>4}  {}  {}", i + 1,
                   column.name.empty() ? "(no name)" : column.name, column.role);
    if (!column.categories.empty()) {
      fmt::format_to(std::back_inserter(text), ": {}", fmt::join(column.categories, ", "));
    }
    if (column.has_rare) text += ", and the rare ones as one";
    if (column.missing_indicator) text += ", and whether it is missing";
    text += '\n';
  }
  if (!saved.class_names.empty()) {
    fmt::format_to(std::back_inserter(text), "classes: {}\n", fmt::join(saved.class_names, ", "));
  }
  if (!saved.fill_values.empty()) {
    text += "missing values become values of the training set, by when_missing of the job\n";
  }
  return text;
}

}  // namespace

std::string describe_checkpoint(const Checkpoint& checkpoint) {
  std::string text = facts(checkpoint);

  std::vector<Row> tensors;
  tensors.reserve(checkpoint.tensors.size());
  for (const TensorInfo& info : checkpoint.tensors) {
    tensors.push_back(row_of(info, checkpoint.weights));
  }
  text += table("tensor", tensors);

  std::vector<Row> slots;
  for (std::size_t i = 0; i < checkpoint.optimizer_slots.size(); ++i) {
    slots.push_back(row_of(checkpoint.optimizer_slot_names[i], checkpoint.optimizer_slots[i]));
  }
  text += slots.empty() ? "\noptimizer slots: none\n" : table("optimizer slot", slots);

  if (checkpoint.mean.empty() && checkpoint.inverse_deviation.empty()) {
    text += "\nnormalization: none\n";
  } else {
    text += table("normalization", {row_of("mean", checkpoint.mean),
                                    row_of("inverse deviation", checkpoint.inverse_deviation)});
  }

  if (checkpoint.table) text += describe_table(*checkpoint.table);

  text += "\nresolved job\n" + checkpoint.resolved_job;
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

}  // namespace lockstep
