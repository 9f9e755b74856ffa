#pragma once
// The checkpoints of a run: its state gathered on rank 0 and saved, or loaded
// there and handed out.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "checkpoint/retention.h"
#include "comm/communicator.h"
#include "config/job.h"
#include "nn/network.h"
#include "train/dataset.h"
#include "train/run_position.h"
#include "train/step_engine.h"

namespace lockstep {

class RunCheckpoints {
 public:
  // All references must live as long as this.
  RunCheckpoints(std::filesystem::path directory, const Job& job, const std::string& resolved_job,
                 const std::map<std::string, std::string>& environment, const Communicator& comm,
                 const Dataset& data, const Network<float>& network, StepEngine<float>& engine);

  // Collective. Writes the state at `position`; `best`: it is the best so far.
  // Returns warnings on rank 0. Throws AgreedError (io) when it cannot.
  std::vector<std::string> save(const RunPosition& position, bool best);

  // Collective. Brings the newest checkpoint into `position` and the engine
  // (its weights on rank 0 only), and on rank 0 the best weights, when early
  // stopping will want them, into `best_weights`. Without a checkpoint nothing
  // is changed, or with `must_exist` AgreedError (missing_input) is thrown;
  // likewise (usage, data) when the run may not go on from it. Returns what a
  // person should know, on rank 0.
  std::vector<std::string> restore(RunPosition& position, std::vector<float>& best_weights,
                                   bool must_exist, bool allow_changed_data);

 private:
  [[nodiscard]] std::optional<std::string> why_best_is_forgotten(
      const Checkpoint& checkpoint) const;
  // Throws Error(usage, data) when the run cannot go on from it.
  void check_fits(const FoundCheckpoint& found) const;
  // On rank 0; does not communicate. The newest checkpoint, if there is one, from which the
  // run may go on; adds to `notices`.
  [[nodiscard]] std::optional<Checkpoint> find_resumable(bool must_exist, bool allow_changed_data,
                                                         std::vector<std::string>& notices) const;
  // Collective. Brings rank 0's checkpoint into the engine and `position`.
  void hand_out(Checkpoint& checkpoint, RunPosition& position);

  std::filesystem::path directory_;
  const Job& job_;
  const std::string& resolved_job_;
  const std::map<std::string, std::string>& environment_;
  const Communicator& comm_;
  const Dataset& data_;
  const Network<float>& network_;
  StepEngine<float>& engine_;
};

}  // namespace lockstep
