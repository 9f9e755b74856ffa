#pragma once
// Passes the reports of a run to its observers, which are used on rank 0 only.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "records/observer.h"

namespace lockstep {

using TrainingObservers = std::vector<std::unique_ptr<TrainingObserver>>;

class RunReporter {
 public:
  // Both must live as long as this. `observers` are used on rank 0 only.
  RunReporter(const Communicator& comm, const TrainingObservers& observers)
      : comm_(comm), observers_(observers) {}

  // Collective. Calls `call` for every observer; if one fails, all ranks throw AgreedError.
  void report(const std::function<void(TrainingObserver&)>& call) const;
  // Passes on notices or progress, on rank 0 only; does not communicate.
  void notify(const std::vector<std::string>& notices) const;
  void notify(const Progress& progress) const;

 private:
  const Communicator& comm_;
  const TrainingObservers& observers_;
};

}  // namespace lockstep
