#pragma once
// The rows of a table for a saved model, to predict or to score, read once from beginning to end,
// so that the table may come from a pipe and be of any length.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/csv_records.h"
#include "data/csv_rows.h"
#include "data/examples.h"
#include "data/table.h"

namespace lockstep {

// Consecutive rows.
struct TableRows {
  Examples examples = {};                           // missing values are NaN
  std::vector<std::uint64_t> lines = {};            // of the file, counted from 1
  std::vector<std::vector<std::string>> kept = {};  // [rows, kept_columns()], as written
};

// Whether the rows have labels. Labels to ignore may be absent.
enum class StreamLabels { ignored, read };

// What to wait for when a pipe pauses: all rows that were asked for, or the first of them.
enum class StreamWait { for_all, for_first };

class TableStream {
 public:
  // Opens a file, pipe or device and reads its header. `like` says how the rows are read. Throws
  // Error(missing_input) or Error(data); with `refuse_new_columns` also when the header has columns
  // that `like` does not have, with StreamLabels::read also when it lacks a label column.
  // `on_pause` as for ByteStream.
  TableStream(const std::filesystem::path& path, const CsvDialect& dialect,
              std::shared_ptr<const FittedTable> like, bool refuse_new_columns,
              StreamLabels labels = StreamLabels::ignored, std::function<void()> on_pause = {});

  // The next rows, at most `count`; none at the end. Fewer than `count` are the last ones or, with
  // StreamWait::for_first, those that a pipe has given so far. Throws Error(data) for a table
  // without rows. After an error in a row it reads the rest, or what a pipe has given so far, and
  // throws Error(data) with the first errors.
  TableRows next(std::uint64_t count, StreamWait wait = StreamWait::for_all);

  // What a person should know about the rows read so far: one line each, beginning with the file.
  [[nodiscard]] std::vector<std::string> notices() const;

 private:
  void tell_of_columns(const TableHeader& header, const ColumnMatch& match);
  void require_labels(const ColumnMatch& match) const;
  void read_row(const CsvRecord& record, TableRows& rows);
  void take_label(Examples& examples);
  [[noreturn]] void throw_complaints(StreamWait wait);

  std::filesystem::path path_;
  CsvDialect dialect_;
  std::shared_ptr<const FittedTable> table_;
  StreamLabels labels_;
  std::vector<std::size_t> kept_;  // columns of the schema
  CsvRecordReader records_;
  std::unique_ptr<TableRowReader> reader_;  // knows the columns, once the header is read
  std::vector<std::optional<std::size_t>> columns_;
  std::vector<std::string> notices_;  // about the columns
  std::uint64_t done_ = 0;            // rows read so far
  TableFacts facts_;
  Complaints complaints_;
};

}  // namespace lockstep
