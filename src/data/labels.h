#pragma once
// Checks that labels are what a loss needs. A failure throws one Error(data) that
// names the source, the first ten offending rows with their values, what is
// allowed, and a hint where the values suggest a common mistake.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

// The places of rows in the files, see ExampleSource::places. Where it is absent or returns
// nothing, messages say "row 17".
using RowPlaces = std::function<std::vector<std::string>(std::span<const std::uint64_t>)>;

// Whether labels with `different` values are probably not classes: more than 20 values,
// with fewer than 5 examples each.
bool look_like_values(std::uint64_t different, std::uint64_t examples);

// For softmax: integers in 0..classes-1. labels: [n].
void check_class_labels(std::span<const float> labels, std::uint64_t classes,
                        std::string_view source, const RowPlaces& places = {});

// For logistic outputs: 0 or 1. labels: [n, width], row-major.
void check_binary_targets(std::span<const float> labels, std::uint64_t width,
                          std::string_view source, const RowPlaces& places = {});

// For labels written as -1 and +1. labels: [n].
void check_signed_labels(std::span<const float> labels, std::string_view source,
                         const RowPlaces& places = {});

// For class labels that count from 1: integers of at least 1. labels: [n].
void check_one_based_labels(std::span<const float> labels, std::string_view source,
                            const RowPlaces& places = {});

}  // namespace lockstep
