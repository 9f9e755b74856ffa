#include "rundir/open_run.h"

#include <exception>

#include <unistd.h>

#include <fmt/format.h>

#include "base/host_name.h"
#include "base/run_folders.h"
#include "base/temporary_files.h"
#include "report/descriptor.h"
#include "report/error_file.h"
#include "report/state_file.h"
#include "report/warn.h"

namespace lockstep {

namespace {

// Removes what killed sessions were writing.
void remove_leftovers(const std::filesystem::path& directory) {
  for (const RunFolder& folder : folders_of_run(directory)) {
    for (const std::string& problem : remove_temporary_files(folder)) {
      write_warning(problem);
    }
  }
}

}  // namespace

void OpenRun::lock(const std::filesystem::path& directory, const std::string& job) {
  lock_ = std::make_unique<RunLock>(directory, job);
  require_run_files(directory);
  remove_leftovers(directory);
  remove_error_files(directory);
  write_state_file(directory, {});
}

void OpenRun::enter(const std::filesystem::path& directory) {
  set({.directory = directory, .has_state = true, .step = {}});
}

void OpenRun::enter_results(const std::filesystem::path& directory) {
  set({.directory = directory, .has_state = false, .step = {}});
}

void OpenRun::tell_running(std::optional<std::uint64_t> step) {
  if (step) reach(*step);
  write_state_file(directory(), {.phase = RunPhase::running, .step = step, .exit_code = {}});
}

void OpenRun::keep(const std::filesystem::path& path, const std::string& content) {
  kept_.emplace_back(path, content, warn_on_stderr);
}

void OpenRun::look_after() {
  if (!lock_) return;
  try {
    const std::string warning = lock_->keep();
    if (!warning.empty()) warn_on_stderr(warning);
    for (const KeptFile& file : kept_) file.restore();
  } catch (const Error& error) {
    if (error.code() == ExitCode::in_use) throw;
    // Training continues: what cannot be restored is no reason to lose it.
    if (problem_ != error.what()) warn_on_stderr(fmt::format("warning: {}", error.what()));
    problem_ = error.what();
  }
}

void OpenRun::reach(std::uint64_t step) {
  const std::scoped_lock guard(mutex_);
  status_.step = step;
}

void OpenRun::tell_end(ExitCode code) {
  const Status at = status();
  // A numbered directory in which nothing was trained is gone.
  if (!at.has_state || !std::filesystem::exists(at.directory)) return;
  write_state_file(at.directory, {.phase = phase_at_end(code), .step = at.step, .exit_code = code});
}

void OpenRun::fail(int rank, ExitCode code, const std::string& message) const noexcept {
  try {
    const Status at = status();
    if (at.directory.empty()) return;
    write_error_file(at.directory, rank, host_name(), code, message);
    if (!at.has_state) return;
    write_state_file(
        at.directory,
        {.phase = phase_at_end(code), .step = at.step, .exit_code = code, .rank = rank});
  } catch (const std::exception&) {  // the message itself is already on stderr
  }
}

std::filesystem::path OpenRun::directory() const { return status().directory; }

OpenRun::Status OpenRun::status() const {
  const std::scoped_lock guard(mutex_);
  return status_;
}

void OpenRun::set(const Status& status) {
  const std::scoped_lock guard(mutex_);
  status_ = status;
}

}  // namespace lockstep
