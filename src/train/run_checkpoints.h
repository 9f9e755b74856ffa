#pragma once
// The checkpoints of a run: saves its state in the background, or loads it on rank 0 and hands it
// out.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "checkpoint/failed_saves.h"
#include "checkpoint/retention.h"
#include "comm/communicator.h"
#include "config/job.h"
#include "nn/network.h"
#include "sets/dataset.h"
#include "train/background_save.h"
#include "train/run_position.h"
#include "train/starting_weights.h"
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
  // Collective. All references must live as long as this. restore() marks `environment` on rank 0
  // when the run resumes in a changed one, so that all results of the run say so.
  RunCheckpoints(std::filesystem::path directory, const Job& job, const std::string& resolved_job,
                 std::map<std::string, std::string>& environment, const Communicator& comm,
                 const Dataset& data, const Network<float>& network, StepEngine<float>& engine,
                 const StartingWeights& start);

  // Collective. Tries whether checkpoints can be saved. Returns warnings on rank 0. Throws
  // AgreedError (io), as try_checkpoint_directory().
  std::vector<std::string> try_directory() const;

  // Whether the job's minutes since the last save, or the start, have passed on this rank.
  [[nodiscard]] bool is_time() const;
  // Collective. Begins to save the state at `position`, once the save before has ended. Waits until
  // it is saved if it is small, or `last`: the run ends with it. Returns warnings on rank 0; one of
  // them may say that a state could not be saved. Throws AgreedError (io) when the run must end, as
  // FailedSaves::judge().
  std::vector<std::string> save(const RunPosition& position, bool last);
  // Continues a save without waiting. Called before every step, on all ranks. Returns whether it
  // has come to its end, on rank 0: then all ranks should end_save().
  bool advance();
  // A warning, once, if someone has removed the newest state that this session saved or resumed
  // from. Called on rank 0; does not communicate.
  std::vector<std::string> look_after();
  // Collective. Waits for the end of a save, if one has begun; returns and throws as save() does.
  std::vector<std::string> end_save() { return end_save(false); }

  // Collective. Loads the newest checkpoint into `position` and the engine (its weights on rank 0
  // only). If early stopping will need them, it also loads the best weights into `best_weights`,
  // on rank 0. Without a checkpoint nothing is changed, or AgreedError (missing_input) is thrown
  // if it must exist. Throws AgreedError (usage, data) when the run may not resume from the
  // checkpoint. Returns what a person should know, on rank 0.
  std::vector<std::string> restore(RunPosition& position, std::vector<float>& best_weights,
                                   const RestoreOptions& options);

  // Collective. Loads the state of `step` into `position` and the engine, as restore() does.
  // Returns why it cannot be read, on all ranks; nothing: it is loaded.
  std::optional<std::string> load_step(std::uint64_t step, RunPosition& position);

 private:
  // Collective. Copies the state at `position`.
  StateSnapshot take_snapshot(const RunPosition& position);
  void begin_save(StateSnapshot snapshot);
  // Expected bytes of a checkpoint.
  [[nodiscard]] std::uint64_t expected_bytes() const;
  std::vector<std::string> end_save(bool last);
  [[nodiscard]] std::optional<std::string> why_best_is_forgotten(
      const Checkpoint& checkpoint) const;
  // Throws Error(usage, data) when the run cannot resume from it.
  void check_fits(const FoundCheckpoint& found) const;
  // Throws Error(usage) unless the run may resume in this environment; marks it if it has changed.
  void mark_environment(const FoundCheckpoint& found, bool allow_changed,
                        std::vector<std::string>& notices) const;
  // The same for the data.
  void mark_data(const Checkpoint& checkpoint, std::vector<std::string>& notices) const;
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
  const StartingWeights& start_;
  Communicator stream_comm_;  // of the messages of a save
  FailedSaves failed_saves_;  // used on rank 0
  std::chrono::steady_clock::time_point last_save_ = std::chrono::steady_clock::now();
  std::optional<BackgroundSave> begun_;
  // The arrays of the last snapshot: memory that was never used before costs more than copying.
  std::vector<std::vector<float>> spare_;
  // A best state that could not be saved, until that succeeds or another is the best.
  std::optional<StateSnapshot> unsaved_best_;
  std::optional<std::uint64_t> newest_;  // the step of the newest state in the directory, on rank 0
};

}  // namespace lockstep
