#pragma once
// Errors in a table in a text file: the first ten places, the number of all, and how many
// cells of each column look alike.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/cell_kind.h"

namespace lockstep {

struct Complaint {
  std::uint64_t line = 0;    // counts from 1
  std::uint64_t column = 0;  // field of the line, counts from 1; 0: the whole line
  std::string what;
};

// Complaints in the order of the file. Keeps the first kMostShown and counts the others, by
// column and by what the cells look like.
class Complaints {
 public:
  static constexpr std::size_t kMostShown = 10;

  // `look` describes the cell; without it the complaint is not counted for its column.
  void add(std::uint64_t line, std::uint64_t column, std::string what,
           std::optional<CellLook> look = std::nullopt);
  // Appends the complaints of a later part of the file.
  void append(const Complaints& later);

  [[nodiscard]] bool empty() const { return total_ == 0; }
  // Throws Error(data) with a line "<file>:<line>:<column>: <what>" for each complaint that
  // is kept. If there are more, adds their number and a line for each column that has most:
  //   and 35 more
  //   column "age": 12 of its 300 rows are "NA", 3 are words
  //   in other columns: 7
  // `rows` is the number of rows in the file; `title` gives a column's title, such as
  // `column "age"`.
  using ColumnTitle = std::function<std::string(std::uint64_t column)>;
  [[noreturn]] void throw_for(std::string_view file, std::uint64_t rows,
                              const ColumnTitle& title) const;

  // Converts to and from bytes, for other readers of the same file.
  [[nodiscard]] std::string packed() const;
  static Complaints unpacked(std::string_view bytes);

 private:
  // A line, preceded by a line break, for each of the columns with most complaints.
  [[nodiscard]] std::string text_of_columns(std::uint64_t rows, const ColumnTitle& title) const;

  std::vector<Complaint> first_;
  std::uint64_t total_ = 0;
  // Number of complaints by column and look: one entry for each look, not for each text.
  std::map<std::uint64_t, std::map<CellLook, std::uint64_t>> of_columns_;
};

// `text` in quotes, cut when long, with control characters shown as \xNN.
std::string quoted_text(std::string_view text);

}  // namespace lockstep
