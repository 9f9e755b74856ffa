#pragma once
// What follows from a report: whether a job would be refused here, what would make it slow, and
// what to change. Pure.

#include <string>
#include <vector>

#include "doctor/report.h"

namespace lockstep {

enum class Severity {
  refusal,  // a job would be refused here, or fail
  warning,  // a job would run, but slowly or at a risk
  fact,     // good to know
};

struct Finding {
  Severity severity = Severity::fact;
  std::string kind;    // for scripts, such as "slow_link"
  std::string text;    // what was found, a whole sentence
  std::string change;  // what to do about it; empty for facts
};

// All findings, refusals first, then warnings, then facts.
std::vector<Finding> findings_of(const DoctorReport& report);

// Whether some finding is a refusal.
bool is_refused(const std::vector<Finding>& findings);

}  // namespace lockstep
