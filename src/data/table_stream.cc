#include "data/table_stream.h"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "data/csv_header.h"

namespace lockstep {
namespace {

// "3 values of column "age" are missing", with the number as it is.
std::string count_text(std::uint64_t count, const std::string& title, const char* one,
                       const char* several) {
  return fmt::format("{} value{} of {} {}", count, count == 1 ? "" : "s", title,
                     count == 1 ? one : several);
}

const char* filled_with(WhenMissing when_missing) {
  switch (when_missing) {
    case WhenMissing::training_median:
      return "training median";
    case WhenMissing::training_most_frequent:
      return "most frequent training value";
    case WhenMissing::training_mean:
    case WhenMissing::refuse:
      break;
  }
  return "training mean";
}

}  // namespace

TableStream::TableStream(const std::filesystem::path& path, const CsvDialect& dialect,
                         std::shared_ptr<const FittedTable> like, bool refuse_new_columns,
                         StreamLabels labels, std::function<void()> on_pause)
    : path_(path),
      dialect_(dialect),
      table_(std::move(like)),
      labels_(labels),
      kept_(kept_columns(table_->schema)),
      records_(path, std::move(on_pause)) {
  const TableHeader header = read_table_header(records_, path_, dialect_);
  const ColumnMatch match = matching_columns(header, table_->schema, /*labelled=*/false);
  if (refuse_new_columns && !match.left_out.empty()) {
    throw Error(ExitCode::data,
                fmt::format("{}: not in the training file: {}; remove them, or leave out "
                            "--refuse-new-columns",
                            path_.string(), listed(match.left_out)));
  }
  if (labels_ == StreamLabels::read) require_labels(match);
  tell_of_columns(header, match);
  columns_ = match.columns;
  reader_ = std::make_unique<TableRowReader>(
      table_->rules, table_->schema, columns_, /*fitted=*/true,
      /*labelled=*/labels_ == StreamLabels::read, dialect_, Remedy::options);
}

void TableStream::require_labels(const ColumnMatch& match) const {
  std::vector<std::string> absent;
  for (std::size_t i = 0; i < table_->schema.columns.size(); ++i) {
    const ColumnRole role = table_->schema.columns[i].role;
    if (role != ColumnRole::label && role != ColumnRole::class_name) continue;
    if (std::ranges::find(match.columns, std::optional(i)) != match.columns.end()) continue;
    absent.push_back(column_title(table_->schema, i));
  }
  if (absent.empty()) return;
  throw Error(ExitCode::data,
              fmt::format("{}: has no labels: {} is absent, with which predictions are compared; "
                          "add it (`lockstep predict` needs no labels)",
                          path_.string(), listed(absent)));
}

void TableStream::tell_of_columns(const TableHeader& header, const ColumnMatch& match) {
  const bool has_names = std::ranges::any_of(
      table_->schema.columns, [](const TableColumn& column) { return !column.name.empty(); });
  if (!has_names) {
    if (auto caution = caution_of_numbers_as_names(header, match, *table_)) {
      notices_.push_back(std::move(*caution));
    }
  }
  if (!match.left_out.empty()) notices_.push_back(left_out_notice(header, match));
  for (const std::size_t column : kept_) {
    if (std::ranges::find(match.columns, std::optional(column)) != match.columns.end()) continue;
    notices_.push_back(fmt::format("{}: has no {}, which is empty in the predictions",
                                   path_.string(), column_title(table_->schema, column)));
  }
}

// Moves the label of the row that was read last. There are label columns, or one of class names.
void TableStream::take_label(Examples& examples) {
  examples.labels.insert(examples.labels.end(), facts_.labels.begin(), facts_.labels.end());
  for (const std::uint32_t number : facts_.classes) {
    examples.labels.push_back(static_cast<float>(number));
  }
  facts_.labels.clear();
  facts_.classes.clear();
}

void TableStream::read_row(const CsvRecord& record, TableRows& rows) {
  std::vector<float> values(feature_count(table_->schema));
  Complaints of_values;
  reader_->read_facts(record, facts_);
  reader_->read_values(record, values, of_values);
  if (!facts_.complaints.empty() || !of_values.empty()) {
    reader_->check(record, complaints_);
    return;
  }
  const auto bytes = std::as_bytes(std::span(values));
  rows.examples.values.insert(rows.examples.values.end(), bytes.begin(), bytes.end());
  rows.examples.ids.push_back(static_cast<std::uint32_t>(rows.examples.ids.size()));
  if (labels_ == StreamLabels::read) take_label(rows.examples);
  rows.lines.push_back(record.line);
  rows.kept.push_back(reader_->read_texts(record, kept_));
}

TableRows TableStream::next(std::uint64_t count, StreamWait wait) {
  TableRows rows;
  rows.examples.type = ElementType::f32;
  rows.examples.features = feature_count(table_->schema);
  if (labels_ == StreamLabels::read) rows.examples.label_width = label_width(table_->schema);
  while (rows.lines.size() < count && complaints_.empty()) {
    const bool has_rows = !rows.lines.empty();
    if (has_rows && wait == StreamWait::for_first && !records_.is_ready()) break;
    const auto record = records_.next();
    if (!record) break;
    if (reader_->is_blank(*record)) continue;
    ++done_;
    read_row(*record, rows);
  }
  if (!complaints_.empty()) throw_complaints(wait);
  if (done_ == 0) refuse_no_rows(path_, dialect_);
  return rows;
}

void TableStream::throw_complaints(StreamWait wait) {
  while (wait == StreamWait::for_all || records_.is_ready()) {
    const auto record = records_.next();
    if (!record) break;
    if (reader_->is_blank(*record)) continue;
    ++done_;
    reader_->check(*record, complaints_);
  }
  complaints_.throw_for(path_.string(), done_, [&](std::uint64_t field) {
    const auto column = columns_[field - 1];  // only fields of the columns are counted
    return column ? column_title(table_->schema, *column) : fmt::format("column {}", field);
  });
}

std::vector<std::string> TableStream::notices() const {
  std::vector<std::string> notices = notices_;
  const auto replaced = reader_->replaced();
  for (std::size_t i = 0; i < replaced.size(); ++i) {
    const TableColumn& column = table_->schema.columns[i];
    const std::string title = column_title(table_->schema, i);
    if (replaced[i].missing > 0) {
      notices.push_back(fmt::format(
          "{}: {}; the {} takes {} place", path_.string(),
          count_text(replaced[i].missing, title, "is missing", "are missing"),
          filled_with(column.when_missing), replaced[i].missing == 1 ? "its" : "their"));
    }
    if (replaced[i].unknown > 0 && column.has_rare) {
      notices.push_back(
          fmt::format("{}: {}, as one feature", path_.string(),
                      count_text(replaced[i].unknown, title, "is a rare category or a new one",
                                 "are rare categories or new ones")));
    } else if (replaced[i].unknown > 0) {
      notices.push_back(fmt::format(
          "{}: {} that the training file does not have; all features of the column are 0 there",
          path_.string(),
          count_text(replaced[i].unknown, title, "is a category", "are categories")));
    }
  }
  return notices;
}

}  // namespace lockstep
