#pragma once
// Observers that connect an open run with the training in its directory.

#include "records/observer.h"
#include "rundir/open_run.h"

namespace lockstep {

// Keeps the directory of an open run locked, and its files in their places. On other ranks than 0
// it does nothing.
class DirectoryGuard : public TrainingObserver {
 public:
  explicit DirectoryGuard(OpenRun& run) : run_(run) {}
  void on_evaluation(const Evaluation& /*evaluation*/) override { run_.look_after(); }
  void on_save() override { run_.look_after(); }

 private:
  OpenRun& run_;
};

// Tells an open run how far its training is.
class StateReport : public TrainingObserver {
 public:
  explicit StateReport(OpenRun& run) : run_(run) {}
  void on_start(const RunStart& start) override { run_.tell_running(start.first_step); }
  void on_evaluation(const Evaluation& evaluation) override { run_.reach(evaluation.step); }
  void on_finish(const Summary& summary) override { run_.reach(summary.steps); }

 private:
  OpenRun& run_;
};

}  // namespace lockstep
