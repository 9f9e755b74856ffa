#pragma once
// The interface through which reports receive a run's records. It is called on rank 0 only; an
// observer never communicates.

#include <cstdint>
#include <string>

#include "records/evaluation.h"
#include "records/flow.h"
#include "records/progress.h"
#include "records/run_start.h"
#include "records/summary.h"

namespace lockstep {

class TrainingObserver {
 public:
  virtual ~TrainingObserver() = default;
  virtual void on_start(const RunStart& /*start*/) {}
  // Something a person should know, such as a warning or a resume. May come before on_start.
  virtual void on_notice(const std::string& /*notice*/) {}
  virtual void on_progress(const Progress& /*progress*/) {}
  virtual void on_evaluation(const Evaluation& /*evaluation*/) {}
  // Called at the steps that the signal-flow monitor measures.
  virtual void on_flow(const FlowRecord& /*record*/) {}
  // The run returns to the state after `step` steps. It has recorded no evaluation since, and makes
  // the other records of the steps after it again.
  virtual void on_rollback(std::uint64_t /*step*/) {}
  // Called before a checkpoint is written: records so far must reach the disk before it, because a
  // run that resumes from it does not make them again.
  virtual void on_save() {}
  virtual void on_finish(const Summary& /*summary*/) {}
};

}  // namespace lockstep
