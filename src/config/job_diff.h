#pragma once
// Finds the fields in which two jobs differ: between ranks, or before and after a resume.

#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

struct FieldDifference {
  std::string path;     // "optimizer.adam.learning_rate"
  std::string value_a;  // as text format writes it, or "(absent)"
  std::string value_b;
};

// Compares two resolved texts (LoadedJob::resolved_text) field by field, in the order of
// the schema. A field that one text leaves to its default equals the same value written
// out, so that texts of older versions can be compared. Throws Error(data) when a text
// cannot be read.
std::vector<FieldDifference> diff_jobs(std::string_view resolved_a, std::string_view resolved_b);

}  // namespace lockstep
