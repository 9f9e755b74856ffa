#include "config/problems.h"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"

namespace lockstep {
namespace {

constexpr std::size_t kMostShown = 100;

}  // namespace

Problems::Problems(std::string file_name) : file_name_(std::move(file_name)) {}

void Problems::add(const Place& place, std::string message) {
  problems_.push_back({place, std::move(message)});
}

void Problems::throw_if_any() const {
  if (!empty()) throw Error(ExitCode::usage, describe());
}

std::string Problems::describe() const {
  std::vector<Problem> sorted = problems_;
  const auto order = [](const Problem& problem) {
    const Place& place = problem.place;
    return place.override_text.empty() ? std::tuple(false, place.line, place.column)
                                       : std::tuple(true, 0, 0);
  };
  std::ranges::stable_sort(sorted, {}, order);

  std::string text;
  for (std::size_t i = 0; i < std::min(sorted.size(), kMostShown); ++i) {
    const auto& [place, message] = sorted[i];
    if (i > 0) text += '\n';
    text += place.override_text.empty()
                ? fmt::format("{}:{}:{}: {}", file_name_, place.line, place.column, message)
                : fmt::format("--set {}: {}", place.override_text, message);
  }
  if (sorted.size() > kMostShown) {
    text += fmt::format("\n... and {} more problems", sorted.size() - kMostShown);
  }
  return text;
}

}  // namespace lockstep
