#pragma once
// The page of report.html as text, from records.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "records/observer.h"

namespace lockstep {

// What a page shows. Without a summary the run is still going on.
struct HtmlPage {
  RunStart start;
  std::vector<Evaluation> evaluations;  // in ascending steps
  std::optional<Summary> summary;
  std::optional<FlowRecord> flow = std::nullopt;  // the last one, of a run with a monitor
};

// At most `limit` (3 or more) evaluations, evenly spaced, with the first and the
// last of them and the last best one.
std::vector<Evaluation> thinned(const std::vector<Evaluation>& evaluations, std::size_t limit);

// One HTML document without any external resource. Its size is bounded however
// many evaluations there are. `seconds` with the name "total" is not a phase.
std::string render_html(const HtmlPage& page);

}  // namespace lockstep
