#pragma once
// Runs a training: steps, evaluations, decisions, checkpoints, reports.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "comm/layout.h"
#include "config/job.h"
#include "records/observer.h"
#include "train/run_reporter.h"
#include "train/run_scorer.h"
#include "train/step_probe.h"
#include "train/stop_request.h"

namespace lockstep {

enum class Resume {
  never,      // start from initial weights
  automatic,  // from the newest checkpoint if there is one
  must,       // from the newest checkpoint, or fail
};

struct TrainOptions {
  std::string program = "lockstep";  // the name of the program as the user called it, for hints
  std::string launch;                // what starts it on as many ranks; see RunStart
  std::filesystem::path run_dir;
  Layout layout;
  Resume resume = Resume::never;
  // Resumes from this checkpoint of run_dir rather than from the newest one, in whatever build, for
  // a job that saves nothing.
  std::optional<std::filesystem::path> resume_from = {};
  bool allow_changed_data = false;         // on resume
  bool allow_changed_environment = false;  // on resume; see train/changed_environment.h
  // Whether the test set is scored at the end. A search over hyperparameters scores it for the
  // winner only (1.4).
  bool with_test = true;
  // Whether the lecture's cautions are reported as notices.
  bool with_cautions = true;
  // Called on rank 0 after every evaluation that does not end the run anyway, once observers have
  // received it, and again when the run is resumed after one. Returns a reason to stop there,
  // which becomes the summary's stop_reason; empty: continue. The state is saved (with
  // checkpointing), so that the run can be resumed.
  std::function<std::string()> stop_after_evaluation = [] { return std::string(); };
  StopRequested stop_requested = nobody_asks_to_stop;
  // Makes the signal-flow monitor of a job that has one: pass make_flow_monitor of
  // diagnose/flow_monitor.h, a room that this one must not include.
  MakeStepProbe make_monitor;
  // Makes other probes, the same on every rank.
  std::vector<MakeStepProbe> make_probes = {};
  // Given on all ranks or on none; called on rank 0 with the answers of the weights that the
  // summary describes, before observers receive the summary. Not called when the run is
  // interrupted.
  TakeAnswers take_answers;
};

// Collective over comm. Trains `job` and returns the summary on rank 0 (only its stop_reason on
// other ranks). Observers are used on rank 0 only.
//
// Throws AgreedError on all ranks alike: usage when the job has a monitor and `options` have none;
// diverged when a loss or gradient is not finite; and the errors of loading, saving or resuming.
// Any other exception is one rank's own, and the caller must end the whole job.
Summary train(const Job& job, const std::string& resolved_job, const Communicator& comm,
              const TrainOptions& options, const TrainingObservers& observers);

}  // namespace lockstep
