#include "rundir/run_record.h"

#include "base/run_files.h"
#include "config/job_file.h"
#include "report/metrics_jsonl.h"
#include "report/summary_json.h"

namespace lockstep {

std::optional<RunRecord> read_run(const std::filesystem::path& run_dir) {
  const auto summary = read_summary(run_dir / kSummaryFile);
  if (!summary) return std::nullopt;
  const LoadedJob loaded = load_job(run_dir / kJobFile, {});
  return RunRecord{
      loaded.resolved_text, *summary, read_metrics(run_dir / kMetricsFile, summary->steps), {}};
}

std::vector<Evaluation> evaluations_before(const std::filesystem::path& run_dir,
                                           std::uint64_t first_step) {
  return read_metrics(run_dir / kMetricsFile, first_step);
}

}  // namespace lockstep
