#include "config/validate_csv.h"

#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>

#include "proto/job.pb.h"

namespace lockstep {
namespace {

using proto::Table;

std::string name_of(const Table::Column& column) {
  return column.has_index() ? fmt::format("column {}", column.index())
                            : fmt::format("column \"{}\"", column.name());
}

void check_column(const ValueChecks& checks, const Table::Column& column, bool header,
                  const std::string& path) {
  if (!column.name().empty() && !header) {
    checks.complain(path + ".name", path +
                                        ".name needs a header, and the file has none "
                                        "(header: false); give the index");
  }
}

bool is_input(Table::Role role) {
  return role == Table::NUMBER || role == Table::CATEGORY || role == Table::ORDINAL;
}

void check_order(const ValueChecks& checks, const Table::Column& column, const std::string& path) {
  if (column.role() == Table::ORDINAL) {
    if (column.order_size() >= 2) return;
    checks.complain(path, path +
                              " is ORDINAL and needs at least two texts in their order, such as "
                              "order { text: \"small\" } order { text: \"large\" }");
  } else if (column.order_size() > 0) {
    checks.complain(path + ".order[0]",
                    path + ".order is for the role ORDINAL; remove it, or change the role");
  }
}

// Fields about missing values.
void check_filling(const ValueChecks& checks, const Table::Column& column,
                   Table::WhenMissing of_table, const std::string& path) {
  const std::string rule = path + ".when_missing";
  const std::string indicator = path + ".missing_indicator";
  if (!is_input(column.role())) {
    const char* const only_for = " is for inputs (NUMBER, CATEGORY, ORDINAL); remove it";
    if (column.has_when_missing()) checks.complain(rule, rule + only_for);
    if (column.missing_indicator()) checks.complain(indicator, indicator + only_for);
    return;
  }
  if (column.role() == Table::CATEGORY && column.when_missing() == Table::TRAINING_MEDIAN) {
    checks.complain(rule, rule +
                              " is TRAINING_MEDIAN, but a category has no median; use "
                              "TRAINING_MOST_FREQUENT or TRAINING_MEAN");
  }
  const bool refuses =
      (column.has_when_missing() ? column.when_missing() : of_table) == Table::REFUSE;
  if (column.missing_indicator() && refuses) {
    checks.complain(indicator, indicator +
                                   " would always be 0, because missing values are refused; say "
                                   "when_missing: TRAINING_MEDIAN, or remove it");
  }
}

void check_columns(const ValueChecks& checks, const Table& table, bool header,
                   const std::string& path) {
  std::set<std::string> seen;
  int labels = 0;
  int class_names = 0;
  int groups = 0;
  int weights = 0;
  bool trusted = true;
  for (int i = 0; i < table.column_size(); ++i) {
    const Table::Column& column = table.column(i);
    const std::string column_path = fmt::format("{}.column[{}]", path, i);
    check_column(checks, column, header, column_path);
    const bool has_role = column.has_role() && checks.trusted(column_path + ".role");
    if (has_role) {
      check_order(checks, column, column_path);
      check_filling(checks, column, table.when_missing(), column_path);
    }
    trusted = trusted && has_role;
    const bool placed = column.index() > 0 || !column.name().empty();  // otherwise reported
    if (placed && !seen.insert(name_of(column)).second) {
      checks.complain(column_path,
                      fmt::format("{}: {} is given twice; remove one", path, name_of(column)));
    }
    labels += column.role() == Table::LABEL ? 1 : 0;
    class_names += column.role() == Table::CLASS_NAME ? 1 : 0;
    groups += column.role() == Table::GROUP ? 1 : 0;
    weights += column.role() == Table::WEIGHT ? 1 : 0;
  }
  if (!trusted) return;
  if (labels + class_names == 0) {
    checks.complain(path, path + " has no label; give a column the role LABEL or CLASS_NAME");
  }
  if (class_names > 1 || (class_names == 1 && labels > 0)) {
    checks.complain(path, path +
                              " has class names and another label; only LABEL columns can form a "
                              "vector");
  }
  if (groups > 1) checks.complain(path, path + " has several GROUP columns; one is enough");
  if (weights > 1) checks.complain(path, path + " has several WEIGHT columns; one is enough");
}

bool has_role(const Table& table, Table::Role role) {
  return std::ranges::any_of(table.column(),
                             [&](const Table::Column& column) { return column.role() == role; });
}

bool takes_most_frequent(const Table& table) {
  return table.when_missing() == Table::TRAINING_MOST_FREQUENT ||
         std::ranges::any_of(table.column(), [](const Table::Column& column) {
           return column.when_missing() == Table::TRAINING_MOST_FREQUENT;
         });
}

bool has_group(const Table& table) { return has_role(table, Table::GROUP); }
bool has_class_names(const Table& table) { return has_role(table, Table::CLASS_NAME); }

}  // namespace

void check_csv(const ValueChecks& checks, const proto::Csv& csv, const std::string& path) {
  if (csv.has_table()) check_columns(checks, csv.table(), csv.header(), path + ".table");
}

void check_tables(const ValueChecks& checks, const proto::Data& data) {
  const bool tables = data.train().has_csv();
  if (tables) {
    checks.present(data.train().csv().has_table(), "data.train.csv.table",
                   "the roles of its columns, such as column { name: \"y\" role: LABEL }");
  }
  if (!data.has_train() || data.train().format_case() == proto::Source::FORMAT_NOT_SET) return;
  const auto look = [&](bool is_there, const proto::Source& source, const std::string& path) {
    if (!is_there || source.format_case() == proto::Source::FORMAT_NOT_SET) return;
    if (source.has_csv() != tables) {
      checks.complain(
          path, fmt::format("{} {}, but data.train {}; use tables for all sets or for none", path,
                            source.has_csv() ? "is a table (csv)" : "is not a table",
                            tables ? "is one (csv)" : "is not"));
    } else if (source.has_csv() && source.csv().has_table()) {
      checks.complain(path + ".csv.table",
                      path +
                          ".csv.table contradicts data.train.csv.table, which says what the "
                          "columns of all sets mean; remove it");
    }
  };
  look(data.has_dev(), data.dev(), "data.dev");
  look(data.has_test(), data.test(), "data.test");
  look(data.has_held_out(), data.held_out(), "data.held_out");
  if (tables && has_class_names(data.train().csv().table()) &&
      data.train().label_coding() != proto::AS_IS && checks.trusted("data.train.label_coding")) {
    checks.complain(
        "data.train.label_coding",
        "data.train.label_coding is for labels that are numbers, but the table has class "
        "names, which are numbered from 0; remove it");
  }
  if (tables && has_group(data.train().csv().table()) && !data.split().by_group() &&
      checks.trusted("data.split.by_group")) {
    checks.complain("data.train.csv.table",
                    "data.train.csv.table has a GROUP column, which is for data.split.by_group: "
                    "true; set it, or make the column IGNORED");
  }
  if (tables && takes_most_frequent(data.train().csv().table()) && data.train().has_corruption()) {
    checks.complain("data.train.corruption",
                    "data.train.corruption changes every value, so that TRAINING_MOST_FREQUENT "
                    "has no meaning; say TRAINING_MEDIAN, or remove the corruption");
  }
  if (!tables || !data.train().csv().table().decimal_comma()) return;
  const auto check_delimiter = [&](bool is_there, const proto::Source& source,
                                   const std::string& path) {
    if (!is_there || !source.has_csv() || source.csv().delimiter() != ",") return;
    checks.complain(path + ".csv.delimiter",
                    path +
                        ".csv.delimiter is a comma, and so is the decimal point "
                        "(decimal_comma: true); say delimiter: \";\" if the file has semicolons");
  };
  check_delimiter(true, data.train(), "data.train");
  check_delimiter(data.has_dev(), data.dev(), "data.dev");
  check_delimiter(data.has_test(), data.test(), "data.test");
  check_delimiter(data.has_held_out(), data.held_out(), "data.held_out");
}

}  // namespace lockstep
