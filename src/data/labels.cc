#include "data/labels.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include <fmt/format.h>

#include "base/error.h"

namespace lockstep {
namespace {

constexpr const char* kSignedHint =
    "the labels look like -1 and +1: say label_coding: MINUS_ONE_PLUS_ONE in their source";

constexpr const char* kFractionalHint =
    "fractional labels are values, not classes: use loss: SQUARED_ERROR for values";

std::uint64_t count_different(std::span<const float> labels) {
  return std::set<float>(labels.begin(), labels.end()).size();
}

bool is_integer(float label) { return label == std::floor(label); }

// Throws unless every label is valid. `hint` may be empty.
template <typename Good>
void check_labels(std::span<const float> labels, std::uint64_t width, std::string_view source,
                  std::string_view allowed, std::string_view hint, const RowPlaces& places,
                  Good&& good) {
  constexpr std::uint64_t kMostShown = 10;
  std::uint64_t bad = 0;
  std::vector<std::size_t> shown;
  std::vector<std::uint64_t> rows;  // the rows of those labels
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (good(labels[i])) continue;
    if (bad++ >= kMostShown) continue;
    shown.push_back(i);
    rows.push_back(i / width);
  }
  if (bad == 0) return;
  std::vector<std::string> found;
  if (places) found = places(rows);
  std::string lines;
  for (std::size_t k = 0; k < shown.size(); ++k) {
    lines +=
        fmt::format("\n  {}{}: {}", found.empty() ? fmt::format("row {}", rows[k]) : found[k],
                    width > 1 ? fmt::format(", label {}", shown[k] % width) : "", labels[shown[k]]);
  }
  if (bad > kMostShown) lines += fmt::format("\n  and {} more", bad - kMostShown);
  throw Error(ExitCode::data,
              fmt::format("{}: expected {}, but {} of {} labels {} not{}{}{}{}", source, allowed,
                          bad, labels.size(), bad == 1 ? "is" : "are",
                          found.empty() ? " (rows count from 0)" : "", lines,
                          hint.empty() ? "" : "\n", hint));
}

}  // namespace

bool look_like_values(std::uint64_t different, std::uint64_t examples) {
  return different > 20 && examples / different < 5;
}

void check_class_labels(std::span<const float> labels, std::uint64_t classes,
                        std::string_view source, const RowPlaces& places) {
  // Compared as double: a float cannot hold every number of classes.
  const auto in = [&](float label, double lowest, double highest) {
    return is_integer(label) && lowest <= label && label <= highest;
  };
  const auto count = static_cast<double>(classes);
  std::string hint;
  if (std::ranges::all_of(labels, [&](float label) { return in(label, 1, count); })) {
    hint = "the labels look 1-based: say label_coding: ONE_BASED in their source";
  } else if (std::ranges::all_of(labels, [](float label) { return label == 1 || label == -1; })) {
    hint = kSignedHint;
  } else if (!std::ranges::all_of(labels, is_integer)) {
    hint = kFractionalHint;
  } else if (const auto different = count_different(labels);
             look_like_values(different, labels.size())) {
    hint = fmt::format(
        "{} labels have {} different values: are they values, not classes? then use loss: "
        "SQUARED_ERROR with units: 1",
        labels.size(), different);
  } else if (std::ranges::all_of(labels, [](float label) { return label >= 0; })) {
    hint = fmt::format("the largest label is {}: does the output need more units?",
                       *std::ranges::max_element(labels));
  }
  check_labels(labels, 1, source, fmt::format("class labels, integers in 0..{}", classes - 1), hint,
               places, [&](float label) { return in(label, 0, count - 1); });
}

void check_binary_targets(std::span<const float> labels, std::uint64_t width,
                          std::string_view source, const RowPlaces& places) {
  std::string_view hint;
  if (std::ranges::all_of(labels, [](float label) { return label == 1 || label == -1; })) {
    hint = kSignedHint;
  } else if (!std::ranges::all_of(labels, is_integer)) {
    hint = kFractionalHint;
  }
  check_labels(labels, width, source, "targets 0 or 1", hint, places,
               [](float label) { return label == 0 || label == 1; });
}

void check_signed_labels(std::span<const float> labels, std::string_view source,
                         const RowPlaces& places) {
  check_labels(labels, 1, source, "labels -1 or +1 (label_coding: MINUS_ONE_PLUS_ONE)", "", places,
               [](float label) { return label == 1 || label == -1; });
}

void check_one_based_labels(std::span<const float> labels, std::string_view source,
                            const RowPlaces& places) {
  check_labels(labels, 1, source, "class labels from 1 (label_coding: ONE_BASED)", "", places,
               [](float label) { return is_integer(label) && label >= 1; });
}

}  // namespace lockstep
