#include "checkpoint/failed_saves.h"

#include <span>

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
    AtomicFile test(directory / kLatestCheckpoint);
    test.write(std::as_bytes(std::span("test")));
    test.flush();
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
    if (!error && entry.path().extension() == kCheckpointExtension) bytes += size;
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

}  // namespace

std::vector<std::string> try_checkpoint_directory(const fs::path& directory, std::uint64_t bytes,
                                                  std::uint32_t keep_last) {
  std::error_code error;
  const bool made = fs::create_directories(directory, error);
  try {
    if (error) {
      throw Error(ExitCode::io, fmt::format("cannot create directory {}: {}", directory.string(),
                                            error.message()));
    }
    try_to_write(directory);
    return check_room(directory, bytes, std::uint64_t{keep_last} + 2);  // best, and a new one
  } catch (const Error&) {
    if (made) fs::remove(directory, error);  // an empty one would look like that of a run
    throw;
  }
}

SaveOutcome try_save_step(const fs::path& directory, const Checkpoint& checkpoint,
                          const ParameterSource& source, std::uint32_t keep_last) {
  try {
    return {.notices = save_step(directory, checkpoint, source, keep_last), .failure = {}};
  } catch (const Error& error) {
    return {.notices = {}, .failure = error.what()};
  } catch (const std::bad_alloc&) {
    return {.notices = {}, .failure = "there is not enough memory"};
  }
}

std::vector<std::string> FailedSaves::judge(const SaveOutcome& outcome, std::uint64_t step,
                                            bool last) {
  if (!outcome.failure) {
    in_a_row_ = 0;
    return outcome.notices;
  }
  ++in_a_row_;
  if (last) {
    throw Error(ExitCode::io,
                fmt::format("the last save of the run failed: {}; free some space or repair the "
                            "disk, and resume from the checkpoint before",
                            *outcome.failure));
  }
  if (in_a_row_ >= fatal_) {
    throw Error(ExitCode::io, fmt::format("saving failed {} times in a row "
                                          "(checkpointing.fatal_failures): {}",
                                          in_a_row_, *outcome.failure));
  }
  return {
      fmt::format("warning: the state after step {} could not be saved: {}; training "
                  "continues, and the next save tries again (failure {} of {} in a row that "
                  "end the run)",
                  step, *outcome.failure, in_a_row_, fatal_)};
}

}  // namespace lockstep
