#include "golden/arrays.h"

#include <fstream>
#include <stdexcept>

namespace lockstep {

GoldenArrays read_golden_arrays(const std::filesystem::path& path) {
  std::ifstream file(path);
  GoldenArrays arrays;
  std::string name;
  while (file >> name) {
    GoldenArray& array = arrays[name];
    file >> array.rows >> array.columns;
    if (file) array.values.resize(array.rows * array.columns);
    for (double& value : array.values) file >> value;
    if (!file) throw std::runtime_error(path.string() + ": array " + name + " is cut off");
  }
  if (arrays.empty()) throw std::runtime_error(path.string() + " cannot be read or is empty");
  return arrays;
}

}  // namespace lockstep
