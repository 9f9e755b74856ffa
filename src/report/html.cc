#include "report/html.h"

#include <filesystem>

#include "base/atomic_file.h"
#include "base/run_files.h"
#include "report/flow_jsonl.h"
#include "report/metrics_jsonl.h"

namespace lockstep {

HtmlReport::HtmlReport(std::chrono::milliseconds interval) : interval_(interval) {}

void HtmlReport::on_start(const RunStart& start) {
  page_ = {.start = start, .evaluations = {}, .summary = std::nullopt, .flow = std::nullopt};
  if (start.first_step > 0) {
    const auto metrics = std::filesystem::path(start.run_dir) / kMetricsFile;
    page_.evaluations = read_metrics(metrics, start.first_step);
    page_.flow = last_flow(start.first_step);
  }
  write();
  written_.reset();  // so that the first evaluation is shown at once
}

void HtmlReport::on_evaluation(const Evaluation& evaluation) {
  page_.evaluations.push_back(evaluation);
  const auto now = std::chrono::steady_clock::now();
  if (written_ && now - *written_ < interval_) return;
  write();
  written_ = now;
}

void HtmlReport::on_flow(const FlowRecord& record) { page_.flow = record; }

void HtmlReport::on_rollback(std::uint64_t step) { page_.flow = last_flow(step); }

void HtmlReport::on_finish(const Summary& summary) {
  page_.summary = summary;
  write();
}

std::optional<FlowRecord> HtmlReport::last_flow(std::uint64_t step) const {
  const auto records = read_flow(std::filesystem::path(page_.start.run_dir) / kFlowFile, step);
  return records.empty() ? std::nullopt : std::optional(records.back());
}

void HtmlReport::write() {
  replace_file(std::filesystem::path(page_.start.run_dir) / kReportFile, render_html(page_));
}

}  // namespace lockstep
