#include "data/class_numbers.h"

#include <cmath>
#include <cstddef>
#include <map>

#include <fmt/format.h>

#include "base/error.h"

namespace lockstep {

ClassNumbers number_classes(std::span<const float> labels) {
  std::map<float, std::uint32_t> numbers;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (!(labels[i] >= 0) || labels[i] != std::floor(labels[i])) {
      throw Error(
          ExitCode::data,
          fmt::format("a stratified split needs class numbers as labels, found {} in row {} "
                      "(rows count from 0); use data.split.stratified: false",
                      labels[i], i));
    }
    numbers.try_emplace(labels[i]);
  }
  std::uint32_t next = 0;
  for (auto& [label, number] : numbers) number = next++;

  ClassNumbers classes{.of_example = {}, .sizes = std::vector<std::uint64_t>(numbers.size())};
  for (const float label : labels) {
    classes.of_example.push_back(numbers.at(label));
    ++classes.sizes[classes.of_example.back()];
  }
  return classes;
}

ClassNumbers one_class(std::uint64_t n) {
  return {.of_example = std::vector<std::uint32_t>(n, 0), .sizes = {n}};
}

}  // namespace lockstep
