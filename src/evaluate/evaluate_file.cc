#include "evaluate/evaluate_file.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <span>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "base/error.h"
#include "comm/agreement.h"
#include "data/label_coding.h"
#include "data/open.h"
#include "data/table_stream.h"
#include "model/saved_model.h"
#include "sets/checked_labels.h"
#include "sets/held_out_set.h"
#include "sets/open_like.h"

namespace lockstep {
namespace {

// What rank 0 has read.
struct ReadFile {
  Examples examples;
  std::vector<std::string> notices;
  std::vector<std::uint64_t> lines = {};  // of the examples, if it is a table
};

// A label of the file must have as many values as those of training.
void require_same_labels(const SourceInfo& info, const SavedModel& model) {
  if (info.label_width == model.label_width) return;
  throw Error(ExitCode::data, fmt::format("{}: {} values per label; the model has {}",
                                          info.labels_name, info.label_width, model.label_width));
}

ReadFile read_arrays(const SavedModel& model, const LabelledFile& file) {
  const auto source =
      open_for_model(labelled_source(model.job.data.train, file.data, file.labels), model);
  require_same_labels(source->info(), model);
  static_cast<void>(checked_labels(*source, model.job.network.output, false));
  std::vector<std::uint32_t> ids(source->info().examples);
  std::iota(ids.begin(), ids.end(), std::uint32_t{0});
  return {source->read(ids), source->info().notices};
}

// A table without the columns that scores do not need: a file may lack them.
std::shared_ptr<const FittedTable> inputs_and_labels(const FittedTable& table) {
  auto needed = std::make_shared<FittedTable>(table);
  for (TableColumn& column : needed->schema.columns) {
    if (!is_input(column.role) && !is_label(column.role)) column.role = ColumnRole::ignored;
  }
  return needed;
}

// Checks and decodes the labels of a table as those of other sources are.
void take_labels(const SavedModel& model, const std::string& name, TableRows& rows,
                 std::shared_ptr<const FittedTable> table) {
  const RowPlaces places = [&](std::span<const std::uint64_t> examples) {
    std::vector<std::string> of_rows;
    for (const std::uint64_t row : examples) {
      of_rows.push_back(fmt::format("{}:{}", name, rows.lines[row]));
    }
    return of_rows;
  };
  decode_labels(rows.examples.labels, model.job.data.train.label_coding, name, places);
  const SourceInfo info{.name = name,
                        .labels_name = name,
                        .examples = rows.examples.size(),
                        .features = rows.examples.features,
                        .label_width = rows.examples.label_width,
                        .type = rows.examples.type,
                        .image = std::nullopt,
                        .table = std::move(table)};
  require_same_labels(info, model);
  check_labels(rows.examples.labels, info, model.job.network.output, places);
}

ReadFile read_table(const SavedModel& model, const LabelledFile& file, Heartbeat* heartbeat) {
  const DataSource source = labelled_source(model.job.data.train, file.data, file.labels);
  const TableState table = table_to_read(model, file.reading);
  const auto needed = inputs_and_labels(*table.fitted);
  TableStream stream(file.data, std::get<CsvSource>(source.format).dialect, needed,
                     file.reading.refuse_new_columns, StreamLabels::read, ticking(heartbeat));
  constexpr std::uint64_t kMostRows = std::numeric_limits<std::uint32_t>::max();
  TableRows rows = stream.next(kMostRows);
  if (rows.examples.size() == kMostRows) {
    throw Error(ExitCode::data,
                fmt::format("{}: at most 2^32 - 2 rows can be scored", file.data.string()));
  }
  take_labels(model, file.data.string(), rows, needed);
  table.fill(rows.examples);
  return {std::move(rows.examples), stream.notices(), std::move(rows.lines)};
}

}  // namespace

FileScores evaluate_file(const std::filesystem::path& checkpoint, const LabelledFile& file,
                         const Communicator& comm, const Layout& layout) {
  const SavedModel model = load_model(checkpoint, comm);
  ReadFile read;
  agree(comm, [&] {
    require_table(model, file.reading);
    if (!comm.is_root()) return;
    read = model.table ? read_table(model, file, comm.heartbeat()) : read_arrays(model, file);
  });
  const HeldOutSet set = hand_out(comm, layout, {.examples = std::move(read.examples)});
  FileScores result{score_examples(model,
                                   {.examples = set.examples,
                                    .blocks = set.blocks,
                                    .total = set.total,
                                    .label_width = model.label_width,
                                    .class_counts = model.class_counts,
                                    .worst = file.worst},
                                   comm, layout),
                    std::move(read.notices)};
  for (WorstExample& worst : result.scores.worst) {
    if (read.lines.empty()) continue;
    worst.place = fmt::format("{}:{}", file.data.string(), read.lines[worst.example]);
  }
  agree(comm, [&] {
    if (!comm.is_root() || std::isfinite(result.scores.cost)) return;
    throw Error(ExitCode::data,
                fmt::format("{}: the cost is not finite: values are so far from those of the "
                            "training set that outputs or the loss are beyond float; correct them "
                            "or leave them out (`lockstep predict` names the first such example)",
                            file.data.string()));
  });
  return result;
}

}  // namespace lockstep
