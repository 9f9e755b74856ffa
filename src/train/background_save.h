#pragma once
// Saves a state while training continues: the ranks send their parts to rank 0, chunk by chunk
// between steps, and a thread there writes the file.

#include <cstdint>
#include <filesystem>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "base/handover.h"
#include "checkpoint/checkpoint.h"
#include "checkpoint/failed_saves.h"
#include "comm/communicator.h"
#include "comm/owned_stream.h"
#include "comm/ownership.h"

namespace lockstep {

// A copy of the state of a run at one step. Every rank has the values that it owns.
struct StateSnapshot {
  Checkpoint rest;                        // on rank 0: the state without weights and slots
  std::string weights_digest;             // on rank 0
  std::vector<std::vector<float>> owned;  // the weights, then each slot; pieces end to end
};

class BackgroundSave {
 public:
  // Begins to save `snapshot` in `directory`, as save_step() does. `comm` is used for nothing else
  // as long as this lives. Nobody waits. All ranks must finish() it, unless the job ends with it.
  BackgroundSave(const Communicator& comm, const Ownership& ownership, StateSnapshot snapshot,
                 std::filesystem::path directory, std::uint32_t keep_last);
  // Waits for the thread, which does not continue without the other ranks' parts.
  ~BackgroundSave();
  BackgroundSave(const BackgroundSave&) = delete;
  BackgroundSave& operator=(const BackgroundSave&) = delete;

  // Bytes that rank 0 needs meanwhile: its snapshot of `arrays` arrays, and chunks on their way.
  static std::uint64_t bytes(const Ownership& ownership, std::uint64_t arrays);

  // Moves what can be moved without waiting. Called often, on every rank.
  void advance();
  // On rank 0: whether finish() would not wait there.
  [[nodiscard]] bool has_ended();
  // Waits until this rank has no more to do. Returns the outcome on rank 0. Called once.
  SaveOutcome finish();
  // What was saved, after finish().
  [[nodiscard]] StateSnapshot& snapshot() { return snapshot_; }

 private:
  // Runs on the thread.
  SaveOutcome write();
  // Puts `range` of an array together in `chunk`.
  void assemble(std::uint32_t array, Range range, std::vector<float>& chunk);

  const Communicator& comm_;
  Ownership ownership_;
  StateSnapshot snapshot_;
  std::filesystem::path directory_;
  std::uint32_t keep_last_;
  OwnedStream stream_;
  Handover<OwnedStream::Chunk> chunks_;
  std::future<SaveOutcome> outcome_;
  std::thread thread_;  // on rank 0
};

}  // namespace lockstep
