#pragma once
// The charts of report.html, from records. Pure.

#include <optional>
#include <vector>

#include "report/chart.h"
#include "report/html_page.h"

namespace lockstep {

// Costs, errors, the norm of the weights, penalties and the signal flow of a run, as far as it has
// them; curves mark the epoch of `best`.
std::vector<Chart> run_charts(const HtmlPage& page, const std::optional<Evaluation>& best);

// Accuracy over confidence, which are equal where probabilities are right.
Chart reliability_chart(const SetMetrics& metrics);

}  // namespace lockstep
