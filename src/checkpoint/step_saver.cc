#include "checkpoint/step_saver.h"

#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/run_files.h"
#include "checkpoint/retention.h"

namespace lockstep {
namespace fs = std::filesystem;
namespace {

constexpr const char* kRemedy =
    "; free some space, choose another --run-dir, or train a new run without checkpoints (--set "
    "checkpointing.enabled=false)";

// Writes some bytes under a temporary name, which is removed.
void try_to_write(const fs::path& directory) {
  try {
    AtomicFile trial(directory / kLatestCheckpoint);
    trial.write(std::as_bytes(std::span("trial")));
  } catch (const Error& error) {
    throw Error(error.code(),
                fmt::format("checkpoints cannot be saved: {}{}", error.what(), kRemedy));
  }
}

std::uint64_t bytes_of_step_files(const fs::path& directory) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    const std::uint64_t size = entry.file_size(error);
    if (!error && entry.path().extension() == ".ckpt") bytes += size;
  }
  return bytes;
}

// Returns a warning when there is room for one checkpoint of `bytes`, but not for `files` of them.
std::vector<std::string> check_room(const fs::path& directory, std::uint64_t bytes,
                                    std::uint64_t files) {
  std::error_code error;
  const std::uint64_t free = fs::space(directory, error).available;
  if (error) return {};  // a file system that does not tell
  if (free < bytes) {
    throw Error(ExitCode::io,
                fmt::format("checkpoints cannot be saved: the disk of {} has {} bytes free, but a "
                            "checkpoint needs about {}{}",
                            directory.string(), free, bytes, kRemedy));
  }
  if (free + bytes_of_step_files(directory) >= files * bytes) return {};
  return {fmt::format(
      "warning: the disk of {} has {} bytes free, but the {} checkpoints that the run keeps or "
      "writes at a time need about {}; saving will fail if no space becomes free",
      directory.string(), free, files, files * bytes)};
}

bool is_best(const Checkpoint& checkpoint) {
  return checkpoint.best_metric && checkpoint.best_step == checkpoint.step;
}

}  // namespace

StepSaver::StepSaver(fs::path directory, std::uint32_t keep_last, std::uint32_t fatal_failures)
    : directory_(std::move(directory)), keep_last_(keep_last), fatal_failures_(fatal_failures) {}

std::vector<std::string> StepSaver::try_directory(std::uint64_t bytes) const {
  std::error_code error;
  const bool made = fs::create_directories(directory_, error);
  try {
    if (error) {
      throw Error(ExitCode::io, fmt::format("cannot create directory {}: {}", directory_.string(),
                                            error.message()));
    }
    try_to_write(directory_);
    return check_room(directory_, bytes, std::uint64_t{keep_last_} + 2);  // best, and a new one
  } catch (const Error&) {
    if (made) fs::remove(directory_, error);  // an empty one would look like that of a run
    throw;
  }
}

std::vector<std::string> StepSaver::write(const Checkpoint& checkpoint) {
  std::vector<std::string> notices;
  if (unsaved_best_ && checkpoint.best_metric && unsaved_best_->step == checkpoint.best_step) {
    notices = save_step(directory_, *unsaved_best_, keep_last_);
  }
  unsaved_best_.reset();
  const auto more = save_step(directory_, checkpoint, keep_last_);
  notices.insert(notices.end(), more.begin(), more.end());
  return notices;
}

std::vector<std::string> StepSaver::save(Checkpoint checkpoint, bool last) {
  try {
    auto notices = write(checkpoint);
    failures_ = 0;
    return notices;
  } catch (const Error& error) {
    ++failures_;
    if (last) {
      throw Error(ExitCode::io,
                  fmt::format("the last save of the run failed: {}; free some space or repair the "
                              "disk, and resume from the checkpoint before",
                              error.what()));
    }
    if (failures_ >= fatal_failures_) {
      throw Error(ExitCode::io, fmt::format("saving failed {} times in a row "
                                            "(checkpointing.fatal_failures): {}",
                                            failures_, error.what()));
    }
    std::string warning = fmt::format(
        "warning: the state after step {} could not be saved: {}; training "
        "continues, and the next save tries again (failure {} of {} in a row that "
        "end the run)",
        checkpoint.step, error.what(), failures_, fatal_failures_);
    if (is_best(checkpoint)) unsaved_best_ = std::move(checkpoint);
    return {std::move(warning)};
  }
}

}  // namespace lockstep
