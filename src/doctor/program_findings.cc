#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "doctor/finding_groups.h"
#include "train/environment.h"

namespace lockstep {
namespace {

using Property = std::function<std::string(const RankReport&)>;

// The hosts of each value that a property of ranks has.
std::map<std::string, std::set<std::string>> hosts_by_value(const DoctorReport& report,
                                                            const Property& property) {
  std::map<std::string, std::set<std::string>> hosts;
  for (const RankReport& rank : report.ranks) {
    hosts[property(rank)].insert(report.host_of(rank).name);
  }
  return hosts;
}

// "A on n1, n2; B on n3"
std::string describe(const std::map<std::string, std::set<std::string>>& hosts) {
  std::vector<std::string> parts;
  parts.reserve(hosts.size());
  for (const auto& [value, names] : hosts) {
    parts.push_back(fmt::format("{} on {}", value, fmt::join(names, ", ")));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::vector<Finding> mixed_builds(const DoctorReport& report) {
  std::vector<Finding> findings;
  for (const auto& [name, value] : report.ranks.front().environment) {
    if (!must_agree(name) && name != kKernelsFact) continue;
    const auto hosts = hosts_by_value(report, [&name = name](const RankReport& rank) {
      const auto found = rank.environment.find(name);
      return found == rank.environment.end() ? "none" : found->second;
    });
    if (hosts.size() == 1) continue;
    if (must_agree(name)) {
      findings.push_back({Severity::refusal, FindingKind::mixed_builds,
                          fmt::format("The ranks differ in {}: {}.", name, describe(hosts)),
                          "Install the same build on all hosts."});
    } else {
      findings.push_back({Severity::fact, FindingKind::mixed_kernels,
                          fmt::format("The ranks compute with different instructions: {}. Their "
                                      "results have the same bits, but all ranks wait for the "
                                      "slowest.",
                                      describe(hosts)),
                          "Where speed matters, use hosts of one kind (srun --constraint)."});
    }
  }
  return findings;
}

}  // namespace

std::vector<Finding> findings_of_programs(const DoctorReport& report) {
  std::vector<Finding> findings = mixed_builds(report);
  const auto programs = hosts_by_value(report, [](const RankReport& rank) { return rank.program; });
  const bool refused = std::ranges::any_of(
      findings, [](const Finding& finding) { return finding.severity == Severity::refusal; });
  if (!refused && programs.size() > 1) {
    findings.push_back({Severity::warning, FindingKind::mixed_programs,
                        fmt::format("The hosts have different builds of the program: digest {}.",
                                    describe(programs)),
                        "Copy one build to all hosts, or put it into a shared folder."});
  }
  return findings;
}

}  // namespace lockstep
