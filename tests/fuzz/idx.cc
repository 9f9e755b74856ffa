// The file is the features, the labels or the groups; the others are whole.

#include <array>

#include "examples_input.h"
#include "targets.h"

namespace lockstep {

using namespace std::string_view_literals;

void fuzz_idx(std::string_view input) {
  static const MemoryFile file;
  // Five examples of two bytes, with labels and groups.
  static const MemoryFile features(
      "\0\0\x08\x02\0\0\0\x05\0\0\0\x02"
      "abcdefghij"sv);
  static const MemoryFile labels("\0\0\x08\x01\0\0\0\x05\0\1\0\1\0"sv);
  static const std::array ways = {
      ReadingWay{{IdxSource{file.path(), {}, std::nullopt}}},
      ReadingWay{{IdxSource{file.path(), labels.path(), std::nullopt}}},
      ReadingWay{{IdxSource{features.path(), file.path(), std::nullopt}}},
      ReadingWay{{IdxSource{features.path(), labels.path(), file.path()}}},
      ReadingWay{{IdxSource{file.path(), {}, std::nullopt}, Corruption{1.5, 3}}},
  };
  read_examples(input, file, ways);
}

}  // namespace lockstep
