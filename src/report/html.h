#pragma once
// report.html: curves and tables of a run for a browser.

#include <chrono>
#include <cstdint>
#include <optional>

#include "records/observer.h"
#include "report/html_page.h"

namespace lockstep {

// Rewrites report.html in the run directory, atomically: at the start, at each
// evaluation, and at the end. It writes at most once per `interval` during training, so
// that quick evaluations do not wait for the disk. A resumed run also shows the earlier
// evaluations in metrics.jsonl. Throws Error(io).
class HtmlReport : public TrainingObserver {
 public:
  explicit HtmlReport(std::chrono::milliseconds interval = std::chrono::seconds(1));

  void on_start(const RunStart& start) override;
  void on_evaluation(const Evaluation& evaluation) override;
  // The record is shown with the next evaluation.
  void on_flow(const FlowRecord& record) override;
  void on_rollback(std::uint64_t step) override;
  void on_finish(const Summary& summary) override;

 private:
  // The last record of flow.jsonl up to `step`.
  [[nodiscard]] std::optional<FlowRecord> last_flow(std::uint64_t step) const;
  void write();

  std::chrono::milliseconds interval_;
  HtmlPage page_;
  std::optional<std::chrono::steady_clock::time_point> written_;
};

}  // namespace lockstep
