#include "doctor/findings.h"

#include <algorithm>

#include "doctor/finding_groups.h"

namespace lockstep {

std::vector<Finding> findings_of(const DoctorReport& report) {
  std::vector<Finding> all;
  for (const auto& group : {findings_of_programs, findings_of_layout, findings_of_directory,
                            findings_of_hosts, findings_of_rates}) {
    std::ranges::move(group(report), std::back_inserter(all));
  }
  std::ranges::stable_sort(all, {}, &Finding::severity);
  return all;
}

bool is_refused(const std::vector<Finding>& findings) {
  return std::ranges::any_of(
      findings, [](const Finding& finding) { return finding.severity == Severity::refusal; });
}

}  // namespace lockstep
