#include "cli/run_record.h"

#include "config/job_file.h"
#include "report/metrics_jsonl.h"
#include "report/summary_json.h"

namespace lockstep {

std::optional<RunRecord> read_run(const std::filesystem::path& run_dir) {
  const auto summary = read_summary(run_dir / "summary.json");
  if (!summary) return std::nullopt;
  const LoadedJob loaded = load_job(run_dir / "job.textproto", {});
  return RunRecord{
      loaded.resolved_text, *summary, read_metrics(run_dir / "metrics.jsonl", summary->steps), {}};
}

std::vector<Evaluation> evaluations_before(const std::filesystem::path& run_dir,
                                           std::uint64_t first_step) {
  return read_metrics(run_dir / "metrics.jsonl", first_step);
}

}  // namespace lockstep
