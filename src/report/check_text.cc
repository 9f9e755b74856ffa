#include "report/check_text.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "base/enum_names.h"
#include "base/lower_case.h"
#include "base/number_text.h"
#include "nn/parameters.h"

namespace lockstep {
namespace {

// Such as "class name".
std::string role_text(ColumnRole role) {
  std::string text = lower_case(enum_name(role));
  std::ranges::replace(text, '_', ' ');
  return text;
}

// A line for each part of the memory, and for the total.
std::string memory_text(const MemoryPlan& plan) {
  std::string text;
  const auto line = [&](const char* name, std::uint64_t bytes) {
    text += fmt::format("  {:<12} {:>12}\n", name, format_mebibytes(bytes));
  };
  line("examples", plan.examples);
  line("weights", plan.weights);
  line("gradients", plan.gradients);
  line("exchange", plan.exchange);
  line("optimizer", plan.optimizer);
  line("activations", plan.activations);
  line("checkpoint", plan.checkpoint);
  line("shards", plan.shards);
  line("predictions", plan.predictions);
  if (plan.rollback > 0) line("rollback", plan.rollback);
  if (plan.monitor > 0) line("monitor", plan.monitor);
  line("program", plan.program);
  line("total", plan.total());
  return text;
}

// What a node sends, and the numbers of nodes that send less.
std::string traffic_text(const std::vector<NodeTraffic>& traffic) {
  std::string text = fmt::format("exchange         each of {} nodes sends up to {} in a step\n",
                                 traffic.front().nodes, format_bytes(traffic.front().bytes));
  for (std::size_t i = 1; i < traffic.size(); ++i) {
    text += fmt::format("  {} nodes would send up to {}\n", traffic[i].nodes,
                        format_bytes(traffic[i].bytes));
  }
  return text;
}

// The columns of a table with their features, and the classes by number.
std::string columns_text(const TableSchema& schema) {
  std::string text = fmt::format("columns          {}\n", schema.columns.size());
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    const TableColumn& column = schema.columns[i];
    text += fmt::format("  {:<3} {:<24} {:<10}", i + 1, column.name, role_text(column.role));
    if (column.role == ColumnRole::category) {
      text += fmt::format(" {} features: {}", column.categories.size() + (column.has_rare ? 1 : 0),
                          quoted_names(column.categories));
      if (column.has_rare) text += ", and the rare ones as one";
    }
    if (column.role == ColumnRole::ordinal) {
      text += fmt::format(" from 0: {}", quoted_names(column.categories));
    }
    if (column.missing_indicator) text += ", and whether it is missing";
    while (text.ends_with(' ')) text.pop_back();
    text += '\n';
  }
  if (!schema.class_names.empty()) {
    text += fmt::format("classes          {}: {}\n", schema.class_names.size(),
                        quoted_names(schema.class_names));
  }
  return text;
}

std::string data_text(const DatasetSizes& sizes) {
  const std::string train_dev =
      sizes.train_dev > 0 ? fmt::format(" train-dev {},", sizes.train_dev) : "";
  std::string text = fmt::format("examples         train {},{} dev {}, test {}; {} features\n",
                                 sizes.train, train_dev, sizes.dev, sizes.test, sizes.features);
  if (sizes.image) {
    text += fmt::format("images           {} x {} x {} (channels, height, width)\n",
                        sizes.image->channels, sizes.image->height, sizes.image->width);
  }
  if (sizes.bayes_error) {
    text += fmt::format(
        "bayes error      {} (known for the source: no classifier does better, so use it as "
        "diagnosis.base_error)\n",
        format_percent(*sizes.bayes_error, 4));
  }
  if (sizes.table != nullptr) text += columns_text(sizes.table->schema);
  return text;
}

}  // namespace

std::string check_text(const CheckedJob& checked) {
  std::string text = data_text(checked.sizes);
  text += fmt::format("parameters       {}\n", parameter_table(checked.network).size);
  text += fmt::format("steps per epoch  {}\n", checked.steps_per_epoch);
  text += fmt::format("steps            {}\n", checked.steps);
  text += fmt::format("memory of rank 0 at {} x {} (--ranks, --threads):\n{}",
                      format_quantity(static_cast<std::uint64_t>(checked.ranks), "rank"),
                      format_quantity(static_cast<std::uint64_t>(checked.threads), "thread"),
                      memory_text(checked.memory));
  if (!checked.traffic.empty()) text += traffic_text(checked.traffic);
  for (const std::string& note : checked.notes) text += note + "\n";
  return text;
}

}  // namespace lockstep
