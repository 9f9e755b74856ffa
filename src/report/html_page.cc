#include "report/html_page.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/number_text.h"
#include "base/run_files.h"
#include "records/session.h"
#include "records/stop_reason.h"
#include "report/chart.h"
#include "report/diagnosis_text.h"
#include "report/format.h"
#include "report/html_charts.h"

namespace lockstep {
namespace {

constexpr std::size_t kTableRows = 50;
constexpr std::size_t kFlowRows = 30;

constexpr const char* kStyle = R"(
:root { color-scheme: light dark;
  --page: #f4f5f7; --card: #fff; --ink: #1b1f24; --soft: #5c6670; --rule: #e1e4e8;
  --s0: #1f6feb; --s1: #d1570c; --s2: #8250df; --good: #1a7f37; --warn: #b35900;
  --p0: #1f6feb; --p1: #d1570c; --p2: #2da44e; --p3: #8250df; --p4: #bf3989; --p5: #9a6700;
  --p6: #57606a; --p7: #0a8f9c; --p8: #c9b400; }
@media (prefers-color-scheme: dark) { :root {
  --page: #0e1116; --card: #171b22; --ink: #e6e9ee; --soft: #98a2ae; --rule: #2b313a;
  --s0: #6cb0ff; --s1: #ffa05c; --s2: #b392f0; --good: #56d364; --warn: #f0a04b;
  --p0: #4f9bff; --p1: #f2843c; --p2: #46b964; --p3: #a983f5; --p4: #e06bb0; --p5: #d0a215;
  --p6: #8b949e; --p7: #3fc1cd; --p8: #f0e06a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 28px 20px 48px; max-width: 1080px; background: var(--page);
  color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { margin: 0; font-size: 26px; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 0 0 10px; font-size: 15px; }
p { margin: 4px 0 0; }
.soft { color: var(--soft); }
.status { font-weight: 600; } .good { color: var(--good); } .warn { color: var(--warn); }
.grid2 { display: grid; gap: 16px; margin-top: 16px;
  grid-template-columns: repeat(auto-fit, minmax(min(440px, 100%), 1fr)); }
.card { background: var(--card); border: 1px solid var(--rule); border-radius: 10px;
  padding: 16px 18px; min-width: 0; overflow-x: auto; }
.wide { margin-top: 16px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 10px; text-align: right; border-top: 1px solid var(--rule);
  white-space: nowrap; }
tr:first-child th { border-top: 0; color: var(--soft); font-weight: 500; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
td:last-child, th:last-child { padding-right: 0; }
.facts td { white-space: normal; overflow-wrap: anywhere; }
.facts td:first-child { color: var(--soft); overflow-wrap: normal; }
.facts td:last-child { min-width: 11em; }
.facts tr:first-child td { border-top: 0; }
tr.best td { font-weight: 600; color: var(--good); }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--ink); font-size: 12px; }
@media (max-width: 520px) { svg text { font-size: 15px; } }
svg .title { font-size: 15px; font-weight: 600; }
svg .axis { fill: var(--soft); }
svg .grid { stroke: var(--rule); }
svg .mark { stroke: var(--good); stroke-dasharray: 4 3; }
svg .line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
svg .line.s0 { stroke: var(--s0); } svg .line.s1 { stroke: var(--s1); }
svg .dot.s0, svg .key.s0 { fill: var(--s0); } svg .dot.s1, svg .key.s1 { fill: var(--s1); }
svg .line.s2 { stroke: var(--s2); } svg .dot.s2, svg .key.s2 { fill: var(--s2); }
.bar { display: flex; height: 22px; border-radius: 6px; overflow: hidden; gap: 2px; }
.bar span { min-width: 1px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 22px; margin-top: 10px; }
.legend i { display: inline-block; width: 10px; height: 10px; border-radius: 3px;
  margin-right: 7px; }
.p0 { background: var(--p0); } .p1 { background: var(--p1); } .p2 { background: var(--p2); }
.p3 { background: var(--p3); } .p4 { background: var(--p4); } .p5 { background: var(--p5); }
.p6 { background: var(--p6); } .p7 { background: var(--p7); } .p8 { background: var(--p8); }
.recipe { margin: 12px 0 0; padding-left: 22px; }
.recipe li { margin-top: 8px; overflow-wrap: anywhere; }
code { font: 13px/1.45 ui-monospace, "DejaVu Sans Mono", monospace; }
details { margin-top: 16px; }
summary { cursor: pointer; font-weight: 600; font-size: 15px; }
pre { margin: 12px 0 0; overflow-x: auto; font: 13px/1.45 ui-monospace, "DejaVu Sans Mono",
  monospace; }
)";
constexpr std::size_t kPhaseColors = 9;

using Out = std::back_insert_iterator<std::string>;

std::optional<Evaluation> last_best(const std::vector<Evaluation>& evaluations) {
  const auto best = std::find_if(evaluations.rbegin(), evaluations.rend(),
                                 [](const Evaluation& evaluation) { return evaluation.best; });
  if (best == evaluations.rend()) return std::nullopt;
  return *best;
}

// The evaluation of the best step: that of the summary or, without one, the latest best.
std::optional<Evaluation> best_of(const HtmlPage& page) {
  if (!page.summary) return last_best(page.evaluations);
  const auto best = std::find_if(
      page.evaluations.begin(), page.evaluations.end(),
      [&](const Evaluation& evaluation) { return evaluation.step == page.summary->best_step; });
  if (best == page.evaluations.end()) return std::nullopt;
  return *best;
}

void add_head(Out out, const HtmlPage& page) {
  const std::string name = html_escape(page.start.job_name);
  fmt::format_to(out,
                 "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  // The page of a running job reloads itself to show the next evaluation.
  if (!page.summary) fmt::format_to(out, "<meta http-equiv=\"refresh\" content=\"10\">\n");
  fmt::format_to(out, "<title>{} - Lockstep</title>\n<style>{}</style>\n</head>\n<body>\n", name,
                 kStyle);
  fmt::format_to(out, "<h1>{}</h1>\n", name);
}

void add_status(Out out, const HtmlPage& page) {
  const RunStart& start = page.start;
  std::string status = "running";
  const char* color = "";
  std::uint64_t step = page.evaluations.empty() ? start.first_step : page.evaluations.back().step;
  double epoch = page.evaluations.empty() ? 0 : page.evaluations.back().epoch;
  if (page.summary) {
    const std::string& reason = page.summary->stop_reason;
    status = describe_stop(reason);
    color = is_complete(reason) ? " good" : " warn";
    step = page.summary->steps;
    epoch = page.summary->epochs;
  }
  fmt::format_to(
      out,
      "<p><span class=\"status{}\">{}</span> <span class=\"soft\">at step {} of {}, epoch "
      "{} of {}</span></p>\n",
      color, html_escape(status), format_count(step), format_count(start.total_steps),
      format_epoch(epoch), format_epoch(total_epochs(start)));
  fmt::format_to(out, "<p class=\"soft\">{}; {}</p>\n",
                 format_quantity(start.parameters, "parameter"),
                 format_layout(start.ranks, start.threads, start.shards));
}

void add_set(Out out, const char* part, std::uint64_t examples, std::optional<double> error,
             std::optional<double> cost) {
  if (examples == 0) return;
  const auto accuracy = error ? std::optional<double>(1 - *error) : std::nullopt;
  fmt::format_to(out, "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", part,
                 format_count(examples), format_percent(error), format_percent(accuracy),
                 format_cost(cost));
}

// A row for a metric that some set has.
void add_metric(Out out, const char* name, const std::optional<double>& dev,
                const std::optional<double>& test) {
  if (!dev && !test) return;
  const auto shown = [](const std::optional<double>& number) {
    return number ? fmt::format("{:.4g}", *number) : std::string("-");
  };
  fmt::format_to(out, "<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", name, shown(dev),
                 shown(test));
}

void add_chart(Out out, const Chart& chart) {
  fmt::format_to(out, "<section class=\"card\">\n{}</section>\n", chart_svg(chart));
}

void add_metrics(Out out, const SetMetrics& dev, const SetMetrics& test) {
  std::string rows;
  const Out table(rows);
  for (const SetMetricFacts& facts : kSetMetrics) {
    add_metric(table, facts.name, dev.*facts.number, test.*facts.number);
  }
  if (rows.empty()) return;
  fmt::format_to(out,
                 "<section class=\"card\">\n<h2>Metrics</h2>\n<table>\n"
                 "<tr><th></th><th>dev</th><th>test</th></tr>\n{}</table>\n</section>\n",
                 rows);
  if (dev.reliability.empty()) return;
  add_chart(out, reliability_chart(dev));
}

// The final results or, before the end, those of the last evaluation.
Summary results_of(const HtmlPage& page) {
  Summary results;
  if (page.summary) {
    results = *page.summary;
  } else if (!page.evaluations.empty()) {
    const Evaluation& last = page.evaluations.back();
    results.train_error = last.train_error;
    results.train_cost = last.cost;
    results.train_dev_error = last.train_dev_error;
    results.train_dev_cost = last.train_dev_cost;
    results.dev_error = last.dev_error;
    results.dev_cost = last.dev_cost;
    results.dev_metrics = last.dev_metrics;
  }
  return results;
}

void add_results(Out out, const HtmlPage& page, const Summary& results) {
  const RunStart& start = page.start;
  fmt::format_to(out, "<section class=\"card\">\n<h2>Results{}</h2>\n<table>\n",
                 page.summary ? "" : " of the last evaluation");
  fmt::format_to(
      out, "<tr><th></th><th>examples</th><th>error</th><th>accuracy</th><th>cost</th></tr>\n");
  add_set(out, "train", start.train_examples, results.train_error, results.train_cost);
  add_set(out, "train-dev", start.train_dev_examples, results.train_dev_error,
          results.train_dev_cost);
  add_set(out, "dev", start.dev_examples, results.dev_error, results.dev_cost);
  add_set(out, "test", start.test_examples, results.test_error, results.test_cost);
  fmt::format_to(out, "</table>\n");
  const std::string open = describe_sets(start);
  if (!open.empty()) fmt::format_to(out, "<p class=\"soft\">{}</p>\n", open);
  fmt::format_to(out, "</section>\n");
}

void add_fact(Out out, const std::string& name, const std::string& value) {
  fmt::format_to(out, "<tr><td>{}</td><td>{}</td></tr>\n", html_escape(name), html_escape(value));
}

void add_facts(Out out, const HtmlPage& page, const std::optional<Evaluation>& best) {
  fmt::format_to(out, "<section class=\"card\">\n<h2>Run</h2>\n<table class=\"facts\">\n");
  if (best) {
    add_fact(out, "best step",
             fmt::format("{} (epoch {})", format_count(best->step), format_epoch(best->epoch)));
  }
  double speed = page.evaluations.empty() ? 0 : page.evaluations.back().examples_per_second;
  if (page.summary) speed = page.summary->examples_per_second;
  if (speed > 0) add_fact(out, "speed", format_speed(speed) + " examples/s");
  if (!page.evaluations.empty()) {
    add_fact(out, "time", format_duration(page.evaluations.back().seconds));
  }
  if (page.summary) {
    add_fact(out, "norm of the weights", format_cost(page.summary->weights_norm));
    add_fact(out, "weights near zero", format_percent(page.summary->weights_near_zero));
    add_fact(out, "memory of the largest rank", format_bytes(page.summary->peak_memory_bytes));
    add_fact(out, "weights digest", page.summary->weights_digest);
  }
  add_fact(out, "directory", page.start.run_dir);
  fmt::format_to(out, "</table>\n</section>\n");
}

void add_gap(Out out, const std::string& name, const std::optional<ErrorGap>& gap) {
  if (!gap) return;
  const bool high = gap->level == GapLevel::high;
  fmt::format_to(out,
                 "<tr><td>{}</td><td>{}</td><td>{} to {}</td><td>{}</td>"
                 "<td class=\"status{}\">{}</td></tr>\n",
                 name, format_points(gap->value), format_points(gap->interval.low),
                 format_points(gap->interval.high), format_percent(gap->share, 0),
                 high ? " warn" : "", enum_name(gap->level));
}

// Adds the verdict with the gaps that it is based on, and the steps of the recipe (1.2, 1.3).
void add_diagnosis(Out out, const Diagnosis& diagnosis) {
  const bool good = diagnosis.verdict == kNeitherIsHigh;
  fmt::format_to(out,
                 "<section class=\"card wide\">\n<h2>Bias and variance: <span "
                 "class=\"{}\">{}</span></h2>\n",
                 good ? "good" : "warn", html_escape(verdict_phrase(diagnosis)));
  if (diagnosis.avoidable_bias) {
    fmt::format_to(out,
                   "<table>\n<tr><th></th><th>points</th><th>95% interval</th><th>share</th>"
                   "<th>level</th></tr>\n");
    add_gap(out, fmt::format("avoidable bias: {}", kBiasGap), diagnosis.avoidable_bias);
    add_gap(out,
            fmt::format("{}: {}",
                        diagnosis.variance_may_be_mismatch ? "variance or mismatch" : "variance",
                        variance_gap(diagnosis)),
            diagnosis.variance);
    add_gap(out, fmt::format("mismatch: {}", kMismatchGap), diagnosis.mismatch);
    fmt::format_to(out, "</table>\n<p class=\"soft\">The base error is {}.</p>\n",
                   format_percent(diagnosis.base_error));
  }
  for (const std::string& note : diagnosis.notes) {
    fmt::format_to(out, "<p class=\"soft\">{}</p>\n", html_escape(note));
  }
  if (!diagnosis.recipe.empty()) {
    fmt::format_to(out, "<ol class=\"recipe\">\n");
    for (const RecipeStep& step : diagnosis.recipe) {
      const std::string set = set_arguments(step.set);
      fmt::format_to(out, "<li>{}<br><span class=\"soft\">{}</span>{}</li>\n",
                     html_escape(step.action), html_escape(step.reason),
                     set.empty() ? "" : "<br><code>" + html_escape(set) + "</code>");
    }
    fmt::format_to(out, "</ol>\n");
  }
  fmt::format_to(out, "</section>\n");
}

void add_phases(Out out, const std::map<std::string, double>& seconds) {
  std::vector<std::pair<std::string, double>> phases;
  double total = 0;
  for (const auto& [name, duration] : seconds) {
    if (name == kTotalSeconds || !std::isfinite(duration) || duration <= 0) continue;
    phases.emplace_back(name, duration);
    total += duration;
  }
  if (phases.empty()) return;
  std::stable_sort(phases.begin(), phases.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string legend;
  fmt::format_to(
      out, "<section class=\"card wide\">\n<h2>Where the time went</h2>\n<div class=\"bar\">\n");
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const auto& [phase, duration] = phases[i];
    const std::string name = html_escape(phase);
    fmt::format_to(out, "<span class=\"p{}\" style=\"width:{:.2f}%\" title=\"{}\"></span>\n",
                   i % kPhaseColors, 100 * duration / total, name);
    fmt::format_to(std::back_inserter(legend),
                   "<span><i class=\"p{}\"></i>{} <span class=\"soft\">{}, {}</span></span>\n",
                   i % kPhaseColors, name, format_duration(duration),
                   format_percent(duration / total, 1));
  }
  fmt::format_to(out, "</div>\n<div class=\"legend\">\n{}</div>\n</section>\n", legend);
}

// Positions of at most `limit` (2 or more) of n rows, evenly spaced.
std::vector<std::size_t> spread_rows(std::size_t n, std::size_t limit) {
  std::vector<std::size_t> rows;
  const std::size_t shown = std::min(n, limit);
  for (std::size_t i = 0; i < shown; ++i) {
    rows.push_back(shown < 2 ? 0 : i * (n - 1) / (shown - 1));
  }
  return rows;
}

void add_flow(Out out, const FlowRecord& flow) {
  fmt::format_to(out, "<section class=\"card wide\">\n<h2>Signal flow at step {}</h2>\n",
                 format_count(flow.step));
  if (flow.findings.empty()) fmt::format_to(out, "<p class=\"good\">sound</p>\n");
  for (const FlowFinding& finding : flow.findings) {
    fmt::format_to(out,
                   "<p><span class=\"warn\">{}</span><br><span class=\"soft\">try: {}</span></p>\n",
                   html_escape(finding.text), html_escape(finding.remedy));
  }
  fmt::format_to(out,
                 "<table>\n<tr><th>layer</th><th>units</th><th>activation</th><th>mean</th>"
                 "<th>deviation</th><th>dLoss/dz rms</th><th>norm of W</th><th>of its gradient</th>"
                 "<th>update / W</th><th>dead</th><th>saturated</th></tr>\n");
  const std::vector<std::size_t> shown = spread_rows(flow.layers.size(), kFlowRows);
  for (const std::size_t i : shown) {
    const LayerFlow& layer = flow.layers[i];
    fmt::format_to(out,
                   "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>"
                   "<td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                   i + 1, format_count(layer.units), html_escape(layer.activation),
                   format_measure(layer.activation_mean),
                   format_measure(layer.activation_deviation), format_measure(layer.delta_rms),
                   format_measure(layer.weight_norm), format_measure(layer.gradient_norm),
                   format_measure(layer.update_ratio), format_percent(layer.dead_fraction),
                   format_percent(layer.saturated_fraction));
  }
  fmt::format_to(out, "</table>\n");
  if (shown.size() < flow.layers.size()) {
    fmt::format_to(out, "<p class=\"soft\">{} of {} layers; {} has all.</p>\n", shown.size(),
                   flow.layers.size(), kFlowFile);
  }
  fmt::format_to(out, "</section>\n");
}

void add_evaluations(Out out, const HtmlPage& page, const std::optional<Evaluation>& best) {
  if (page.evaluations.empty()) return;
  const std::vector<Evaluation> shown = thinned(page.evaluations, kTableRows);
  const bool train_dev = page.start.train_dev_examples > 0;
  fmt::format_to(out,
                 "<section class=\"card wide\">\n<h2>Evaluations</h2>\n<table>\n<tr><th>step</th>"
                 "<th>epoch</th><th>J</th><th>penalty</th><th>train error</th>{}<th>dev error</th>"
                 "<th>dev cost</th><th>learning rate</th><th>examples/s</th></tr>\n",
                 train_dev ? "<th>train-dev error</th>" : "");
  for (const Evaluation& row : shown) {
    const bool is_best = best && best->step == row.step;
    fmt::format_to(out,
                   "<tr{}><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>{}<td>{}</td>"
                   "<td>{}</td><td>{:.4g}</td><td>{}</td></tr>\n",
                   is_best ? " class=\"best\"" : "", format_count(row.step),
                   format_epoch(row.epoch), format_cost(row.cost), format_cost(row.penalty),
                   format_percent(row.train_error),
                   train_dev ? "<td>" + format_percent(row.train_dev_error) + "</td>" : "",
                   format_percent(row.dev_error), format_cost(row.dev_cost), row.learning_rate,
                   format_speed(row.examples_per_second));
  }
  fmt::format_to(out, "</table>\n");
  if (shown.size() < page.evaluations.size()) {
    fmt::format_to(out, "<p class=\"soft\">{} of {} evaluations; {} has all.</p>\n", shown.size(),
                   format_count(page.evaluations.size()), kMetricsFile);
  }
  fmt::format_to(out, "</section>\n");
}

void add_details(Out out, const HtmlPage& page) {
  fmt::format_to(out,
                 "<details class=\"card\"><summary>Job, with every default</summary>\n"
                 "<pre>{}</pre></details>\n",
                 html_escape(page.start.resolved_job));
  if (page.start.environment.empty()) return;
  fmt::format_to(
      out, "<details class=\"card\"><summary>Environment</summary>\n<table class=\"facts\">\n");
  for (const auto& [name, value] : page.start.environment) add_fact(out, name, value);
  fmt::format_to(out, "</table></details>\n");
}

}  // namespace

std::vector<Evaluation> thinned(const std::vector<Evaluation>& evaluations, std::size_t limit) {
  if (evaluations.size() <= limit) return evaluations;
  const auto best = std::find_if(evaluations.rbegin(), evaluations.rend(),
                                 [](const Evaluation& evaluation) { return evaluation.best; });
  const bool has_best = best != evaluations.rend();
  const std::size_t best_index =
      has_best ? static_cast<std::size_t>(std::distance(best, evaluations.rend())) - 1 : 0;
  std::set<std::size_t> kept;
  const std::size_t gaps =
      std::max<std::size_t>(limit, 3) - 2;  // one place is reserved for the best
  for (std::size_t i = 0; i <= gaps; ++i) kept.insert(i * (evaluations.size() - 1) / gaps);
  if (has_best) kept.insert(best_index);
  std::vector<Evaluation> result;
  result.reserve(kept.size());
  for (const std::size_t index : kept) result.push_back(evaluations[index]);
  return result;
}

std::string render_html(const HtmlPage& page) {
  const std::optional<Evaluation> best = best_of(page);
  std::string html;
  const Out out(html);
  add_head(out, page);
  add_status(out, page);
  fmt::format_to(out, "<div class=\"grid2\">\n");
  const Summary results = results_of(page);
  add_results(out, page, results);
  add_facts(out, page, best);
  add_metrics(out, results.dev_metrics, results.test_metrics);
  for (const Chart& chart : run_charts(page, best)) add_chart(out, chart);
  fmt::format_to(out, "</div>\n");
  if (page.summary && page.summary->diagnosis) add_diagnosis(out, *page.summary->diagnosis);
  if (page.summary) add_phases(out, page.summary->seconds);
  if (page.flow) add_flow(out, *page.flow);
  add_evaluations(out, page, best);
  add_details(out, page);
  html += "</body>\n</html>\n";
  return html;
}

}  // namespace lockstep
