#pragma once
// What follows from a report: whether a job would be refused here, what would make it slow, and
// what to change. Pure.

#include <array>
#include <string>
#include <vector>

#include "base/enum_names.h"
#include "doctor/report.h"

namespace lockstep {

enum class Severity {
  refusal,  // a job would be refused here, or fail
  warning,  // a job would run, but slowly or at a risk
  fact,     // good to know
};

constexpr auto enum_names(Severity) {
  using enum Severity;
  return std::to_array<EnumName<Severity>>(
      {{refusal, "refusal"}, {warning, "warning"}, {fact, "fact"}});
}

// What a finding is about, for scripts.
enum class FindingKind {
  run_directory_not_writable,
  run_directory_not_shared,
  no_locks,
  disk_space,
  memory,
  shared_memory,
  abandoned_memory,
  clock,
  oversubscribed,
  polling,
  narrow_binding,
  too_many_ranks,
  mixed_builds,
  mixed_programs,
  mixed_kernels,
  slow_host,
  slow_rank,
  slow_link,
  slow_links_of_host,
  asymmetric_link,
};

constexpr auto enum_names(FindingKind) {
  using enum FindingKind;
  return std::to_array<EnumName<FindingKind>>(
      {{run_directory_not_writable, "run_directory_not_writable"},
       {run_directory_not_shared, "run_directory_not_shared"},
       {no_locks, "no_locks"},
       {disk_space, "disk_space"},
       {memory, "memory"},
       {shared_memory, "shared_memory"},
       {abandoned_memory, "abandoned_memory"},
       {clock, "clock"},
       {oversubscribed, "oversubscribed"},
       {polling, "polling"},
       {narrow_binding, "narrow_binding"},
       {too_many_ranks, "too_many_ranks"},
       {mixed_builds, "mixed_builds"},
       {mixed_programs, "mixed_programs"},
       {mixed_kernels, "mixed_kernels"},
       {slow_host, "slow_host"},
       {slow_rank, "slow_rank"},
       {slow_link, "slow_link"},
       {slow_links_of_host, "slow_links_of_host"},
       {asymmetric_link, "asymmetric_link"}});
}

struct Finding {
  Severity severity = Severity::fact;
  FindingKind kind = FindingKind::memory;
  std::string text;    // what was found, a whole sentence
  std::string change;  // what to do about it; empty for facts
};

// All findings, refusals first, then warnings, then facts.
std::vector<Finding> findings_of(const DoctorReport& report);

// Whether some finding is a refusal.
bool is_refused(const std::vector<Finding>& findings);

}  // namespace lockstep
