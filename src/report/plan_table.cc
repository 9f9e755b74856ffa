#include "report/plan_table.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/number_text.h"

namespace lockstep {
namespace {

std::string milliseconds(double seconds) { return fmt::format("{:.2f}", seconds * 1e3); }

// The share of a step in which nothing is computed because sums and weights travel.
double exposed(const PlanRow& row) { return row.step.exchange / row.step.total(); }

std::string conclusion(const PlanReport& report) {
  const PlanRow& fastest = *std::ranges::min_element(
      report.rows, {}, [](const PlanRow& row) { return row.step.total(); });
  std::string text = fmt::format("fastest: {}, {} for the whole run\n",
                                 format_quantity(static_cast<std::uint64_t>(fastest.nodes), "node"),
                                 format_duration(fastest.run_seconds));
  const int pays = nodes_that_pay(report.rows);
  if (pays < report.rows.back().nodes) {
    text += fmt::format(
        "more than {} {} not worthwhile: further nodes add less than half of a proportional "
        "speedup\n",
        format_quantity(static_cast<std::uint64_t>(pays), "node"), pays == 1 ? "is" : "are");
  }
  return text;
}

}  // namespace

// Less is the noise of the measurement.
constexpr double kNotedSlowdown = 1.05;

std::string plan_text(const PlanReport& report) {
  std::string text = fmt::format(
      "{}: {} in a step, {}; {} x {} on a node\n", report.job_name,
      format_quantity(report.rows_per_step, "example"), format_quantity(report.shards, "shard"),
      format_quantity(static_cast<std::uint64_t>(report.ranks_per_node), "rank"),
      format_quantity(static_cast<std::uint64_t>(report.threads), "thread"));
  text += fmt::format(
      "measured here: {:.1f} us for an example in a thread, {} ms for each step and {} ms for the "
      "optimizer in {}\n",
      report.rates.step.row * 1e6, milliseconds(report.rates.step.fixed),
      milliseconds(report.rates.step.update),
      format_quantity(static_cast<std::uint64_t>(report.rates.threads), "thread"));
  if (report.rates.slowdown > kNotedSlowdown) {
    text += fmt::format("computing is {:.2f} times as slow where all ranks compute together\n",
                        report.rates.slowdown);
  }
  text += fmt::format("links {}: {:.2f} Gbit/s, {:.0f} us\n",
                      report.doctor.empty() ? "assumed" : "measured in " + report.doctor,
                      report.rates.bytes_per_second * 8 / 1e9, report.rates.latency_seconds * 1e6);
  text += fmt::format("{:>6} {:>6} {:>10} {:>9} {:>9} {:>9} {:>8} {:>10} {:>11} {:>10}\n", "nodes",
                      "ranks", "step ms", "passes", "update", "exchange", "exposed", "efficiency",
                      "sent/step", "rank");
  for (const PlanRow& row : report.rows) {
    text += fmt::format("{:>6} {:>6} {:>10} {:>9} {:>9} {:>9} {:>8} {:>10} {:>11} {:>10}\n",
                        row.nodes, row.ranks, milliseconds(row.step.total()),
                        milliseconds(row.step.passes), milliseconds(row.step.update),
                        milliseconds(row.step.exchange), format_percent(exposed(row), 0),
                        format_percent(efficiency(report.rows.front(), row), 0),
                        format_bytes(row.step.sent_bytes), format_mebibytes(row.memory_bytes));
  }
  if (!report.too_many.empty()) {
    text += fmt::format("too many ranks for the job ({}): on {} nodes\n",
                        format_quantity(report.shards, "shard"), fmt::join(report.too_many, ", "));
  }
  return text + conclusion(report);
}

Json plan_json(const PlanReport& report) {
  Json rows = Json::array();
  for (const PlanRow& row : report.rows) {
    rows.push_back({{"nodes", row.nodes},
                    {"ranks", row.ranks},
                    {"step_seconds", row.step.total()},
                    {"passes_seconds", row.step.passes},
                    {"update_seconds", row.step.update},
                    {"exchange_seconds", row.step.exchange},
                    {"efficiency", efficiency(report.rows.front(), row)},
                    {"sent_bytes_per_step", row.step.sent_bytes},
                    {"sent_messages_per_step", row.step.sent_messages},
                    {"memory_bytes_per_rank", row.memory_bytes},
                    {"run_seconds", row.run_seconds}});
  }
  return {{"version", 1},
          {"job", report.job_name},
          {"ranks_per_node", report.ranks_per_node},
          {"threads_per_rank", report.threads},
          {"examples_per_step", report.rows_per_step},
          {"shards", report.shards},
          {"seconds_per_example_and_thread", report.rates.step.row},
          {"seconds_per_step", report.rates.step.fixed},
          {"slowdown", report.rates.slowdown},
          {"link_bytes_per_second", report.rates.bytes_per_second},
          {"link_latency_seconds", report.rates.latency_seconds},
          {"links_measured", !report.doctor.empty()},
          {"rows", std::move(rows)},
          {"nodes_with_too_many_ranks", report.too_many},
          {"nodes_that_pay", nodes_that_pay(report.rows)}};
}

}  // namespace lockstep
