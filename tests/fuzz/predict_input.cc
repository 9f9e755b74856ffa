// Examples without labels, read as those of a trained model.

#include <array>
#include <memory>

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
  table.schema.columns = {{"x", ColumnRole::number, {}},
                          {"color", ColumnRole::category, {"blue, dark", "red"}},
                          {"z", ColumnRole::number, {}},
                          {"kind", ColumnRole::class_name, {}}};
  table.schema.class_names = {"cat", "dog"};
  return std::make_shared<const FittedTable>(std::move(table));
}

ReadingWay way(const DataSource& of_model, const MemoryFile& file, std::uint64_t features,
               std::shared_ptr<const FittedTable> table = nullptr) {
  return {unlabelled_source(of_model, file.path()),
          KnownFeatures{features, "the model has", std::move(table)}};
}

}  // namespace

void fuzz_predict_input(std::string_view input) {
  static const MemoryFile file;
  static const std::array ways = {
      way({CsvSource{}}, file, 4, trained_table(WhenMissing::refuse, UnknownCategory::error)),
      way({CsvSource{{}, {';', true}, std::nullopt}}, file, 4,
          trained_table(WhenMissing::training_mean, UnknownCategory::all_zero)),
      way({CsvSource{{}, {',', false}, std::nullopt}}, file, 4,
          trained_table(WhenMissing::refuse, UnknownCategory::all_zero)),
      way({LibsvmSource{{}, std::nullopt}}, file, 6),
      way({IdxSource{}}, file, 4),
      way({NpySource{}}, file, 4),
      way({CifarSource{}}, file, 3072),
  };
  read_examples(input, file, ways);
}

}  // namespace lockstep
