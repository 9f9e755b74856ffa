// The text and the JSON of a report of two hosts with one finding.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/doctor_json.h"
#include "report/doctor_text.h"

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::Not;

DoctorReport report_of_two_hosts() {
  DoctorReport report;
  report.launcher = "Slurm";
  report.threads = 2;
  for (const char* name : {"n1", "n2"}) {
    HostReport host;
    host.name = name;
    host.ranks = {report.ranks.size()};
    host.cores_online = 2;
    host.memory_bytes = std::uint64_t{8} << 30U;
    RankReport rank;
    rank.host = report.hosts.size();
    rank.cores = {0, 1};
    rank.environment = {{"kernels", "avx512"}};
    rank.flops_alone = 100e9;
    rank.flops_together = 50e9;
    report.ranks.push_back(rank);
    report.hosts.push_back(host);
  }
  report.links = {{0, 1, 20e-6, 12e6, 11e6, 10e6}};
  report.directory = {"runs", "/shared", ""};
  return report;
}

const std::vector<Finding> kSlowLink = {
    {Severity::warning, FindingKind::slow_link, "The link is slow.", "Look at it."}};

TEST(DoctorText, ShowsWhatToChangeBeforeTheTables) {
  const std::string text = doctor_text(report_of_two_hosts(), kSlowLink);
  EXPECT_THAT(text, HasSubstr("2 ranks on 2 hosts, 2 threads each, started by Slurm\n"
                              "A job would run here; something should be changed.\n\n"
                              "WARNING  The link is slow.\n"
                              "         What to change: Look at it.\n"));
  EXPECT_LT(text.find("WARNING"), text.find("GFLOP/s"));
  EXPECT_THAT(text,
              HasSubstr("n1               n2                    20.0 us      12.0      11.0"));
  EXPECT_THAT(text, Not(HasSubstr("fast links")));
  EXPECT_THAT(text, HasSubstr("a core for each thread"));
}

TEST(DoctorText, BeginsWithTheVerdict) {
  DoctorReport report = report_of_two_hosts();
  EXPECT_THAT(doctor_text(report, {}), HasSubstr("This place is fit for training.\n"));
  EXPECT_THAT(doctor_text(report, {}), HasSubstr("fast links"));
  EXPECT_THAT(
      doctor_text(report, {{Severity::refusal, FindingKind::memory, "Too little.", "Buy some."}}),
      HasSubstr("A job would be refused here.\n\nREFUSED  Too little.\n"));
}

TEST(DoctorText, ShowsTheSlowestOfManyLinks) {
  DoctorReport report = report_of_two_hosts();
  report.links.resize(100, {0, 1, 20e-6, 5e9, 5e9, 5e9});
  const std::string text = doctor_text(report, {});
  EXPECT_THAT(text, HasSubstr("12.0      11.0"));
  EXPECT_THAT(text, HasSubstr("and 85 faster ones"));
}

TEST(DoctorJson, HasEveryMeasureByName) {
  const Json object = doctor_json(report_of_two_hosts(), kSlowLink);
  EXPECT_EQ(object["version"], 1);
  EXPECT_EQ(object["refused"], false);
  EXPECT_EQ(object["findings"][0]["severity"], "warning");
  EXPECT_EQ(object["findings"][0]["kind"], "slow_link");
  EXPECT_EQ(object["findings"][0]["change"], "Look at it.");
  EXPECT_TRUE(object["job"].is_null());
  EXPECT_EQ(object["hosts"][1]["name"], "n2");
  EXPECT_EQ(object["hosts"][1]["memory_bytes"], std::uint64_t{8} << 30U);
  EXPECT_EQ(object["hosts"][1]["run_directory"], "shared");
  EXPECT_EQ(object["ranks"][1]["host"], "n2");
  EXPECT_EQ(object["ranks"][1]["flops_per_second_alone"], 100e9);
  EXPECT_EQ(object["ranks"][1]["flops_per_second_together"], 50e9);
  EXPECT_TRUE(object["ranks"][1]["yields_when_idle"].is_null());
  const Json& link = object["links"][0];
  EXPECT_EQ(link["from"], "n1");
  EXPECT_EQ(link["to"], "n2");
  EXPECT_EQ(link["latency_seconds"], 20e-6);
  EXPECT_EQ(link["bytes_per_second"], 12e6);
  EXPECT_EQ(link["bytes_per_second_back"], 11e6);
  EXPECT_EQ(link["bytes_per_second_both"], 10e6);
}

}  // namespace
}  // namespace lockstep
