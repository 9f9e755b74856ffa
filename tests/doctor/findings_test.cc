// What follows from a report: each finding alone, from a report without any.

#include "doctor/findings.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t kGibibyte = std::uint64_t{1} << 30U;

// Hosts n1, n2, ... with two ranks and two cores each, on which everything is in order.
DoctorReport good_report(std::size_t hosts = 3) {
  DoctorReport report;
  report.launcher = "mpirun";
  report.directory = {"runs", "/shared", ""};
  for (std::size_t host = 0; host < hosts; ++host) {
    HostReport of_host;
    of_host.name = "n" + std::to_string(host + 1);
    of_host.cores_online = 2;
    of_host.memory_bytes = 8 * kGibibyte;
    of_host.memory_available_bytes = 6 * kGibibyte;
    of_host.shared_memory_bytes = 4 * kGibibyte;
    of_host.shared_memory_free_bytes = 4 * kGibibyte;
    of_host.directory_free_bytes = 10 * kGibibyte;
    for (const int core : {0, 1}) {
      of_host.ranks.push_back(report.ranks.size());
      RankReport rank;
      rank.host = host;
      rank.cores = {core};
      rank.environment = {
          {"kernels", "avx512"}, {"flags", "-O3"}, {"libc", "2.36"}, {"cpu", of_host.name}};
      rank.program = "0123456789abcdef";
      rank.yields_when_idle = false;
      rank.flops_alone = 100e9;
      rank.flops_together = 90e9;
      report.ranks.push_back(rank);
    }
    report.hosts.push_back(of_host);
  }
  for (std::size_t from = 0; from < hosts; ++from) {
    for (std::size_t to = from + 1; to < hosts; ++to) {
      report.links.push_back({from, to, 20e-6, 1.1e9, 1.1e9, 1.0e9});
    }
  }
  return report;
}

DoctorReport with_job(DoctorReport report) {
  report.job = JobNeeds{.name = "leaves",
                        .shards = 64,
                        .memory_bytes_per_rank = kGibibyte,
                        .shared_memory_bytes_per_rank = kGibibyte / 2,
                        .checkpoint_bytes = kGibibyte};
  return report;
}

// The only finding, which says what to change.
Finding only(const DoctorReport& report) {
  const std::vector<Finding> findings = findings_of(report);
  EXPECT_EQ(findings.size(), 1U);
  if (findings.empty()) return {};
  EXPECT_NE(findings.front().change, "");
  return findings.front();
}

auto is_finding(Severity severity, FindingKind kind, const char* text) {
  return AllOf(testing::Field(&Finding::severity, severity), testing::Field(&Finding::kind, kind),
               testing::Field(&Finding::text, HasSubstr(text)));
}

TEST(Findings, NoneWhereAllIsInOrder) {
  for (const std::size_t hosts : {1U, 2U, 3U, 8U}) {
    EXPECT_THAT(findings_of(good_report(hosts)), IsEmpty());
    EXPECT_THAT(findings_of(with_job(good_report(hosts))), IsEmpty());
  }
}

TEST(Findings, RefusalsComeFirstAndDecide) {
  DoctorReport report = good_report();
  report.hosts[1].clock_difference_seconds = 5;
  EXPECT_FALSE(is_refused(findings_of(report)));
  report.directory.error = "/shared: Permission denied";
  const std::vector<Finding> findings = findings_of(report);
  EXPECT_THAT(findings,
              ElementsAre(is_finding(Severity::refusal, FindingKind::run_directory_not_writable,
                                     "written on n1: /shared: Permission denied"),
                          is_finding(Severity::warning, FindingKind::clock, "n2")));
  EXPECT_TRUE(is_refused(findings));
}

TEST(Findings, MixedKernelsNameTheHosts) {
  DoctorReport report = good_report();
  report.ranks[2].environment["kernels"] = report.ranks[3].environment["kernels"] = "avx2";
  EXPECT_THAT(only(report), is_finding(Severity::fact, FindingKind::mixed_kernels,
                                       "avx2 on n2; avx512 on n1, n3"));
}

TEST(Findings, MixedBuildsNameTheHostsAndLibrariesWithoutInfluenceDoNot) {
  DoctorReport report = good_report();
  report.ranks[4].environment["libc"] = "2.35";
  report.ranks[5].environment["flags"] = "-O1";
  EXPECT_THAT(only(report), is_finding(Severity::refusal, FindingKind::mixed_builds,
                                       "flags: -O1 on n3; -O3 on n1, n2, n3"));
}

TEST(Findings, MixedProgramsAreAWarning) {
  DoctorReport report = good_report();
  report.ranks[4].program = report.ranks[5].program = "fedcba9876543210";
  EXPECT_THAT(only(report), is_finding(Severity::warning, FindingKind::mixed_programs,
                                       "0123456789abcdef on n1, n2; fedcba9876543210 on n3"));
}

TEST(Findings, TooManyRanks) {
  DoctorReport report = with_job(good_report());
  report.job->shards = 6;
  EXPECT_THAT(findings_of(report), IsEmpty());
  report.job->shards = 5;
  const Finding finding = only(report);
  EXPECT_THAT(finding, is_finding(Severity::refusal, FindingKind::too_many_ranks,
                                  "There are 6 ranks, but training.shards"));
  EXPECT_THAT(finding.change, HasSubstr("at most 5 ranks"));
}

TEST(Findings, OversubscribedHost) {
  DoctorReport report = good_report();
  for (const std::size_t rank : report.hosts[1].ranks) {
    report.ranks[rank].cores = {0};
    report.ranks[rank].yields_when_idle = true;
  }
  const Finding bound = only(report);
  EXPECT_THAT(bound, is_finding(Severity::warning, FindingKind::oversubscribed,
                                "2 threads share 1 core on n2"));
  EXPECT_THAT(bound.change, HasSubstr("--bind-to none"));
  report.hosts[1].cores_online = 1;
  EXPECT_THAT(only(report).change, HasSubstr("fewer ranks"));
}

TEST(Findings, PollingRanksOfAnOversubscribedHost) {
  DoctorReport report = good_report();
  for (RankReport& rank : report.ranks) rank.yields_when_idle = true;
  for (const std::size_t rank : report.hosts[2].ranks) report.ranks[rank].cores = {1};
  report.ranks[4].yields_when_idle = false;
  EXPECT_THAT(findings_of(report),
              ElementsAre(is_finding(Severity::warning, FindingKind::oversubscribed, "n3"),
                          is_finding(Severity::warning, FindingKind::polling, "n3")));
}

TEST(Findings, ARankAloneWaitsForNobodyOnItsHost) {
  DoctorReport report = good_report(2);
  report.threads = 2;
  for (HostReport& host : report.hosts) host.ranks.pop_back();
  report.ranks[0].cores = {0, 1};
  EXPECT_THAT(only(report), is_finding(Severity::warning, FindingKind::oversubscribed, "n2"));
}

TEST(Findings, RankBoundToFewerCoresThanThreads) {
  DoctorReport report = good_report();
  report.threads = 2;
  for (HostReport& host : report.hosts) host.cores_online = 4;
  for (RankReport& rank : report.ranks)
    rank.cores = rank.cores[0] == 0 ? std::vector{0, 1} : std::vector{2, 3};
  EXPECT_THAT(findings_of(report), IsEmpty());
  report.ranks[0].cores = {0, 1, 2};
  report.ranks[1].cores = {3};
  EXPECT_THAT(only(report), is_finding(Severity::warning, FindingKind::narrow_binding,
                                       "Rank 1 on n1 has 2 threads"));
}

TEST(Findings, MemoryThatIsNotAvailableOrNotThere) {
  DoctorReport report = with_job(good_report());
  report.hosts[0].memory_available_bytes = kGibibyte;
  EXPECT_THAT(only(report), is_finding(Severity::warning, FindingKind::memory, "2048.0 MiB on n1"));
  report.hosts[0].memory_bytes = kGibibyte;
  EXPECT_THAT(only(report), is_finding(Severity::refusal, FindingKind::memory, "1024.0 MiB"));
}

TEST(Findings, SharedMemoryCountsWhereRanksShareAHost) {
  DoctorReport report = with_job(good_report());
  report.hosts[2].shared_memory_free_bytes = kGibibyte / 4;
  EXPECT_THAT(only(report),
              is_finding(Severity::warning, FindingKind::shared_memory, "/dev/shm on n3"));
  report.hosts[2].ranks.pop_back();
  EXPECT_THAT(findings_of(report), IsEmpty());
}

TEST(Findings, MemoryThatOpenMpiLeftBehindMattersFromATenthOn) {
  DoctorReport report = good_report();
  report.hosts[1].shared_memory_bytes = kGibibyte;
  report.hosts[1].shared_memory_abandoned_bytes = kGibibyte / 16;
  EXPECT_THAT(findings_of(report), IsEmpty());
  report.hosts[1].shared_memory_abandoned_bytes = kGibibyte / 2;
  EXPECT_THAT(only(report), is_finding(Severity::warning, FindingKind::abandoned_memory,
                                       "512.0 MiB of the 1024.0 MiB of /dev/shm on n2"));
}

TEST(Findings, ClocksThatDifferByMoreThanTheUncertainty) {
  DoctorReport report = good_report();
  report.hosts[2].clock_difference_seconds = -3;
  report.hosts[2].clock_uncertainty_seconds = 0.5;
  EXPECT_THAT(only(report),
              is_finding(Severity::warning, FindingKind::clock, "n3 is 3.0 s behind that of n1"));
  report.hosts[2].clock_uncertainty_seconds = 2.5;
  EXPECT_THAT(findings_of(report), IsEmpty());
}

TEST(Findings, PrivateRunDirectory) {
  DoctorReport report = good_report();
  report.hosts[1].directory = DirectorySight::another;
  report.hosts[2].directory = DirectorySight::absent;
  report.hosts[2].lock = LockSight::no_locks;  // of another folder
  EXPECT_THAT(only(report), is_finding(Severity::warning, FindingKind::run_directory_not_shared,
                                       "/shared of n1 is not what n2, n3 see"));
}

TEST(Findings, RunDirectoryWithoutLocks) {
  for (const LockSight lock : {LockSight::not_locked, LockSight::no_locks}) {
    DoctorReport report = good_report();
    report.hosts[1].lock = lock;
    EXPECT_THAT(only(report), is_finding(Severity::warning, FindingKind::no_locks, "reach n2"));
  }
}

TEST(Findings, DiskSpaceOfTheFirstHost) {
  DoctorReport report = good_report();
  report.hosts[1].directory_free_bytes = 0;
  EXPECT_THAT(findings_of(report), IsEmpty());
  report.hosts[0].directory_free_bytes = kGibibyte;
  EXPECT_THAT(findings_of(report), IsEmpty());
  EXPECT_THAT(only(with_job(report)),
              is_finding(Severity::warning, FindingKind::disk_space, "4096.0 MiB"));
  report.hosts[0].directory_free_bytes = 1 << 20;
  EXPECT_THAT(only(report), is_finding(Severity::warning, FindingKind::disk_space, "1.0 MiB"));
}

TEST(Findings, SlowHost) {
  DoctorReport report = good_report();
  report.ranks[2].flops_alone = report.ranks[3].flops_alone = 79e9;
  EXPECT_THAT(only(report), is_finding(Severity::warning, FindingKind::slow_host, "A core of n2"));
  report.ranks[2].flops_alone = report.ranks[3].flops_alone = 81e9;
  EXPECT_THAT(findings_of(report), IsEmpty());
}

TEST(Findings, SlowRank) {
  DoctorReport report = good_report();
  report.ranks[5].flops_alone = 50e9;
  EXPECT_THAT(only(report), is_finding(Severity::warning, FindingKind::slow_rank, "Rank 5 on n3"));
}

TEST(Findings, SlowHostOfTwo) {
  DoctorReport report = good_report(2);
  report.ranks[0].flops_alone = report.ranks[1].flops_alone = 40e9;
  EXPECT_THAT(only(report), is_finding(Severity::warning, FindingKind::slow_host, "A core of n1"));
}

TEST(Findings, OneSlowLink) {
  DoctorReport report = good_report(4);
  report.links[0].bytes_per_second = report.links[0].bytes_per_second_back = 500e6;
  EXPECT_THAT(only(report),
              is_finding(Severity::warning, FindingKind::slow_link, "between n1 and n2"));
}

TEST(Findings, TheHostWhoseLinksAreAllSlow) {
  DoctorReport report = good_report(3);
  for (LinkReport& link : report.links) {
    if (link.from == 1 || link.to == 1) {
      link.bytes_per_second = link.bytes_per_second_back = 120e6;
    }
  }
  EXPECT_THAT(only(report), is_finding(Severity::warning, FindingKind::slow_links_of_host,
                                       "All links of n2 are slow"));
}

TEST(Findings, TheOnlyLinkIsSlowBelowAGigabit) {
  DoctorReport report = good_report(2);
  report.links[0].bytes_per_second = report.links[0].bytes_per_second_back = 117e6;
  EXPECT_THAT(findings_of(report), IsEmpty());
  report.links[0].bytes_per_second = report.links[0].bytes_per_second_back = 12e6;
  EXPECT_THAT(only(report),
              is_finding(Severity::warning, FindingKind::slow_link, "between n1 and n2"));
}

TEST(Findings, ALinkThatIsSlowInBothDirectionsIsNotCalledAsymmetric) {
  DoctorReport report = good_report(2);
  report.links[0].bytes_per_second = 12e6;
  report.links[0].bytes_per_second_back = 90e6;
  EXPECT_THAT(only(report),
              is_finding(Severity::warning, FindingKind::slow_link, "between n1 and n2"));
}

TEST(Findings, EveryLinkIsSlow) {
  DoctorReport report = good_report(3);
  for (LinkReport& link : report.links) {
    link.bytes_per_second = link.bytes_per_second_back = 12e6;
  }
  EXPECT_THAT(findings_of(report), testing::SizeIs(3));
}

TEST(Findings, AsymmetricLink) {
  DoctorReport report = good_report(3);
  report.links[2].bytes_per_second_back = 400e6;
  EXPECT_THAT(only(report), is_finding(Severity::warning, FindingKind::asymmetric_link,
                                       "n2 and n3 is asymmetric: 1100.0 MB/s there, 400.0"));
}

}  // namespace
}  // namespace lockstep
