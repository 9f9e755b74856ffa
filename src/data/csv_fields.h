#pragma once
// A record of a CSV file and its fields (RFC 4180). Delimiters separate the fields. A
// field that begins with a quote ends with one; within it, delimiters and line ends are
// ordinary characters, and a quote is written twice.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

struct CsvRecord {
  std::string_view text;   // without its line end
  std::uint64_t line = 1;  // line of the file where the record begins; counts from 1
  bool has_quotes = false;
  bool closed = true;     // false: the file ends inside quotes
  bool too_long = false;  // beyond kLongestRecordBytes; `text` is empty
};

// A record longer than this means a forgotten quote, not an example.
inline constexpr std::uint64_t kLongestRecordBytes = std::uint64_t{16} << 20;

// "is the delimiter ";"?" for a character that may be one; otherwise empty.
std::string delimiter_question(char c);

// Splits records into fields. Owns the memory for them; the fields of a record are
// valid until the next one.
class CsvSplitter {
 public:
  explicit CsvSplitter(char delimiter) : delimiter_(delimiter) {}

  // An error in a field's quotes.
  struct Fault {
    std::size_t field = 0;  // counts from 0
    std::string what;
  };

  // The fields before a fault, if there is one, and all fields otherwise; at least
  // one.
  std::span<const std::string_view> split(const CsvRecord& record);
  [[nodiscard]] const std::optional<Fault>& fault() const { return fault_; }

  // The line of the file on which a field of the last record begins. For a field beyond
  // the last, the line of the last field.
  [[nodiscard]] std::uint64_t line_of(std::size_t field) const;

 private:
  void split_plain(std::string_view text);
  void split_quoted(std::string_view text);

  char delimiter_;
  CsvRecord record_;
  std::vector<std::string_view> fields_;
  std::vector<std::size_t> begins_;  // where the fields of a record with quotes begin
  std::string unescaped_;            // fields that had doubled quotes
  std::optional<Fault> fault_;
};

}  // namespace lockstep
