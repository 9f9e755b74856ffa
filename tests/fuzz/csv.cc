// Tables with and without headers, with roles by name and by place.

#include <array>
#include <utility>
#include <vector>

#include "examples_input.h"
#include "targets.h"

namespace lockstep {
namespace {

TableRules rules(std::vector<ColumnRule> columns) {
  TableRules rules;
  rules.columns = std::move(columns);
  return rules;
}

// With a mean for missing values, and texts that mean "missing".
TableRules forgiving() {
  TableRules rules;
  rules.columns = {{"color", 0, ColumnRole::category}, {"y", 0, ColumnRole::label}};
  rules.others = ColumnRole::number;
  rules.when_missing = WhenMissing::training_mean;
  rules.missing_texts = {"NA", "?"};
  return rules;
}

}  // namespace

void fuzz_csv(std::string_view input) {
  static const MemoryFile file;
  static const std::array ways = {
      ReadingWay{{CsvSource{file.path(),
                            {},
                            rules({{"", 2, ColumnRole::category},
                                   {"", 3, ColumnRole::group},
                                   {"", 5, ColumnRole::class_name}})}}},
      ReadingWay{{CsvSource{file.path(), {';', true}, forgiving()}}},
      ReadingWay{{CsvSource{file.path(),
                            {'\t', false},
                            rules({{"", 1, ColumnRole::label}, {"", 2, ColumnRole::ignored}})}}},
      ReadingWay{{CsvSource{file.path(), {}, rules({{"y", 0, ColumnRole::label}})}}},
  };
  read_examples(input, file, ways);
}

}  // namespace lockstep
