#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/median.h"
#include "base/number_text.h"
#include "doctor/finding_groups.h"

namespace lockstep {
namespace {

// A rank is slow below this share of the median of all.
constexpr double kSlowShare = 0.8;
// A link is slow below this share of the fastest one, and asymmetric where one direction is below
// this share of the other.
constexpr double kLinkShare = 0.5;
// Any link is slow below this: Ethernet of 1 Gbit/s gives 117 MB/s.
constexpr double kLeastBytesPerSecond = 100e6;

double slower_direction(const LinkReport& link) {
  return std::min(link.bytes_per_second, link.bytes_per_second_back);
}
double faster_direction(const LinkReport& link) {
  return std::max(link.bytes_per_second, link.bytes_per_second_back);
}

std::vector<Finding> slow_ranks(const DoctorReport& report) {
  std::vector<double> rates;
  rates.reserve(report.ranks.size());
  for (const RankReport& rank : report.ranks) rates.push_back(rank.flops_alone);
  const double usual = median(rates);
  const auto is_slow = [&](std::size_t rank) { return rates[rank] < kSlowShare * usual; };
  std::vector<Finding> findings;
  for (const HostReport& host : report.hosts) {
    std::vector<double> own;
    own.reserve(host.ranks.size());
    for (const std::size_t rank : host.ranks) own.push_back(rates[rank]);
    if (std::ranges::all_of(host.ranks, is_slow)) {
      findings.push_back({Severity::warning, FindingKind::slow_host,
                          fmt::format("A core of {} computes {:.1f} GFLOP/s, the median of all is "
                                      "{:.1f}: every step waits for it.",
                                      host.name, 1e-9 * median(own), 1e-9 * usual),
                          "Leave this host out, or look for other work, heat or a power limit on "
                          "it."});
      continue;
    }
    for (const std::size_t rank : host.ranks) {
      if (!is_slow(rank)) continue;
      findings.push_back({Severity::warning, FindingKind::slow_rank,
                          fmt::format("Rank {} on {} computes {:.1f} GFLOP/s on a core, the median "
                                      "of all is {:.1f}: every step waits for it.",
                                      rank, host.name, 1e-9 * rates[rank], 1e-9 * usual),
                          "Look for other work on its cores, and bind ranks to cores of their "
                          "own."});
    }
  }
  return findings;
}

constexpr const char* kLinkRemedy =
    "Measure again when no other program uses the hosts and the network, because load shows as a "
    "slow link. Otherwise look at its cable, port and driver (ethtool), and at which network MPI "
    "uses (btl_tcp_if_include).";

std::string megabytes(double bytes_per_second) {
  return format_megabytes_per_second(bytes_per_second) + " MB/s";
}

Finding slow_links_of(const DoctorReport& report, std::size_t host, double rate, double fastest) {
  return {Severity::warning, FindingKind::slow_links_of_host,
          fmt::format("All links of {} are slow: at most {}, the fastest link has {}.",
                      report.hosts[host].name, megabytes(rate), megabytes(fastest)),
          kLinkRemedy};
}

Finding slow_link(const DoctorReport& report, const LinkReport& link) {
  return {Severity::warning, FindingKind::slow_link,
          fmt::format("The link between {} and {} is slow: {} there, {} back.",
                      report.hosts[link.from].name, report.hosts[link.to].name,
                      megabytes(link.bytes_per_second), megabytes(link.bytes_per_second_back)),
          kLinkRemedy};
}

Finding asymmetric_link(const DoctorReport& report, const LinkReport& link) {
  return {Severity::warning, FindingKind::asymmetric_link,
          fmt::format("The link between {} and {} is asymmetric: {} there, {} back.",
                      report.hosts[link.from].name, report.hosts[link.to].name,
                      megabytes(link.bytes_per_second), megabytes(link.bytes_per_second_back)),
          kLinkRemedy};
}

// For each host the rate of its fastest link; 0 without links.
std::vector<double> best_rates(const DoctorReport& report) {
  std::vector<double> best(report.hosts.size());
  for (const LinkReport& link : report.links) {
    for (const std::size_t host : {link.from, link.to}) {
      best[host] = std::max(best[host], slower_direction(link));
    }
  }
  return best;
}

std::vector<Finding> bad_links(const DoctorReport& report) {
  const std::vector<double> best = best_rates(report);
  const double fastest = *std::ranges::max_element(best);
  const auto is_slow = [&](double rate) {
    return rate < kLinkShare * fastest || rate < kLeastBytesPerSecond;
  };
  // Where all links are slow, no host is to blame more than another.
  const auto is_blamed = [&](std::size_t host) { return is_slow(best[host]) && !is_slow(fastest); };
  std::vector<Finding> findings;
  for (std::size_t host = 0; host < report.hosts.size(); ++host) {
    if (is_blamed(host)) findings.push_back(slow_links_of(report, host, best[host], fastest));
  }
  for (const LinkReport& link : report.links) {
    if (is_blamed(link.from) || is_blamed(link.to)) continue;
    const bool is_asymmetric = slower_direction(link) < kLinkShare * faster_direction(link);
    if (is_asymmetric && !is_slow(faster_direction(link))) {
      findings.push_back(asymmetric_link(report, link));
    } else if (is_slow(slower_direction(link))) {
      findings.push_back(slow_link(report, link));
    }
  }
  return findings;
}

}  // namespace

std::vector<Finding> findings_of_rates(const DoctorReport& report) {
  std::vector<Finding> findings = slow_ranks(report);
  if (!report.links.empty()) {
    std::ranges::move(bad_links(report), std::back_inserter(findings));
  }
  return findings;
}

}  // namespace lockstep
