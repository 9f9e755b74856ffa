#include "data/table.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/nearest.h"
#include "data/complaints.h"

namespace lockstep {
namespace {

[[noreturn]] void fail(const TableHeader& header, std::string_view what) {
  throw Error(ExitCode::data, fmt::format("{}: {}", header.file, what));
}

bool is_label(ColumnRole role) {
  return role == ColumnRole::label || role == ColumnRole::class_name;
}

void check_names_differ(const TableHeader& header) {
  std::vector<std::string> names = header.names;
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice == names.end()) return;
  fail(header, fmt::format("two columns have the name {}; rename one", quoted_text(*twice)));
}

// A header read with the wrong delimiter is one long name.
std::string delimiter_hint(const TableHeader& header) {
  if (header.names.size() != 1) return "";
  for (const char other : {',', ';', '\t', '|'}) {
    if (header.names[0].find(other) == std::string::npos) continue;
    return fmt::format("; is the delimiter {}?",
                       other == '\t' ? "a tab (\"\\t\")" : fmt::format("\"{}\"", other));
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
  const auto found = std::ranges::find(header.names, rule.name);
  if (found == header.names.end()) {
    const auto nearest = nearest_word(rule.name, header.names);
    fail(header, fmt::format("no column {}; {}its columns: {}{}", quoted_text(rule.name),
                             nearest ? fmt::format("did you mean {}? ", quoted_text(*nearest)) : "",
                             quoted_names(header.names), delimiter_hint(header)));
  }
  return static_cast<std::size_t>(found - header.names.begin());
}

}  // namespace

bool TableRules::is_missing(std::string_view text) const {
  return text.empty() || std::ranges::find(missing_texts, text) != missing_texts.end();
}

std::uint64_t feature_width(const TableColumn& column) {
  if (column.role == ColumnRole::number) return 1;
  return column.role == ColumnRole::category ? column.categories.size() : 0;
}

std::uint64_t feature_count(const TableSchema& schema) {
  std::uint64_t count = 0;
  for (const TableColumn& column : schema.columns) count += feature_width(column);
  return count;
}

std::vector<std::string> feature_names(const TableSchema& schema) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    const TableColumn& column = schema.columns[i];
    const std::string name = column.name.empty() ? fmt::format("column {}", i + 1) : column.name;
    if (column.role == ColumnRole::number) names.push_back(name);
    for (const std::string& category : column.categories) {
      names.push_back(fmt::format("{}={}", name, category));
    }
  }
  return names;
}

std::uint64_t label_width(const TableSchema& schema) {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      schema.columns, [](const TableColumn& column) { return is_label(column.role); }));
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
  }
  const bool has_inputs = std::ranges::any_of(schema.columns, [](const TableColumn& column) {
    return column.role == ColumnRole::number || column.role == ColumnRole::category;
  });
  if (!has_inputs) {
    fail(header,
         fmt::format("no column is an input, a NUMBER or a CATEGORY{}", delimiter_hint(header)));
  }
  return schema;
}

std::vector<std::size_t> matching_columns(const TableHeader& header, const TableSchema& schema,
                                          bool labelled) {
  const auto needed = [&](const TableColumn& column) {
    return column.role == ColumnRole::number || column.role == ColumnRole::category ||
           (labelled && is_label(column.role));
  };
  std::vector<std::size_t> matches;
  const bool by_name = !header.names.empty() && !schema.columns[0].name.empty();
  if (!by_name) {
    for (std::size_t i = 0; i < schema.columns.size(); ++i) matches.push_back(i);
    if (matches.size() == header.columns) return matches;
    // Examples to predict may have come without their labels.
    std::erase_if(matches, [&](std::size_t i) { return is_label(schema.columns[i].role); });
    if (!labelled && matches.size() == header.columns) return matches;
    fail(header, fmt::format("{} columns; the training file has {}{}", header.columns,
                             schema.columns.size(),
                             labelled ? "" : fmt::format(", {} without labels", matches.size())));
  }
  check_names_differ(header);
  for (const std::string& name : header.names) {
    const auto found = std::ranges::find(schema.columns, name, &TableColumn::name);
    if (found == schema.columns.end()) {
      fail(header, fmt::format("column {} is not in the training file; remove it{}",
                               quoted_text(name), delimiter_hint(header)));
    }
    matches.push_back(static_cast<std::size_t>(found - schema.columns.begin()));
  }
  std::vector<std::string> absent;
  for (const TableColumn& column : schema.columns) {
    const bool there = std::ranges::find(header.names, column.name) != header.names.end();
    if (!there && needed(column)) absent.push_back(column.name);
  }
  if (!absent.empty()) {
    fail(header, fmt::format("no column {}, which the training file has; its columns: {}",
                             quoted_names(absent), quoted_names(header.names)));
  }
  return matches;
}

std::string quoted_names(std::span<const std::string> names) {
  constexpr std::size_t kMostShown = 20;
  std::string text;
  for (const std::string& name : names.first(std::min(names.size(), kMostShown))) {
    text += (text.empty() ? "" : ", ") + quoted_text(name);
  }
  if (names.size() > kMostShown) text += fmt::format(" and {} more", names.size() - kMostShown);
  return text;
}

}  // namespace lockstep
