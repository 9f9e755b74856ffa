#pragma once
// Tells when a resumed run lacks records of its past.

#include <functional>
#include <string>
#include <utility>

#include "records/observer.h"

namespace lockstep {

// Compares metrics.jsonl and flow.jsonl with the numbers of records that the checkpoint counts up
// to its step. Lines can be lost when a disk is full or a machine loses its power.
class MissingRecords : public TrainingObserver {
 public:
  // `warn` receives one line without a newline.
  explicit MissingRecords(std::function<void(const std::string&)> warn) : warn_(std::move(warn)) {}

  void on_start(const RunStart& start) override;

 private:
  std::function<void(const std::string&)> warn_;
};

}  // namespace lockstep
