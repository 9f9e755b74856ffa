#pragma once
// What the columns of a table mean, and the features they become: a number is one
// feature, a category one for each of its values (one-hot).

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/spec.h"

namespace lockstep {

struct TableColumn {
  std::string name;  // empty in a file without header, or where the header has none
  ColumnRole role = ColumnRole::number;
  std::vector<std::string> categories;  // ascending by bytes; of ColumnRole::category
  bool operator==(const TableColumn&) const = default;
};

// Columns in the order of the training file, which is that of the features.
struct TableSchema {
  std::vector<TableColumn> columns;
  std::vector<std::string> class_names;  // ascending by bytes; of ColumnRole::class_name
  bool operator==(const TableSchema&) const = default;
};

// A training table: how it is read, and what was found in it. Dev and test sets
// and examples to predict are read by it.
struct FittedTable {
  TableRules rules;
  TableSchema schema;
};

// Features of a column; 0 when it is no input.
std::uint64_t feature_width(const TableColumn& column);
std::uint64_t feature_count(const TableSchema& schema);

// "age", "job=clerk", ...: one for each feature. Columns without a name are
// called "column 3".
std::vector<std::string> feature_names(const TableSchema& schema);

// Values of a label: 1 for class names, else the number of label columns.
std::uint64_t label_width(const TableSchema& schema);

// "column \"age\"", or "column 3".
std::string column_title(const TableSchema& schema, std::size_t column);

// The header of a file: names, or only how many columns there are.
struct TableHeader {
  std::string file;                // for messages
  std::vector<std::string> names;  // without blanks around them; empty without a header
  std::uint64_t columns = 0;
};

// The schema of a training file, with the values of its categories and classes
// still to be found. Throws Error(data) when a rule names a column that is not
// there or has one already, two columns have the same name, or a column that the
// header has no name for would be an input that nobody asked for.
TableSchema schema_of(const TableHeader& header, const TableRules& rules);

// Which column of a schema each column of a file is.
struct ColumnMatch {
  std::vector<std::optional<std::size_t>> columns;  // none: the schema does not have it
  std::vector<std::string> left_out;                // "\"id\"", titles of those; no features
};

// By name where both have names. A column without a name is found by its place, and
// only in a file of as many columns as the schema (or, if not `labelled`, as many
// without labels). Where either has no names, all columns are found so.
//
// Throws Error(data), with the columns that are absent and those that are new, when
// one is absent without which there is no example (a label only for `labelled` ones);
// and when one is new in a file with labels. In files to predict new ones are left out.
ColumnMatch matching_columns(const TableHeader& header, const TableSchema& schema, bool labelled);

// A caution where the names of all columns of numbers are numbers (or missing): the
// header may be a row. `match`: of the header with the schema.
std::optional<std::string> caution_of_numbers_as_names(const TableHeader& header,
                                                       const ColumnMatch& match,
                                                       const FittedTable& table);

// Texts with commas between, "and 12 more" where they are many; names in quotes likewise.
std::string listed(std::span<const std::string> texts);
std::string quoted_names(std::span<const std::string> names);

}  // namespace lockstep
