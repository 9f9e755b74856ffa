#pragma once
// Whether labels are what a loss needs. A failure throws one Error(data) that
// names the source, the first ten offending rows with their values, what is
// allowed, and a hint where the values suggest a usual mistake.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

// Where rows are to be found, as ExampleSource::places says. Absent or without an
// answer: "row 17".
using RowPlaces = std::function<std::vector<std::string>(std::span<const std::uint64_t>)>;

// Whether labels of so many different values are hardly classes: more than 20, with
// fewer than 5 examples each.
bool look_like_values(std::uint64_t different, std::uint64_t examples);

// For softmax: integers in 0..classes-1. labels: [n].
void check_class_labels(std::span<const float> labels, std::uint64_t classes,
                        std::string_view source, const RowPlaces& places = {});

// For logistic outputs: 0 or 1. labels: [n, width], row-major.
void check_binary_targets(std::span<const float> labels, std::uint64_t width,
                          std::string_view source, const RowPlaces& places = {});

// Labels written as -1 and +1. labels: [n].
void check_signed_labels(std::span<const float> labels, std::string_view source,
                         const RowPlaces& places = {});

// Class labels written from 1: integers of at least 1. labels: [n].
void check_one_based_labels(std::span<const float> labels, std::string_view source,
                            const RowPlaces& places = {});

}  // namespace lockstep
