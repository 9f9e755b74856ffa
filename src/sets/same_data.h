#pragma once
// Checks that data is the same as before.

#include <string>
#include <string_view>

#include "records/observer.h"

namespace lockstep {

// Throws Error(data) if the data of `set` ("training", "dev") has another fingerprint `now` than it
// had when a checkpoint was written; an empty fingerprint means that there is no such set.
void require_same_data(std::string_view set, std::string_view then, std::string_view now);

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
