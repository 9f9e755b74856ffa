#include "report/report_set.h"

#include <optional>
#include <utility>

#include "base/error.h"

namespace lockstep {

ReportSet::ReportSet(std::vector<std::unique_ptr<TrainingObserver>> reports, Warn warn)
    : warn_(std::move(warn)) {
  for (auto& report : reports) members_.push_back({std::move(report)});
}

template <typename Call>
void ReportSet::try_each(const Call& call) {
  for (Member& member : members_) {
    try {
      call(*member.report);
    } catch (const Error& error) {
      if (!std::exchange(member.warned, true)) {
        warn_(std::string("warning: ") + error.what() + "; training continues");
      }
    }
  }
}

void ReportSet::on_start(const RunStart& start) {
  for (Member& member : members_) member.report->on_start(start);
}

void ReportSet::on_notice(const std::string& notice) {
  try_each([&](TrainingObserver& report) { report.on_notice(notice); });
}

void ReportSet::on_progress(const Progress& progress) {
  try_each([&](TrainingObserver& report) { report.on_progress(progress); });
}

void ReportSet::on_evaluation(const Evaluation& evaluation) {
  try_each([&](TrainingObserver& report) { report.on_evaluation(evaluation); });
}

void ReportSet::on_flow(const FlowRecord& record) {
  try_each([&](TrainingObserver& report) { report.on_flow(record); });
}

void ReportSet::on_rollback(std::uint64_t step) {
  try_each([&](TrainingObserver& report) { report.on_rollback(step); });
}

void ReportSet::on_save() {
  try_each([](TrainingObserver& report) { report.on_save(); });
}

void ReportSet::on_finish(const Summary& summary) {
  std::optional<Error> first;
  for (Member& member : members_) {
    try {
      member.report->on_finish(summary);
    } catch (const Error& error) {
      if (!first) first = error;
    }
  }
  if (first) throw *first;
}

}  // namespace lockstep
