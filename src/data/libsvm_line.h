#pragma once
// One line of a libsvm file: label, then index:value pairs.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

struct LibsvmLine {
  bool blank = false;      // nothing but white space or a comment
  bool empty = false;      // not even a comment
  bool has_label = false;  // whether or not it is read
  std::optional<float> label = {};
  std::optional<std::uint64_t> group = {};  // qid:GROUP, as ranking data has it
  struct Value {
    std::uint64_t index = 0;  // from 1
    float value = 0;
  };
  std::vector<Value> values = {};  // ascending indices
};

// An error in a line, and its column in bytes, counted from 1.
struct LineProblem {
  std::size_t column = 0;
  std::string message;
  bool beyond_features = false;  // an index above the number of features
};

// Parses [LABEL] [qid:GROUP] INDEX:VALUE ... # comment into `line`. Numbers are
// read independently of the locale and are finite as float. The label is required
// if `labelled`; otherwise it is optional and is skipped, whatever its value.
// Indices may be at most `features`.
std::optional<LineProblem> parse_libsvm_line(std::string_view text, bool labelled,
                                             std::uint64_t features, LibsvmLine& line);

}  // namespace lockstep
