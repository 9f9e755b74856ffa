#pragma once
// The checkpoints of a run: gathers its state on rank 0 and saves it, or loads it there and hands
// it out.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "checkpoint/retention.h"
#include "checkpoint/step_saver.h"
#include "comm/communicator.h"
#include "config/job.h"
#include "nn/network.h"
#include "train/dataset.h"
#include "train/run_position.h"
#include "train/step_engine.h"

namespace lockstep {

// What a resumed run may find.
struct RestoreOptions {
  bool must_exist = false;  // a checkpoint
  bool allow_changed_data = false;
  bool allow_changed_environment = false;
  // This checkpoint rather than the newest one, in whatever build, for a run that saves nothing.
  std::optional<std::filesystem::path> file = {};
};

class RunCheckpoints {
 public:
  // All references must live as long as this. restore() marks `environment` on rank 0 when the run
  // resumes in a changed one, so that all results of the run say so.
  RunCheckpoints(std::filesystem::path directory, const Job& job, const std::string& resolved_job,
                 std::map<std::string, std::string>& environment, const Communicator& comm,
                 const Dataset& data, const Network<float>& network, StepEngine<float>& engine);

  // Collective. Tries whether checkpoints can be saved. Returns warnings on rank 0. Throws
  // AgreedError (io), as StepSaver::try_directory().
  std::vector<std::string> try_directory() const;

  // Collective. Writes the state at `position`; `last`: the run ends with it. Returns warnings on
  // rank 0; one of them may say that the state could not be saved. Throws AgreedError (io) when the
  // run must end, as StepSaver::save().
  std::vector<std::string> save(const RunPosition& position, bool last);

  // Collective. Loads the newest checkpoint into `position` and the engine (its weights on rank 0
  // only). If early stopping will need them, it also loads the best weights into `best_weights`,
  // on rank 0. Without a checkpoint nothing is changed, or AgreedError (missing_input) is thrown
  // if it must exist. Throws AgreedError (usage, data) when the run may not resume from the
  // checkpoint. Returns what a person should know, on rank 0.
  std::vector<std::string> restore(RunPosition& position, std::vector<float>& best_weights,
                                   const RestoreOptions& options);

 private:
  [[nodiscard]] std::optional<std::string> why_best_is_forgotten(
      const Checkpoint& checkpoint) const;
  // Throws Error(usage, data) when the run cannot resume from it.
  void check_fits(const FoundCheckpoint& found) const;
  // Throws Error(usage) unless the run may resume in this environment; marks it if it has changed.
  void mark_environment(const FoundCheckpoint& found, bool allow_changed,
                        std::vector<std::string>& notices) const;
  // For runs that do not end with the best weights: warns if they are gone. Does not communicate.
  void warn_of_lost_best(const Checkpoint& checkpoint, std::vector<std::string>& notices) const;
  // Returns the newest checkpoint, if there is one, from which the run may resume; adds to
  // `notices`. Called on rank 0; does not communicate.
  [[nodiscard]] std::optional<Checkpoint> find_resumable(const RestoreOptions& options,
                                                         std::vector<std::string>& notices) const;
  // Collective. Loads rank 0's checkpoint into the engine and `position`.
  void hand_out(Checkpoint& checkpoint, RunPosition& position);

  std::filesystem::path directory_;
  const Job& job_;
  const std::string& resolved_job_;
  std::map<std::string, std::string>& environment_;
  const Communicator& comm_;
  const Dataset& data_;
  const Network<float>& network_;
  StepEngine<float>& engine_;
  StepSaver saver_;  // used on rank 0
};

}  // namespace lockstep
