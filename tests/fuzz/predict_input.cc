// Examples without labels, read as those of a trained model.

#include <array>
#include <memory>

#include "base/check.h"
#include "base/error.h"
#include "data/table_stream.h"
#include "examples_input.h"
#include "targets.h"

namespace lockstep {
namespace {

// A model of tables with two numbers and a category.
std::shared_ptr<const FittedTable> trained_table(WhenMissing when_missing,
                                                 UnknownCategory unknown) {
  FittedTable table;
  table.rules.when_missing = when_missing;
  table.rules.unknown_category = unknown;
  table.rules.missing_texts = {"NA"};
  table.schema.columns = {
      {"x", ColumnRole::number, {}}, {"color", ColumnRole::category, {"blue, dark", "red"}},
      {"z", ColumnRole::number, {}}, {"kind", ColumnRole::class_name, {}},
      {"key", ColumnRole::id, {}},   {"note", ColumnRole::kept, {}}};
  table.schema.class_names = {"cat", "dog"};
  set_when_missing(table.schema, table.rules);
  return std::make_shared<const FittedTable>(std::move(table));
}

ReadingWay way(const DataSource& of_model, const MemoryFile& file, std::uint64_t features) {
  return {unlabelled_source(of_model, file.path()),
          KnownFeatures{features, "the model has", nullptr}};
}

// A table is a stream of rows, taken in small and in large pieces.
struct TableWay {
  CsvDialect dialect;
  std::shared_ptr<const FittedTable> table;
};

void read_table(std::string_view text, const MemoryFile& file, const TableWay& way) {
  file.write(text);
  for (const std::uint64_t rows : {1U, 1000U}) {
    try {
      TableStream stream(file.path(), way.dialect, way.table, /*refuse_new_columns=*/rows == 1);
      for (TableRows next = stream.next(rows); !next.lines.empty(); next = stream.next(rows)) {
        check(next.lines.size() <= rows, "a piece has no more rows than asked for");
        check(next.kept.size() == next.lines.size() && next.examples.size() == next.lines.size(),
              "every row is an example with a line");
      }
      static_cast<void>(stream.notices());
    } catch (const Error&) {
      continue;  // refused, as invalid files must be
    }
  }
}

}  // namespace

void fuzz_predict_input(std::string_view input) {
  static const MemoryFile file;
  static const std::array tables = {
      TableWay{{}, trained_table(WhenMissing::refuse, UnknownCategory::error)},
      TableWay{{';', true}, trained_table(WhenMissing::training_mean, UnknownCategory::all_zero)},
      TableWay{{',', false}, trained_table(WhenMissing::refuse, UnknownCategory::all_zero)},
  };
  static const std::array others = {
      way({LibsvmSource{{}, std::nullopt}}, file, 6),
      way({IdxSource{}}, file, 4),
      way({NpySource{}}, file, 4),
      way({CifarSource{}}, file, 3072),
  };
  if (input.empty()) return;
  const std::size_t chosen = chosen_way(input, tables.size() + others.size());
  if (chosen < tables.size()) {
    read_table(input.substr(1), file, tables[chosen]);
  } else {
    read_examples_of(input.substr(1), file, others[chosen - tables.size()]);
  }
}

}  // namespace lockstep
