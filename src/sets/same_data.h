#pragma once
// Runs whose errors are compared must have the same data.

#include <string>

#include "records/observer.h"

namespace lockstep {

// Fingerprints of the data of runs that are compared; empty if no run is known yet.
struct DataFingerprints {
  std::string train;
  std::string dev;  // empty: no dev set
};

// Refuses a run, before its first step, if its data differs from that of an earlier one.
class SameData : public TrainingObserver {
 public:
  // `of`: name of the run that has `expected`, such as "trial 3".
  SameData(DataFingerprints expected, std::string of);

  // Throws Error(data) when the training or dev data has another fingerprint.
  void on_start(const RunStart& start) override;

 private:
  DataFingerprints expected_;
  std::string of_;
};

}  // namespace lockstep
