#pragma once
// The columns of a table and their features: a number or a place in an order becomes one feature, a
// category one for each of its values (one-hot).

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/spec.h"

namespace lockstep {

struct TableColumn {
  std::string name;  // empty in a file without header, or if the header has no name
  ColumnRole role = ColumnRole::number;
  // Of ColumnRole::category ascending by bytes, without the rare ones; of ColumnRole::ordinal in
  // their order.
  std::vector<std::string> categories = {};
  bool has_rare = false;  // the rare categories share a feature, after those of the others
  // How missing values of an input are replaced. Never training_median for a category.
  WhenMissing when_missing = WhenMissing::refuse;
  bool missing_indicator = false;  // the last feature is 1 where the value is missing, and else 0
  bool operator==(const TableColumn&) const = default;
};

// Columns in the order of the training file, which is the order of the features.
struct TableSchema {
  std::vector<TableColumn> columns;
  std::vector<std::string> class_names;  // ascending by bytes; of ColumnRole::class_name
  bool operator==(const TableSchema&) const = default;
};

// A training table: how it is read, and what was found in it. Dev and test sets
// and examples to predict are read in the same way.
struct FittedTable {
  TableRules rules;
  TableSchema schema;
};

// Whether a column has features.
bool is_input(ColumnRole role);
// Whether columns of this role are labels.
bool is_label(ColumnRole role);

// Number of features of a column, with its missing_indicator; 0 if it is not an input.
std::uint64_t feature_width(const TableColumn& column);
std::uint64_t feature_count(const TableSchema& schema);

// Names of the features: "age", "job=clerk", "job is rare", "job is missing", ... Columns without a
// name are called "column 3".
std::vector<std::string> feature_names(const TableSchema& schema);

// The same, with what decides a feature's value beside its name: "size (small < large)" of an
// ordinal column. Equal texts mean the same inputs.
std::vector<std::string> feature_meanings(const TableSchema& schema);

// Whether any input may be missing.
bool fills_missing(const TableSchema& schema);

// Number of values of a label: 1 for class names, otherwise the number of label columns.
std::uint64_t label_width(const TableSchema& schema);

// The columns that are copied to the left of the predictions: those of role id, then those of
// role kept.
std::vector<std::size_t> kept_columns(const TableSchema& schema);

// Names of the label columns, in the order of the label's values; a name may be empty.
std::vector<std::string> label_names(const TableSchema& schema);

// "column \"age\"", or "column 3".
std::string column_title(const TableSchema& schema, std::size_t column);

// The header of a file: names, or only the number of columns.
struct TableHeader {
  std::string file;                // for messages
  std::vector<std::string> names;  // without blanks around them; empty without a header
  std::uint64_t columns = 0;
};

// The schema of a training file, without the values of its categories and classes, which
// are found later. Throws Error(data) when a rule names a column that does not exist or
// already has a rule, when two columns have the same name, or when a column without a name
// would become an input although no rule says so, or when texts of an order are equal or missing.
TableSchema schema_of(const TableHeader& header, const TableRules& rules);

// Sets when_missing of every column, by its rule or else that of the table.
void set_when_missing(TableSchema& schema, const TableRules& rules);

// The column of a schema that corresponds to each column of a file.
struct ColumnMatch {
  std::vector<std::optional<std::size_t>> columns;  // none: the schema does not have it
  std::vector<std::string> left_out;                // "\"id\"", titles of those; no features
};

// Matches columns by name if both have names. A column without a name is matched by its
// position, and only if the file has as many columns as the schema (or, if not `labelled`, as
// many as the schema without labels). If either has no names, all columns are matched by
// position.
//
// Throws Error(data), with the absent and the new columns, when a required column is absent
// (label columns are required only if `labelled`, columns of role id only if not), or when a file
// with labels has a new column. In files to predict, new columns are left out.
ColumnMatch matching_columns(const TableHeader& header, const TableSchema& schema, bool labelled);

// A caution if the names of all columns of numbers are numbers (or missing): the header
// may be a row. `match` is the match of the header with the schema.
std::optional<std::string> caution_of_numbers_as_names(const TableHeader& header,
                                                       const ColumnMatch& match,
                                                       const FittedTable& table);

// Texts or quoted names separated by commas, with "and 12 more" if there are many.
std::string listed(std::span<const std::string> texts);
std::string quoted_names(std::span<const std::string> names);

}  // namespace lockstep
