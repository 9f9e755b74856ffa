// The file is the features, the labels or the groups; the others are whole.

#include <array>
#include <string>

#include "examples_input.h"
#include "targets.h"

namespace lockstep {
namespace {

using namespace std::string_view_literals;

std::string npy(std::string_view dictionary, std::string_view values) {
  std::string content("\x93NUMPY\x01\0"sv);
  content += static_cast<char>(dictionary.size());
  content += '\0';
  return content.append(dictionary).append(values);
}

}  // namespace

void fuzz_npy(std::string_view input) {
  static const MemoryFile file;
  // Five examples of two bytes, with labels and groups.
  static const MemoryFile features(
      npy("{'descr': '|u1', 'fortran_order': False, 'shape': (5, 2), }\n", "abcdefghij"));
  static const MemoryFile labels(
      npy("{'descr': '|u1', 'fortran_order': False, 'shape': (5,), }\n", "\0\1\0\1\0"sv));
  static const std::array ways = {
      ReadingWay{{NpySource{file.path(), {}, std::nullopt}}},
      ReadingWay{{NpySource{file.path(), labels.path(), std::nullopt}}},
      ReadingWay{{NpySource{features.path(), file.path(), std::nullopt}}},
      ReadingWay{{NpySource{features.path(), labels.path(), file.path()}}},
      ReadingWay{{NpySource{file.path(), {}, std::nullopt, true}}},
  };
  read_examples(input, file, ways);
}

}  // namespace lockstep
