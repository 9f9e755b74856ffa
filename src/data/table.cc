#include "data/table.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/nearest.h"
#include "data/complaints.h"
#include "data/csv_fields.h"
#include "data/missing_fields.h"
#include "data/text_number.h"

namespace lockstep {
namespace {

[[noreturn]] void fail(const TableHeader& header, std::string_view what) {
  throw Error(ExitCode::data, fmt::format("{}: {}", header.file, what));
}

bool is_number(std::string_view text, bool decimal_comma = false) {
  return parse_float(text, decimal_comma) || is_beyond_float(text) || is_not_finite_text(text);
}

// A hint if the header looks like a row of numbers.
std::string row_hint(std::span<const std::string> names,
                     std::string_view remedy = "say header: false") {
  const auto number = [](const std::string& name) { return is_number(name); };
  if (names.empty() || !std::ranges::all_of(names, number)) return "";
  return fmt::format("; all names of the header are numbers: is it a row? {}", remedy);
}

void check_names_differ(const TableHeader& header) {
  std::vector<std::string> names = header.names;
  std::erase(names, "");
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice == names.end()) return;
  fail(header, fmt::format("two columns have the name {}; rename one{}", quoted_text(*twice),
                           row_hint(names)));
}

// A header read with the wrong delimiter is one long name.
std::string delimiter_hint(const TableHeader& header) {
  if (header.names.size() != 1) return "";
  for (const char other : {',', ';', '\t', '|'}) {
    if (header.names[0].find(other) == std::string::npos) continue;
    return "; " + delimiter_question(other);
  }
  return "";
}

std::size_t column_of(const TableHeader& header, const ColumnRule& rule) {
  if (rule.index > 0) {
    if (rule.index <= header.columns) return rule.index - 1;
    fail(header, fmt::format("no column {}: it has {} column{}", rule.index, header.columns,
                             header.columns == 1 ? "" : "s"));
  }
  if (header.names.empty()) {
    fail(header, fmt::format("no column can be named {}: the file has no header (header: false); "
                             "give its index",
                             quoted_text(rule.name)));
  }
  const std::string_view name = without_blanks(rule.name);
  const auto found = std::ranges::find(header.names, name);
  if (found == header.names.end() || name.empty()) {
    const auto nearest = nearest_word(rule.name, header.names);
    fail(header,
         fmt::format("no column {}; {}its columns: {}{}{}", quoted_text(rule.name),
                     nearest ? fmt::format("did you mean {}? ", quoted_text(*nearest)) : "",
                     quoted_names(header.names), delimiter_hint(header), row_hint(header.names)));
  }
  return static_cast<std::size_t>(found - header.names.begin());
}

// The texts of an ordinal column in their order, without blanks around them.
std::vector<std::string> order_of(const TableHeader& header, const ColumnRule& rule,
                                  const TableRules& rules, const std::string& title) {
  const MissingFields missing(rules.missing_texts, rules.decimal_comma);
  std::vector<std::string> order;
  for (const std::string& given : rule.order) {
    const std::string text(without_blanks(given));
    const auto refuse = [&](const char* why) {
      fail(header, fmt::format("the order of {} has {}, which {}; remove it", title,
                               quoted_text(text), why));
    };
    if (missing.contains(text)) refuse("means a missing value");
    if (std::ranges::find(order, text) != order.end()) refuse("it has already");
    order.push_back(text);
  }
  return order;
}

const ColumnRule* rule_of(const TableSchema& schema, std::size_t column, const TableRules& rules) {
  const std::string_view name = without_blanks(schema.columns[column].name);
  const auto found = std::ranges::find_if(rules.columns, [&](const ColumnRule& rule) {
    return rule.index > 0 ? rule.index == column + 1
                          : !name.empty() && without_blanks(rule.name) == name;
  });
  return found == rules.columns.end() ? nullptr : &*found;
}

// A column without a name is most often the row number, as pandas and R write it. As an
// input it would reveal the order of the file.
void check_inputs_have_names(const TableHeader& header, const TableSchema& schema,
                             const std::vector<bool>& ruled) {
  for (std::size_t i = 0; i < header.names.size(); ++i) {
    if (!header.names[i].empty() || ruled[i] || !is_input(schema.columns[i].role)) continue;
    fail(header, fmt::format("column {0} has no name (row numbers?): give it a role by its index, "
                             "column {{ index: {0} role: IGNORED }}, or NUMBER for an input",
                             i + 1));
  }
}

// ---- other files of the same table ----

// For each column of a file the column of the schema in the same position, if the numbers of
// columns agree. Examples to predict may lack the label columns.
std::optional<std::vector<std::size_t>> columns_by_position(std::uint64_t columns,
                                                            const TableSchema& schema,
                                                            bool labelled) {
  std::vector<std::size_t> positions(schema.columns.size());
  std::iota(positions.begin(), positions.end(), std::size_t{0});
  if (positions.size() == columns) return positions;
  std::erase_if(positions, [&](std::size_t i) { return is_label(schema.columns[i].role); });
  if (!labelled && positions.size() == columns) return positions;
  return std::nullopt;
}

ColumnMatch match_by_position(const TableHeader& header, const TableSchema& schema, bool labelled) {
  if (const auto positions = columns_by_position(header.columns, schema, labelled)) {
    return {.columns = {positions->begin(), positions->end()}, .left_out = {}};
  }
  const std::uint64_t all = schema.columns.size();
  fail(header,
       fmt::format("{} columns; the training file has {}{}", header.columns, all,
                   labelled ? "" : fmt::format(", {} without labels", all - label_width(schema))));
}

std::string title(std::string_view name, std::size_t column) {
  return name.empty() ? fmt::format("column {} (which has no name)", column + 1)
                      : quoted_text(name);
}

// Titles as the subject of a sentence: "columns "a", "b"".
std::string columns_text(std::span<const std::string> titles) {
  if (titles.empty() || titles[0].starts_with("column")) return listed(titles);
  return (titles.size() == 1 ? "column " : "columns ") + listed(titles);
}

[[noreturn]] void refuse_header(const TableHeader& header, std::span<const std::string> absent,
                                std::span<const std::string> added, bool labelled) {
  // Examples to predict have no settings of their own.
  const std::string hints =
      delimiter_hint(header) +
      row_hint(header.names, labelled ? "say header: false" : "the training file has a header");
  const std::string missing = "no " + columns_text(absent);
  if (added.empty()) {
    fail(header, fmt::format("{}, which the training file has; its columns: {}{}", missing,
                             quoted_names(header.names), hints));
  }
  const std::string new_ones = fmt::format("{} {} not in the training file", columns_text(added),
                                           added.size() == 1 ? "is" : "are");
  if (absent.empty())
    fail(header,
         fmt::format("{}; remove {}{}", new_ones, added.size() == 1 ? "it" : "them", hints));
  fail(header, fmt::format("{}, which the training file has; {}{}", missing, new_ones, hints));
}

ColumnMatch match_by_name(const TableHeader& header, const TableSchema& schema, bool labelled) {
  check_names_differ(header);
  const std::vector<TableColumn>& columns = schema.columns;
  const auto positions = columns_by_position(header.columns, schema, labelled);
  const auto find = [&](std::size_t i) -> std::optional<std::size_t> {
    if (header.names[i].empty()) {
      return positions && columns[(*positions)[i]].name.empty() ? std::optional((*positions)[i])
                                                                : std::nullopt;
    }
    const auto found = std::ranges::find_if(columns, [&](const TableColumn& column) {
      return without_blanks(column.name) == header.names[i];
    });
    if (found == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns.begin());
  };
  // If so, an unnamed column in another position is also ignored.
  const bool unnamed_are_ignored =
      std::ranges::any_of(columns, [](const auto& column) { return column.name.empty(); }) &&
      std::ranges::all_of(columns, [](const auto& column) {
        return !column.name.empty() || column.role == ColumnRole::ignored;
      });

  ColumnMatch match;
  std::vector<bool> there(columns.size());
  for (std::size_t i = 0; i < header.columns; ++i) {
    const auto column = find(i);
    match.columns.push_back(column);
    if (column) {
      there[*column] = true;
    } else if (!header.names[i].empty() || !unnamed_are_ignored) {
      match.left_out.push_back(title(header.names[i], i));
    }
  }
  std::vector<std::string> absent;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool needed = is_input(columns[i].role) || (labelled && is_label(columns[i].role)) ||
                        (!labelled && columns[i].role == ColumnRole::id);
    if (needed && !there[i]) absent.push_back(title(columns[i].name, i));
  }
  if (!absent.empty() || (labelled && !match.left_out.empty())) {
    refuse_header(header, absent, match.left_out, labelled);
  }
  return match;
}

}  // namespace

bool is_input(ColumnRole role) {
  return role == ColumnRole::number || role == ColumnRole::category || role == ColumnRole::ordinal;
}

bool is_label(ColumnRole role) {
  return role == ColumnRole::label || role == ColumnRole::class_name;
}

std::uint64_t feature_width(const TableColumn& column) {
  if (!is_input(column.role)) return 0;
  const std::uint64_t of_value = column.role == ColumnRole::category
                                     ? column.categories.size() + (column.has_rare ? 1 : 0)
                                     : 1;
  return of_value + (column.missing_indicator ? 1 : 0);
}

std::uint64_t feature_count(const TableSchema& schema) {
  std::uint64_t count = 0;
  for (const TableColumn& column : schema.columns) count += feature_width(column);
  return count;
}

namespace {

// The features of the columns; a column that is neither a category nor missing is called
// `name_of(column, name)`.
template <typename NameOf>
std::vector<std::string> names_of_features(const TableSchema& schema, const NameOf& name_of) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    const TableColumn& column = schema.columns[i];
    const std::string name = column.name.empty() ? fmt::format("column {}", i + 1) : column.name;
    if (!is_input(column.role)) continue;
    if (column.role == ColumnRole::category) {
      for (const std::string& category : column.categories) {
        names.push_back(fmt::format("{}={}", name, category));
      }
      if (column.has_rare) names.push_back(name + " is rare");
    } else {
      names.push_back(name_of(column, name));
    }
    if (column.missing_indicator) names.push_back(name + " is missing");
  }
  return names;
}

}  // namespace

std::vector<std::string> feature_names(const TableSchema& schema) {
  return names_of_features(schema,
                           [](const TableColumn&, const std::string& name) { return name; });
}

std::vector<std::string> feature_meanings(const TableSchema& schema) {
  return names_of_features(schema, [](const TableColumn& column, const std::string& name) {
    if (column.role != ColumnRole::ordinal) return name;
    return fmt::format("{} ({})", name, fmt::join(column.categories, " < "));
  });
}

bool fills_missing(const TableSchema& schema) {
  return std::ranges::any_of(schema.columns, [](const TableColumn& column) {
    return is_input(column.role) && column.when_missing != WhenMissing::refuse;
  });
}

std::uint64_t label_width(const TableSchema& schema) {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      schema.columns, [](const TableColumn& column) { return is_label(column.role); }));
}

std::vector<std::size_t> kept_columns(const TableSchema& schema) {
  std::vector<std::size_t> kept;
  for (const ColumnRole role : {ColumnRole::id, ColumnRole::kept}) {
    for (std::size_t i = 0; i < schema.columns.size(); ++i) {
      if (schema.columns[i].role == role) kept.push_back(i);
    }
  }
  return kept;
}

std::vector<std::string> label_names(const TableSchema& schema) {
  std::vector<std::string> names;
  for (const TableColumn& column : schema.columns) {
    if (is_label(column.role)) names.push_back(column.name);
  }
  return names;
}

std::string column_title(const TableSchema& schema, std::size_t column) {
  const std::string& name = schema.columns[column].name;
  return name.empty() ? fmt::format("column {}", column + 1) : "column " + quoted_text(name);
}

TableSchema schema_of(const TableHeader& header, const TableRules& rules) {
  check_names_differ(header);
  TableSchema schema;
  schema.columns.resize(header.columns);
  for (std::size_t i = 0; i < header.names.size(); ++i) schema.columns[i].name = header.names[i];
  for (TableColumn& column : schema.columns) column.role = rules.others;
  std::vector<bool> ruled(header.columns);
  for (const ColumnRule& rule : rules.columns) {
    const std::size_t column = column_of(header, rule);
    if (ruled[column]) {
      fail(header,
           fmt::format("{} has two roles in the job; remove one", column_title(schema, column)));
    }
    ruled[column] = true;
    schema.columns[column].role = rule.role;
    schema.columns[column].missing_indicator = rule.missing_indicator;
    schema.columns[column].categories = order_of(header, rule, rules, column_title(schema, column));
  }
  set_when_missing(schema, rules);
  check_inputs_have_names(header, schema, ruled);
  const bool has_inputs = std::ranges::any_of(
      schema.columns, [](const TableColumn& column) { return is_input(column.role); });
  if (!has_inputs) {
    fail(header, fmt::format("no column is an input, a NUMBER, a CATEGORY or ORDINAL{}",
                             delimiter_hint(header)));
  }
  return schema;
}

void set_when_missing(TableSchema& schema, const TableRules& rules) {
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    TableColumn& column = schema.columns[i];
    const ColumnRule* const rule = rule_of(schema, i, rules);
    column.when_missing =
        rule != nullptr && rule->when_missing ? *rule->when_missing : rules.when_missing;
    const bool has_median = column.role != ColumnRole::category;
    if (column.when_missing == WhenMissing::training_median && !has_median) {
      column.when_missing = WhenMissing::training_most_frequent;
    }
  }
}

ColumnMatch matching_columns(const TableHeader& header, const TableSchema& schema, bool labelled) {
  const bool by_name =
      !header.names.empty() && std::ranges::any_of(schema.columns, [](const TableColumn& column) {
        return !column.name.empty();
      });
  return by_name ? match_by_name(header, schema, labelled)
                 : match_by_position(header, schema, labelled);
}

std::optional<std::string> caution_of_numbers_as_names(const TableHeader& header,
                                                       const ColumnMatch& match,
                                                       const FittedTable& table) {
  const bool decimal_comma = table.rules.decimal_comma;
  const MissingFields missing(table.rules.missing_texts, decimal_comma);
  const auto number = [&](const std::string& name) { return is_number(name, decimal_comma); };
  std::vector<std::string> numbers;
  for (std::size_t i = 0; i < header.names.size(); ++i) {
    const auto column = match.columns[i];
    if (!column) continue;
    const ColumnRole role = table.schema.columns[*column].role;
    if (role != ColumnRole::number && role != ColumnRole::label) continue;
    const std::string& name = header.names[i];
    if (number(name)) {
      numbers.push_back(name);
    } else if (!missing.contains(name)) {
      return std::nullopt;
    }
  }
  if (numbers.empty()) return std::nullopt;
  return fmt::format(
      "caution: {}: all names of the header{} are numbers ({}); is it a row? say header: false",
      header.file,
      std::ranges::all_of(header.names, number) ? ""
                                                  ""
                                                : " for columns of numbers",
      quoted_names(numbers));
}

std::string listed(std::span<const std::string> texts) {
  constexpr std::size_t kMostShown = 20;
  std::string list;
  for (const std::string& text : texts.first(std::min(texts.size(), kMostShown))) {
    list += (list.empty() ? "" : ", ") + text;
  }
  if (texts.size() > kMostShown) list += fmt::format(" and {} more", texts.size() - kMostShown);
  return list;
}

std::string quoted_names(std::span<const std::string> names) {
  std::vector<std::string> quoted;
  for (const std::string& name : names) quoted.push_back(quoted_text(name));
  return listed(quoted);
}

}  // namespace lockstep
