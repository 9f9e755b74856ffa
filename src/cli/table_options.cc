#include "cli/table_options.h"

#include "cli/options.h"
#include "data/spec.h"

namespace lockstep {
namespace {

const Choices<WhenMissing> kWhenMissing = {{"refuse", WhenMissing::refuse},
                                           {"training_mean", WhenMissing::training_mean}};
const Choices<UnknownCategory> kUnknownCategory = {{"error", UnknownCategory::error},
                                                   {"all_zero", UnknownCategory::all_zero}};

}  // namespace

void add_table_options(CLI::App& command, TableOptions& options) {
  command
      .add_option("--when-missing", options.when_missing,
                  "Inputs without a value: refuse or training_mean [as in training]")
      ->check(CLI::IsMember(kWhenMissing));
  command
      .add_option("--unknown-category", options.unknown_category,
                  "Categories that training did not have: error or all_zero [as in training]")
      ->check(CLI::IsMember(kUnknownCategory));
  command.add_flag("--refuse-new-columns", options.refuse_new_columns,
                   "Refuse columns that training did not have, instead of leaving them out");
}

TableReading reading_of(const TableOptions& options) {
  TableReading reading{.refuse_new_columns = options.refuse_new_columns};
  if (!options.when_missing.empty()) {
    reading.when_missing = chosen(kWhenMissing, options.when_missing);
  }
  if (!options.unknown_category.empty()) {
    reading.unknown_category = chosen(kUnknownCategory, options.unknown_category);
  }
  return reading;
}

}  // namespace lockstep
