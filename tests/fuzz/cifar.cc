// Records of CIFAR-10 and CIFAR-100.

#include <array>

#include "examples_input.h"
#include "targets.h"

namespace lockstep {

void fuzz_cifar(std::string_view input) {
  static const MemoryFile file;
  static const std::array ways = {
      ReadingWay{{CifarSource{{file.path()}, CifarKind::cifar10}}},
      ReadingWay{{CifarSource{{file.path()}, CifarKind::cifar100_fine}}},
      ReadingWay{{CifarSource{{file.path(), file.path()}, CifarKind::cifar100_coarse}}},
      ReadingWay{{CifarSource{{file.path()}, CifarKind::cifar10, false}}},
  };
  read_examples(input, file, ways);
}

}  // namespace lockstep
