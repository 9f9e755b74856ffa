#include "cli/end_on_signal.h"

#include <chrono>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <unistd.h>

#include "base/atomic_file.h"
#include "base/blocked_signals.h"
#include "base/error.h"
#include "cli/signals.h"
#include "report/descriptor.h"

namespace lockstep {
namespace {

constexpr std::chrono::milliseconds kPause{50};

}  // namespace

EndOnSignal::EndOnSignal(bool reports, std::filesystem::path output)
    : reports_(reports), output_(std::move(output)) {
  const BlockedSignals in_the_thread;
  thread_ = std::jthread([this](const std::stop_token& ended) { watch(ended); });
}

EndOnSignal::~EndOnSignal() {
  thread_.request_stop();
  thread_.join();
}

void EndOnSignal::watch(const std::stop_token& ended) {
  std::unique_lock lock(mutex_);
  while (!stop_was_requested()) {
    changed_.wait_for(lock, ended, kPause, [] { return false; });
    if (ended.stop_requested()) return;
  }
  if (!output_.empty()) {
    std::error_code ignored;
    std::filesystem::remove(AtomicFile::temporary_of(output_), ignored);
  }
  if (reports_) {
    write_log(STDERR_FILENO, "lockstep: a signal asked for an end; the result is incomplete\n");
  }
  std::_Exit(static_cast<int>(ExitCode::interrupted));
}

}  // namespace lockstep
