#pragma once
// Collects all problems of a job, so that they are reported at once.

#include <string>
#include <vector>

namespace lockstep {

// The place where a value was written: in the job file, or in a --set override.
struct Place {
  int line = 1;  // both count from 1
  int column = 1;
  std::string override_text;  // "path=value"; empty: in the file
};

struct Problem {
  Place place;
  std::string message;
};

class Problems {
 public:
  explicit Problems(std::string file_name);

  void add(const Place& place, std::string message);
  [[nodiscard]] bool empty() const { return problems_.empty(); }
  // The problems in the order in which they were added.
  [[nodiscard]] const std::vector<Problem>& all() const { return problems_; }

  // A line for each problem: those of the file in the file's order
  // ("job.textproto:12:3: ..."), then those of overrides in the order of the overrides
  // ("--set path=value: ..."). A very long list is cut, with a count of the rest.
  [[nodiscard]] std::string describe() const;

  // Throws one Error(usage) with the description, unless there are none.
  void throw_if_any() const;

 private:
  std::string file_name_;
  std::vector<Problem> problems_;
};

}  // namespace lockstep
