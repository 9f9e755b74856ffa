#include "data/split.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "base/check.h"
#include "base/error.h"
#include "base/random.h"

namespace lockstep {
namespace {

// `total` divided in proportion to `weights`, each share rounded down and the
// rest given to the largest remainders (the lower index among equals). No share
// exceeds its weight when `total` does not exceed their sum.
std::vector<std::uint64_t> proportional_shares(std::uint64_t total,
                                               std::span<const std::uint64_t> weights) {
  const std::uint64_t sum = std::accumulate(weights.begin(), weights.end(), std::uint64_t{0});
  std::vector<std::uint64_t> shares(weights.size());
  std::vector<std::uint64_t> remainders(weights.size());
  std::uint64_t rest = total;
  for (std::size_t c = 0; c < weights.size(); ++c) {
    shares[c] = total * weights[c] / sum;  // both below 2^32
    remainders[c] = total * weights[c] % sum;
    rest -= shares[c];
  }
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](auto a, auto b) { return remainders[a] > remainders[b]; });
  for (std::uint64_t k = 0; k < rest; ++k) ++shares[order[k]];
  return shares;
}

// Class of each example as 0..classes-1, in the order of the labels' values.
struct Classes {
  std::vector<std::uint32_t> of_example;
  std::vector<std::uint64_t> sizes;
};

Classes find_classes(std::span<const float> labels) {
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

  Classes classes{.of_example = {}, .sizes = std::vector<std::uint64_t>(numbers.size())};
  for (const float label : labels) {
    classes.of_example.push_back(numbers.at(label));
    ++classes.sizes[classes.of_example.back()];
  }
  return classes;
}

void check_sizes(std::uint64_t n, HeldOut held_out) {
  check(n < (1ULL << 32), "a source has fewer than 2^32 examples");
  if (held_out.dev < n && held_out.test < n - held_out.dev) return;
  throw Error(ExitCode::usage,
              fmt::format("data.split: dev {} and test {} leave none of {} examples to train on; "
                          "make them smaller",
                          held_out.dev, held_out.test, n));
}

// Goes through the examples in keyed order; each goes to the first part that
// still wants one of its class.
Split split_by_class(const Classes& classes, HeldOut held_out, std::uint32_t seed) {
  const std::uint64_t n = classes.of_example.size();
  auto dev_wants = proportional_shares(held_out.dev, classes.sizes);
  auto left = classes.sizes;
  for (std::size_t c = 0; c < left.size(); ++c) left[c] -= dev_wants[c];
  auto test_wants = proportional_shares(held_out.test, left);

  Split split;
  for (const std::uint32_t id : random_permutation({seed, Purpose::split}, 0, 0, n)) {
    const std::uint32_t c = classes.of_example[id];
    if (dev_wants[c] > 0) {
      --dev_wants[c];
      split.dev.push_back(id);
    } else if (test_wants[c] > 0) {
      --test_wants[c];
      split.test.push_back(id);
    } else {
      split.train.push_back(id);
    }
  }
  std::ranges::sort(split.train);
  std::ranges::sort(split.dev);
  std::ranges::sort(split.test);
  return split;
}

}  // namespace

std::uint64_t examples_in(double fraction, std::uint64_t n) {
  if (!(fraction > 0 && fraction < 1)) {
    throw Error(ExitCode::usage,
                fmt::format("data.split: expected a fraction between 0 and 1, found {}", fraction));
  }
  const auto count = static_cast<std::uint64_t>(std::llround(fraction * static_cast<double>(n)));
  if (count == 0) {
    throw Error(ExitCode::usage,
                fmt::format("data.split: fraction {} of {} examples holds none; make it larger",
                            fraction, n));
  }
  return count;
}

Split split_examples(std::uint64_t n, HeldOut held_out, std::uint32_t seed) {
  check_sizes(n, held_out);
  return split_by_class({.of_example = std::vector<std::uint32_t>(n, 0), .sizes = {n}}, held_out,
                        seed);
}

Split split_stratified(std::span<const float> labels, HeldOut held_out, std::uint32_t seed) {
  check_sizes(labels.size(), held_out);
  return split_by_class(find_classes(labels), held_out, seed);
}

}  // namespace lockstep
