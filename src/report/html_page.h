#pragma once
// The page of report.html as text, from records.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "records/evaluation.h"
#include "records/flow.h"
#include "records/run_start.h"
#include "records/summary.h"

namespace lockstep {

// The content of a page. Without a summary the run has not ended.
struct HtmlPage {
  RunStart start;
  std::vector<Evaluation> evaluations;  // in ascending steps
  std::optional<Summary> summary;
  std::optional<FlowRecord> flow = std::nullopt;  // the last one, of a run with a monitor
};

// At most `limit` (3 or more) evaluations, evenly spaced, including the first, the last
// and the latest best one.
std::vector<Evaluation> thinned(const std::vector<Evaluation>& evaluations, std::size_t limit);

// One HTML document without external resources. Its size is bounded for any number of
// evaluations. The entry kTotalSeconds of `seconds` is not a phase.
std::string render_html(const HtmlPage& page);

}  // namespace lockstep
