#pragma once
// The reports of a run directory.

#include <memory>
#include <vector>

#include "records/observer.h"

namespace lockstep {

struct ReportOptions {
  bool color = true;    // false: no colour even on a terminal (--no-color)
  bool results = true;  // false: nothing on stdout at the end of a run
  // false: only files, nothing on stderr or stdout; for a run that is one of many.
  bool progress = true;
};

// job.textproto, environment.json and summary.json, diagnosis.json and diagnosis.txt if
// there is a diagnosis, metrics.jsonl, flow.jsonl of a monitored run, tb/, report.html, and
// last the progress on stderr with the results on stdout: when a reader sees the results,
// the files exist. For rank 0.
std::vector<std::unique_ptr<TrainingObserver>> standard_reports(const ReportOptions& options);

// The same reports as one observer with which training continues when a report fails; see
// report/report_set.h. Warnings go to stderr.
std::unique_ptr<TrainingObserver> guarded_standard_reports(const ReportOptions& options);

}  // namespace lockstep
