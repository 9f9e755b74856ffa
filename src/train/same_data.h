#pragma once
// Runs whose errors are compared must have the same data.

#include <string>

#include "records/observer.h"

namespace lockstep {

// What runs that are compared are of; of a run that is not known, empty.
struct DataFingerprints {
  std::string train;
  std::string dev;  // empty: no dev set
};

// Refuses, before its first step, a run whose data is not that of an earlier one.
class SameData : public TrainingObserver {
 public:
  // `of`: the run that has `expected`, such as "trial 3".
  SameData(DataFingerprints expected, std::string of);

  // Throws Error(data) when the training or dev data has another fingerprint.
  void on_start(const RunStart& start) override;

 private:
  DataFingerprints expected_;
  std::string of_;
};

}  // namespace lockstep
