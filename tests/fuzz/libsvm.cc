// Sparse examples with labels, with a known number of features, with labels of -1 and +1.

#include <array>

#include "examples_input.h"
#include "targets.h"

namespace lockstep {

void fuzz_libsvm(std::string_view input) {
  static const MemoryFile file;
  static const std::array ways = {
      ReadingWay{{LibsvmSource{file.path(), std::nullopt}}},
      ReadingWay{{LibsvmSource{file.path(), 6}}},
      ReadingWay{
          {LibsvmSource{file.path(), std::nullopt}, std::nullopt, LabelCoding::minus_one_plus_one}},
      ReadingWay{
          {LibsvmSource{file.path(), std::nullopt}, Corruption{1.5, 3}, LabelCoding::one_based}},
  };
  read_examples(input, file, ways);
}

}  // namespace lockstep
