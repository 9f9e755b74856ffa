#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "doctor/finding_groups.h"

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

// "cpu" is left out: two models of a family use the same kernels, which "blas" names.
std::vector<Finding> mixed_libraries(const DoctorReport& report) {
  std::vector<Finding> findings;
  for (const auto& [name, value] : report.ranks.front().environment) {
    if (name == "cpu") continue;
    const auto hosts = hosts_by_value(report, [&name = name](const RankReport& rank) {
      const auto found = rank.environment.find(name);
      return found == rank.environment.end() ? "none" : found->second;
    });
    if (hosts.size() == 1) continue;
    const bool kernels = name == "blas";
    findings.push_back(
        {Severity::refusal, kernels ? "mixed_kernels" : "mixed_libraries",
         fmt::format("The ranks differ in {}: {}.", name, describe(hosts)),
         kernels ? "Use hosts with the same family of CPUs (srun --constraint), or set "
                   "DNNL_MAX_CPU_ISA and OPENBLAS_CORETYPE to a family that all of them have."
                 : "Install the same build and libraries on all hosts."});
  }
  return findings;
}

}  // namespace

std::vector<Finding> findings_of_programs(const DoctorReport& report) {
  std::vector<Finding> findings = mixed_libraries(report);
  const auto programs = hosts_by_value(report, [](const RankReport& rank) { return rank.program; });
  if (findings.empty() && programs.size() > 1) {
    findings.push_back({Severity::warning, "mixed_programs",
                        fmt::format("The hosts have different builds of the program: digest {}.",
                                    describe(programs)),
                        "Copy one build to all hosts, or put it into a shared folder."});
  }
  for (std::size_t rank = 0; rank < report.ranks.size(); ++rank) {
    if (report.ranks[rank].product_is_right) continue;
    findings.push_back(
        {Severity::refusal, "wrong_product",
         fmt::format("Rank {} on {} computes wrong matrix products.", rank,
                     report.host_of(report.ranks[rank]).name),
         "Do not train on this host: its processor, its memory or its BLAS library is faulty."});
  }
  if (report.rows.independent < report.rows.shapes) {
    findings.push_back(
        {Severity::fact, "rows_depend_on_each_other",
         fmt::format("The bits of a row of a matrix product depend on how many rows are beside it "
                     "(at {} of {} shapes), so predictions of one example alone and among others "
                     "may differ in their last bits. Training does not depend on it.",
                     report.rows.shapes - report.rows.independent, report.rows.shapes),
         ""});
  }
  return findings;
}

}  // namespace lockstep
