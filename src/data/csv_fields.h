#pragma once
// A record of a CSV file and its fields (RFC 4180): fields between delimiters; a
// field that begins with a quote ends with one, holds delimiters and line ends as
// they are and every quote of its own twice.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/spec.h"

namespace lockstep {

struct CsvRecord {
  std::string_view text;   // without its line end
  std::uint64_t line = 1;  // of the file, where it begins; counts from 1
  bool has_quotes = false;
  bool closed = true;     // false: the file ends inside quotes
  bool too_long = false;  // beyond kLongestRecordBytes; `text` is empty
};

// A record of this size is a quote that was forgotten, not an example.
inline constexpr std::uint64_t kLongestRecordBytes = std::uint64_t{16} << 20;

// "is the delimiter ";"?" for a character that may be one; else nothing.
std::string delimiter_question(char c);

// Cuts records into fields. Holds the memory for it; the fields of a record are
// valid until the next one.
class CsvSplitter {
 public:
  explicit CsvSplitter(char delimiter) : delimiter_(delimiter) {}

  // What is wrong with a field's quotes.
  struct Fault {
    std::size_t field = 0;  // counts from 0
    std::string what;
  };

  // The fields before a fault, if there is one, and all of them otherwise. At
  // least one.
  std::span<const std::string_view> split(const CsvRecord& record);
  [[nodiscard]] const std::optional<Fault>& fault() const { return fault_; }

  // The line of the file on which a field of the last record begins; of the last
  // field for one that is not there.
  [[nodiscard]] std::uint64_t line_of(std::size_t field) const;

 private:
  void split_plain(std::string_view text);
  void split_quoted(std::string_view text);

  char delimiter_;
  CsvRecord record_;
  std::vector<std::string_view> fields_;
  std::vector<std::size_t> begins_;  // of fields in a record with quotes
  std::string unescaped_;            // fields that had doubled quotes
  std::optional<Fault> fault_;
};

}  // namespace lockstep
