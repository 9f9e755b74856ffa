#pragma once
// Several reports as one; a failing report affects neither the training nor the others.

#include <memory>
#include <string>
#include <vector>

#include "records/observer.h"
#include "report/warn.h"

namespace lockstep {

// Passes every event to its reports in order.
// - At the start an Error of a report goes to the caller: a run directory that
//   cannot be written is reported before the first step.
// - During training it becomes one warning per report, and training continues.
// - At the end every report is called, and then the first Error is thrown.
class ReportSet : public TrainingObserver {
 public:
  // `warn` receives one line without a newline.
  ReportSet(std::vector<std::unique_ptr<TrainingObserver>> reports, Warn warn);

  void on_start(const RunStart& start) override;
  void on_notice(const std::string& notice) override;
  void on_progress(const Progress& progress) override;
  void on_evaluation(const Evaluation& evaluation) override;
  void on_flow(const FlowRecord& record) override;
  void on_rollback(std::uint64_t step) override;
  void on_save() override;
  void on_finish(const Summary& summary) override;

 private:
  struct Member {
    std::unique_ptr<TrainingObserver> report;
    bool warned = false;
  };
  template <typename Call>
  void try_each(const Call& call);

  std::vector<Member> members_;
  Warn warn_;
};

}  // namespace lockstep
