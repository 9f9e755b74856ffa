#include "cli/table_options.h"

#include "data/spec.h"

namespace lockstep {

void add_table_options(CLI::App& command, TableOptions& options) {
  command
      .add_option("--when-missing", options.when_missing,
                  "Inputs without a value: refuse or training_mean [as in training]")
      ->check(CLI::IsMember({"refuse", "training_mean"}));
  command
      .add_option("--unknown-category", options.unknown_category,
                  "Categories that training did not have: error or all_zero [as in training]")
      ->check(CLI::IsMember({"error", "all_zero"}));
  command.add_flag("--refuse-new-columns", options.refuse_new_columns,
                   "Refuse columns that training did not have, instead of leaving them out");
}

TableReading reading_of(const TableOptions& options) {
  TableReading reading{.refuse_new_columns = options.refuse_new_columns};
  if (!options.when_missing.empty()) {
    reading.when_missing =
        options.when_missing == "refuse" ? WhenMissing::refuse : WhenMissing::training_mean;
  }
  if (!options.unknown_category.empty()) {
    reading.unknown_category =
        options.unknown_category == "error" ? UnknownCategory::error : UnknownCategory::all_zero;
  }
  return reading;
}

}  // namespace lockstep
