#pragma once
// A diagnosis as text for people. Pure functions.

#include <string>
#include <vector>

#include "records/diagnosis.h"

namespace lockstep {

// "high variance", "neither bias nor variance is high", "no verdict".
std::string verdict_phrase(const Diagnosis& diagnosis);

// The two errors that a gap is between.
inline constexpr const char* kBiasGap = "train above base";
inline constexpr const char* kMismatchGap = "dev above train-dev";
const char* variance_gap(const Diagnosis& diagnosis);

// "--set a=1 --set 'b={c: 2}'", ready for a shell; empty if `set` is empty.
std::string set_arguments(const std::vector<std::string>& set);

// A few lines for the end of a run: the verdict, the gaps that it is based on, the
// notes, and the first steps of the recipe.
std::string diagnosis_lines(const Diagnosis& diagnosis);

// The whole diagnosis: errors with intervals, gaps, notes, and the recipe with reasons.
// `base_error_from`: the option that gave the base error; empty: it is the job's.
std::string diagnosis_text(const std::string& job_name, const Diagnosis& diagnosis,
                           const std::string& base_error_from = "");

}  // namespace lockstep
