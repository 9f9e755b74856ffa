#include "report/reports.h"

#include <utility>

#include <unistd.h>

#include "report/diagnosis_json.h"
#include "report/flow_jsonl.h"
#include "report/html.h"
#include "report/job_file.h"
#include "report/metrics_jsonl.h"
#include "report/missing_records.h"
#include "report/progress.h"
#include "report/report_set.h"
#include "report/summary_json.h"
#include "report/tensorboard.h"
#include "report/warn.h"

namespace lockstep {

std::vector<std::unique_ptr<TrainingObserver>> standard_reports(const ReportOptions& options) {
  std::vector<std::unique_ptr<TrainingObserver>> reports;
  reports.push_back(std::make_unique<JobFileReport>());
  reports.push_back(std::make_unique<SummaryReport>());
  reports.push_back(std::make_unique<DiagnosisReport>());
  reports.push_back(std::make_unique<MetricsReport>());
  reports.push_back(std::make_unique<FlowReport>());
  reports.push_back(std::make_unique<TensorboardReport>());
  reports.push_back(std::make_unique<HtmlReport>());
  if (options.progress) {
    reports.push_back(std::make_unique<ProgressReport>(progress_style(STDERR_FILENO, options.color),
                                                       STDERR_FILENO, STDOUT_FILENO,
                                                       options.results));
  }
  return reports;
}

std::unique_ptr<TrainingObserver> guarded_standard_reports(const ReportOptions& options) {
  auto reports = standard_reports(options);
  reports.insert(reports.begin(), std::make_unique<MissingRecords>(warn_on_stderr));
  return std::make_unique<ReportSet>(std::move(reports), warn_on_stderr);
}

}  // namespace lockstep
