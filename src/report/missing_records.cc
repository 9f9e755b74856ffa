#include "report/missing_records.h"

#include <cstdint>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "base/run_files.h"
#include "report/flow_jsonl.h"
#include "report/metrics_jsonl.h"

namespace lockstep {

void MissingRecords::on_start(const RunStart& start) {
  if (start.first_step == 0) return;
  const std::filesystem::path run_dir = start.run_dir;
  const auto compare = [&](const char* name, const char* what, std::uint64_t found,
                           const std::optional<std::uint64_t>& expected) {
    if (!expected || found >= *expected) return;
    warn_(
        fmt::format("warning: {} has {} of the {} {} up to step {}, at which the run resumes; "
                    "the others were lost, and curves and tables lack them",
                    (run_dir / name).string(), found, *expected, what, start.first_step));
  };
  compare(kMetricsFile, "evaluations",
          read_metrics(run_dir / kMetricsFile, start.first_step).size(), start.evaluations);
  compare(kFlowFile, "records of the monitor",
          read_flow(run_dir / kFlowFile, start.first_step).size(), start.flow_records);
}

}  // namespace lockstep
