#pragma once

#include "cli/open_run.h"
#include "records/observer.h"

namespace lockstep {

// Tells an open run how far its training is, and keeps its directory locked.
class StateReport : public TrainingObserver {
 public:
  explicit StateReport(OpenRun& run) : run_(run) {}
  void on_start(const RunStart& start) override { run_.tell_running(start.first_step); }
  void on_evaluation(const Evaluation& evaluation) override {
    run_.keep_lock();
    run_.reach(evaluation.step);
  }
  void on_save() override { run_.keep_lock(); }
  void on_finish(const Summary& summary) override { run_.reach(summary.steps); }

 private:
  OpenRun& run_;
};

}  // namespace lockstep
