#include "train/run_reporter.h"

#include "base/heartbeat.h"
#include "comm/agreement.h"

namespace lockstep {

void RunReporter::report(const std::function<void(TrainingObserver&)>& call) const {
  agree(comm_, [&] {
    if (!comm_.is_root()) return;
    const HeartbeatWork work(comm_.heartbeat());
    for (const auto& observer : observers_) call(*observer);
  });
}

void RunReporter::notify(const std::vector<std::string>& notices) const {
  if (!comm_.is_root()) return;
  const HeartbeatWork work(comm_.heartbeat());  // a reader of stderr may be slow
  for (const std::string& notice : notices) {
    for (const auto& observer : observers_) observer->on_notice(notice);
  }
}

void RunReporter::notify(const Progress& progress) const {
  if (!comm_.is_root()) return;
  const HeartbeatWork work(comm_.heartbeat());
  for (const auto& observer : observers_) observer->on_progress(progress);
}

}  // namespace lockstep
