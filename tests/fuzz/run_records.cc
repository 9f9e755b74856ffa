// What a run and a sweep read of their past.

#include <cstdint>
#include <limits>
#include <string>

#include "base/error.h"
#include "memory_file.h"
#include "report/flow_jsonl.h"
#include "report/metrics_jsonl.h"
#include "sweep/trial_record.h"
#include "targets.h"

namespace lockstep {
namespace {

constexpr std::uint64_t kAnyStep = std::numeric_limits<std::uint64_t>::max();

}  // namespace

void fuzz_metrics(std::string_view input) {
  static const MemoryFile file;
  file.write(input);
  try {
    static_cast<void>(metrics_up_to(input, 5));
    for (const Evaluation& evaluation : read_metrics(file.path(), kAnyStep)) {
      static_cast<void>(metrics_line(evaluation));
    }
  } catch (const Error&) {
    return;
  }
}

void fuzz_flow(std::string_view input) {
  static const MemoryFile file;
  file.write(input);
  try {
    for (const FlowRecord& record : read_flow(file.path(), kAnyStep)) {
      static_cast<void>(to_text(flow_json(record)));
    }
  } catch (const Error&) {
    return;
  }
}

void fuzz_trial_record(std::string_view input) {
  try {
    const TrialRecord record = record_from_json(std::string(input), "trial.json");
    static_cast<void>(record_from_json(record_to_json(record), "again.json"));
  } catch (const Error&) {
    return;
  }
}

}  // namespace lockstep
