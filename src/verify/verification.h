#pragma once
// Compares a run, while it is trained again, with what was recorded of it.

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "records/observer.h"
#include "verify/record_differences.h"
#include "verify/recorded_run.h"
#include "verify/verified_range.h"

namespace lockstep {

// Digests of the data that a run was trained on; absent: not recorded.
struct RecordedData {
  std::optional<std::string> train;
  std::string dev;  // empty: no dev set
};

// The place where a run that is trained again is not the recorded one.
struct Parting {
  std::uint64_t step = 0;
  std::vector<RecordDifference> differences;  // none: it ended elsewhere
  std::string text;                           // a whole sentence
};

// An observer of the training, on rank 0. A difference throws Error(data), which ends the training
// on all ranks.
class Verification : public TrainingObserver {
 public:
  // `notify` takes lines about what is going on, without a newline. `run` must live longer.
  Verification(const RecordedRun& run, const VerifiedRange& range, RecordedData data,
               std::function<void(const std::string&)> notify);

  // Throws Error(data) when the data is not that of the run.
  void on_start(const RunStart& start) override;
  void on_notice(const std::string& notice) override { notify_(notice); }
  void on_evaluation(const Evaluation& evaluation) override;
  void on_finish(const Summary& summary) override;

  // Why the training ends after this evaluation, for TrainOptions::stop_after_evaluation; empty: it
  // continues.
  [[nodiscard]] std::string reason_to_stop() const;
  // Whether every recorded evaluation of the range was compared.
  [[nodiscard]] bool is_complete() const;
  // Throws Error(data): the training has ended, for `reason`, before the record does.
  [[noreturn]] void end_early(const std::string& reason);

  [[nodiscard]] std::uint64_t compared() const { return compared_; }
  // The digest of the last evaluation, or of the summary.
  [[nodiscard]] const std::string& weights_digest() const { return weights_digest_; }
  [[nodiscard]] const std::set<std::string>& not_compared() const { return not_compared_; }
  [[nodiscard]] const std::vector<std::uint64_t>& not_recorded() const { return not_recorded_; }
  [[nodiscard]] const std::optional<Parting>& parting() const { return parting_; }

 private:
  // Throws Error(data).
  [[noreturn]] void part(std::uint64_t step, const std::string& what,
                         const std::vector<RecordDifference>& differences);
  void take(std::uint64_t step, const std::string& what, const RecordComparison& comparison);

  const RecordedRun& run_;
  VerifiedRange range_;
  RecordedData data_;
  std::function<void(const std::string&)> notify_;
  std::vector<RecordedEvaluation>::const_iterator next_;  // the next one to be compared
  std::vector<RecordedEvaluation>::const_iterator end_;   // the first one after the range
  std::uint64_t step_ = 0;                                // of the last evaluation
  std::uint64_t compared_ = 0;
  std::string weights_digest_;
  std::set<std::string> not_compared_;       // fields
  std::vector<std::uint64_t> not_recorded_;  // steps of evaluations
  std::optional<Parting> parting_;
};

}  // namespace lockstep
