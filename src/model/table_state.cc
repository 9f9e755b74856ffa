#include "model/table_state.h"

#include "base/enum_names.h"
#include "base/error.h"
#include "base/lower_case.h"
#include "data/missing.h"
#include "data/open.h"

namespace lockstep {
namespace {

// Checkpoints have the names of the schema in lower case.
ColumnRole role_of(const std::string& name) {
  for (const auto& [role, role_name] : enum_names(ColumnRole())) {
    if (name == lower_case(role_name)) return role;
  }
  throw Error(ExitCode::data, "the checkpoint has a column with the unknown role " + name);
}

}  // namespace

void TableState::fill(Examples& examples) const {
  if (!fill_values.empty() && examples.size() > 0) fill_missing(examples, fill_values);
}

std::vector<std::string> class_names_of(const std::optional<TableState>& table) {
  return table ? table->fitted->schema.class_names : std::vector<std::string>();
}

SavedTable to_saved(const TableState& table) {
  SavedTable saved;
  for (const TableColumn& column : table.fitted->schema.columns) {
    saved.columns.push_back({column.name, lower_case(enum_name(column.role)), column.categories,
                             column.has_rare, column.missing_indicator});
  }
  saved.class_names = table.fitted->schema.class_names;
  saved.fill_values = table.fill_values;
  return saved;
}

std::optional<TableState> from_saved(const std::optional<SavedTable>& saved, const Job& job,
                                     std::uint64_t features) {
  const auto* csv = std::get_if<CsvSource>(&job.data.train.format);
  const bool of_table = csv != nullptr && csv->table.has_value();
  if (saved.has_value() != of_table) {
    throw Error(ExitCode::data, of_table ? "the checkpoint does not have the columns of its table"
                                         : "the checkpoint has a table, but its job does not");
  }
  if (!saved || !of_table) return std::nullopt;
  FittedTable fitted;
  fitted.rules = *csv->table;
  for (const SavedColumn& column : saved->columns) {
    fitted.schema.columns.push_back({.name = column.name,
                                     .role = role_of(column.role),
                                     .categories = column.categories,
                                     .has_rare = column.has_rare,
                                     .missing_indicator = column.missing_indicator});
  }
  fitted.schema.class_names = saved->class_names;
  set_when_missing(fitted.schema, fitted.rules);
  const std::uint64_t fill_values = fills_missing(fitted.schema) ? features : 0;
  if (feature_count(fitted.schema) != features || saved->fill_values.size() != fill_values) {
    throw Error(ExitCode::data, "the checkpoint's table does not have the features of its network");
  }
  return TableState{std::make_shared<FittedTable>(std::move(fitted)), saved->fill_values};
}

}  // namespace lockstep
