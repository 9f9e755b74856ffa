#pragma once
// The text files of make_golden.py: arrays as "name rows columns" and then
// their values, row by row.

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace lockstep {

struct GoldenArray {
  std::size_t rows;
  std::size_t columns;
  std::vector<double> values;
};

using GoldenArrays = std::map<std::string, GoldenArray>;

// Throws std::runtime_error when the file is not there or not in that form.
GoldenArrays read_golden_arrays(const std::filesystem::path& path);

}  // namespace lockstep
