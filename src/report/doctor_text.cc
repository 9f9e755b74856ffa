#include "report/doctor_text.h"

#include <algorithm>
#include <set>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/median.h"
#include "base/number_text.h"

namespace lockstep {
namespace {

constexpr std::size_t kMostLinks = 15;

std::string place_text(const DoctorReport& report) {
  const std::string by =
      report.launcher.empty() ? "" : fmt::format(", started by {}", report.launcher);
  return fmt::format("{} on {}, {} each{}\n", format_quantity(report.ranks.size(), "rank"),
                     format_quantity(report.hosts.size(), "host"),
                     format_quantity(static_cast<std::uint64_t>(report.threads), "thread"), by);
}

std::string verdict_text(const std::vector<Finding>& findings) {
  const auto warnings = std::ranges::count(findings, Severity::warning, &Finding::severity);
  const auto refusals = std::ranges::count(findings, Severity::refusal, &Finding::severity);
  if (refusals > 0) return "A job would be refused here.\n";
  if (warnings > 0) return "A job would run here; something should be changed.\n";
  return "This place is fit for training.\n";
}

std::string finding_text(const Finding& finding) {
  const char* mark = finding.severity == Severity::refusal   ? "REFUSED"
                     : finding.severity == Severity::warning ? "WARNING"
                                                             : "note";
  std::string text = fmt::format("\n{:<8} {}\n", mark, finding.text);
  if (!finding.change.empty()) text += fmt::format("         What to change: {}\n", finding.change);
  return text;
}

// What was examined and is in order, in a few words each.
std::string fine_text(const DoctorReport& report, const std::vector<Finding>& findings) {
  const auto none_of = [&](const std::set<FindingKind>& kinds) {
    return std::ranges::none_of(
        findings, [&](const Finding& finding) { return kinds.contains(finding.kind); });
  };
  using enum FindingKind;
  std::vector<std::string> fine;
  const auto add = [&](bool applies, const std::set<FindingKind>& kinds, const char* text) {
    if (applies && none_of(kinds)) fine.emplace_back(text);
  };
  const bool several_hosts = report.hosts.size() > 1;
  add(report.ranks.size() > 1, {mixed_builds, mixed_programs}, "the same build on all ranks");
  add(true, {}, "right matrix products");
  add(true, {oversubscribed, narrow_binding}, "a core for each thread");
  add(report.job.has_value(), {too_many_ranks}, "enough shards");
  add(report.job.has_value(), {memory, shared_memory}, "enough memory");
  add(!several_hosts, {run_directory_not_writable}, "a writable run directory");
  add(several_hosts, {run_directory_not_writable, run_directory_not_shared},
      "a run directory that all hosts see");
  add(true, {run_directory_not_writable, no_locks}, "locks in it");
  add(several_hosts, {clock}, "clocks that agree");
  add(report.ranks.size() > 1, {slow_host, slow_rank}, "equally fast ranks");
  add(several_hosts, {slow_link, slow_links_of_host, asymmetric_link}, "fast links");
  return fmt::format("\nfine: {}\n", fmt::join(fine, ", "));
}

std::string gibibytes(std::uint64_t bytes) {
  return fmt::format("{:.1f}", static_cast<double>(bytes) / (1U << 30U));
}

// The median over the ranks of a host.
template <typename Rate>
double usual_rate(const DoctorReport& report, const HostReport& host, Rate rate) {
  std::vector<double> rates;
  rates.reserve(host.ranks.size());
  for (const std::size_t rank : host.ranks) rates.push_back(rate(report.ranks[rank]));
  return median(std::move(rates));
}

std::string hosts_table(const DoctorReport& report) {
  std::string text = fmt::format(
      "\nGFLOP/s of a core at {} x {} x {} (rows, inputs, units), alone and while all compute;\n"
      "memory and /dev/shm in GiB\n",
      report.shape.rows, report.shape.inputs, report.shape.units);
  const auto line = [&](const auto&... columns) {
    text +=
        fmt::format("{:<16} {:>5} {:>5} {:>7} {:>8} {:>7} {:>9} {:>8} {:>9} {:>8}\n", columns...);
  };
  line("host", "ranks", "cores", "alone", "together", "memory", "available", "shm free", "clock",
       "run dir");
  for (const HostReport& host : report.hosts) {
    const auto rate = [&](double RankReport::*member) {
      return fmt::format("{:.1f}", 1e-9 * usual_rate(report, host, [&](const RankReport& rank) {
                                     return rank.*member;
                                   }));
    };
    const bool is_writable = report.directory.error.empty();
    line(host.name, host.ranks.size(), host.cores_online, rate(&RankReport::flops_alone),
         rate(&RankReport::flops_together), gibibytes(host.memory_bytes),
         gibibytes(host.memory_available_bytes), gibibytes(host.shared_memory_free_bytes),
         fmt::format("{:+.4f} s", host.clock_difference_seconds),
         is_writable ? enum_name(host.directory) : "-");
  }
  return text;
}

std::string links_table(const DoctorReport& report) {
  if (report.links.empty()) return "";
  std::vector<LinkReport> links = report.links;
  std::ranges::stable_sort(links, {}, [](const LinkReport& link) {
    return std::min(link.bytes_per_second, link.bytes_per_second_back);
  });
  const std::size_t shown = std::min(links.size(), kMostLinks);
  std::string text = fmt::format("\n{}, slowest first; MB/s there, back, and each way at once\n",
                                 format_quantity(links.size(), "link"));
  const auto line = [&](const auto&... columns) {
    text += fmt::format("{:<16} {:<16} {:>12} {:>9} {:>9} {:>9}\n", columns...);
  };
  line("from", "to", "latency", "there", "back", "both");
  for (const LinkReport& link : std::span(links).first(shown)) {
    line(report.hosts[link.from].name, report.hosts[link.to].name,
         fmt::format("{:.1f} us", 1e6 * link.latency_seconds),
         format_megabytes_per_second(link.bytes_per_second),
         format_megabytes_per_second(link.bytes_per_second_back),
         format_megabytes_per_second(link.bytes_per_second_both));
  }
  if (shown < links.size()) {
    text += fmt::format("and {} faster ones, which --json FILE has\n", links.size() - shown);
  }
  return text;
}

}  // namespace

std::string doctor_text(const DoctorReport& report, const std::vector<Finding>& findings) {
  std::string text = place_text(report) + verdict_text(findings);
  for (const Finding& finding : findings) text += finding_text(finding);
  return text + fine_text(report, findings) + hosts_table(report) + links_table(report);
}

}  // namespace lockstep
