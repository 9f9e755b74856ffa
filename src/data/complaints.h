#pragma once
// What is wrong with a text file: the first ten places, how many there are, and how
// many in each field of the lines.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

struct Complaint {
  std::uint64_t line = 0;    // counts from 1
  std::uint64_t column = 0;  // field of the line, counts from 1; 0: the whole line
  std::string what;
};

// In the order of the file. Keeps the first kMostShown and counts the others.
class Complaints {
 public:
  static constexpr std::size_t kMostShown = 10;

  void add(std::uint64_t line, std::uint64_t column, std::string what);
  // Those of a later part of the file.
  void append(const Complaints& later);

  [[nodiscard]] bool empty() const { return total_ == 0; }
  // Throws Error(data) with a line "<file>:<line>:<column>: <what>" for each, and
  // "and 35 more; in all 40 in field 2, 3 in field 5" where there are more.
  [[noreturn]] void throw_for(std::string_view file) const;

  // To and from bytes, for other readers of the same file.
  [[nodiscard]] std::string packed() const;
  static Complaints unpacked(std::string_view bytes);

 private:
  std::vector<Complaint> first_;
  std::uint64_t total_ = 0;
  std::map<std::uint64_t, std::uint64_t> of_fields_;  // how many, by column
};

// `text` in quotes, cut when long, with control characters shown as \xNN.
std::string quoted_text(std::string_view text);

}  // namespace lockstep
