#include "verify/verification.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/or_none.h"
#include "records/stop_reason.h"
#include "report/metrics_jsonl.h"
#include "report/summary_json.h"

namespace lockstep {
namespace {

using Evaluations = std::vector<RecordedEvaluation>;

void require_data(const char* set, const std::string& then, const std::string& now) {
  if (then == now) return;
  throw Error(ExitCode::data,
              fmt::format("the {} data is not that of the run (fingerprint {}, was {}), so the run "
                          "cannot be trained again; restore the data",
                          set, or_none(now), or_none(then)));
}

Evaluations::const_iterator first_after(const Evaluations& evaluations, std::uint64_t step) {
  return std::ranges::upper_bound(evaluations, step, {}, &RecordedEvaluation::step);
}

}  // namespace

Verification::Verification(const RecordedRun& run, const VerifiedRange& range, RecordedData data,
                           std::function<void(const std::string&)> notify)
    : run_(run),
      range_(range),
      data_(std::move(data)),
      notify_(std::move(notify)),
      next_(first_after(run.evaluations, range.from)),
      end_(first_after(run.evaluations, range.to)),
      step_(range.from) {}

void Verification::on_start(const RunStart& start) {
  if (!data_.train) {
    notify_(
        "no fingerprint is recorded of the data of these steps, so only the numbers tell whether "
        "the data is the same");
    return;
  }
  require_data("training", *data_.train, start.train_fingerprint);
  require_data("dev", data_.dev, start.dev_fingerprint);
}

void Verification::part(std::uint64_t step, const std::string& what,
                        const std::vector<RecordDifference>& differences) {
  parting_ = {step, differences,
              fmt::format("the run differs from its record at step {}: {}", step, what)};
  throw Error(ExitCode::data, parting_->text);
}

void Verification::take(std::uint64_t step, const std::string& what,
                        const RecordComparison& comparison) {
  not_compared_.insert(comparison.not_compared.begin(), comparison.not_compared.end());
  if (comparison.differences.empty()) return;
  part(step, what + describe(comparison.differences), comparison.differences);
}

void Verification::on_evaluation(const Evaluation& evaluation) {
  step_ = evaluation.step;
  weights_digest_ = evaluation.weights_digest;
  if (next_ == end_ || next_->step > step_) {
    not_recorded_.push_back(step_);
    notify_(fmt::format("step {}: no evaluation is recorded", step_));
    return;
  }
  if (next_->step < step_) {
    part(next_->step, "an evaluation is recorded where the job makes none", {});
  }
  take(step_, "", compare_evaluations(next_->record, Json::parse(metrics_line(evaluation))));
  ++next_;
  ++compared_;
  notify_(fmt::format("step {}: the same, digest {}", step_, weights_digest_));
}

void Verification::on_finish(const Summary& summary) {
  if (!range_.to_the_end || !is_complete()) return;
  take(summary.steps, "in the summary, ",
       compare_summaries(*run_.summary, Json::parse(summary_to_json(summary))));
  weights_digest_ = summary.weights_digest;
}

std::string Verification::reason_to_stop() const {
  if (step_ < range_.to) return "";
  if (!range_.to_the_end) return "verified";
  // A search ends its trials after an evaluation; other runs end by themselves.
  auto recorded = run_.summary->at("stop_reason").get<std::string>();
  if (!is_of_the_trainer(recorded)) return recorded;
  return recorded == kInterrupted ? "" : "the end of the record";
}

bool Verification::is_complete() const { return next_ == end_; }

void Verification::end_early(const std::string& reason) {
  part(step_,
       fmt::format("trained again it ends there ({}), but an evaluation of step {} is "
                   "recorded",
                   reason, next_->step),
       {});
}

}  // namespace lockstep
