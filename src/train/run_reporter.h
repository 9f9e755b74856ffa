#pragma once
// Hands what a run tells to its observers, which are used on rank 0 only.

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
  // Both must live as long as this. `observers` are looked at on rank 0 only.
  RunReporter(const Communicator& comm, const TrainingObservers& observers)
      : comm_(comm), observers_(observers) {}

  // Collective. Lets every observer take something; one that fails ends all ranks
  // (AgreedError).
  void report(const std::function<void(TrainingObserver&)>& call) const;
  // Tells notices or progress; does not communicate. Elsewhere than on rank 0 it does nothing.
  void tell(const std::vector<std::string>& notices) const;
  void tell(const Progress& progress) const;

 private:
  const Communicator& comm_;
  const TrainingObservers& observers_;
};

}  // namespace lockstep
