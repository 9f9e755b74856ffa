#pragma once
// Valid small files of every format, to be damaged.

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "data/source.h"

namespace lockstep {

struct FuzzCase {
  std::string name;
  std::vector<std::string> files;  // contents
  // Opens the files, which have been written in the same order.
  std::function<std::unique_ptr<ExampleSource>(const std::vector<std::filesystem::path>&)> open;
  // The largest single allocation allowed for a file whose content may have so
  // many bytes: `fixed` and `factor` times those.
  std::size_t fixed = std::size_t{1} << 20;
  std::size_t factor = 16;
};

// To have another format damaged, add a case.
std::vector<FuzzCase> fuzz_cases();

}  // namespace lockstep
