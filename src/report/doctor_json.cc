#include "report/doctor_json.h"

namespace lockstep {
namespace {

constexpr int kVersion = 1;

Json finding_json(const Finding& finding) {
  Json object;
  object["severity"] = enum_name(finding.severity);
  object["kind"] = enum_name(finding.kind);
  object["text"] = finding.text;
  object["change"] = finding.change;
  return object;
}

Json host_json(const HostReport& host) {
  Json object;
  object["name"] = host.name;
  object["ranks"] = host.ranks;
  object["cores_online"] = host.cores_online;
  object["memory_bytes"] = host.memory_bytes;
  object["memory_available_bytes"] = host.memory_available_bytes;
  object["shared_memory_bytes"] = host.shared_memory_bytes;
  object["shared_memory_free_bytes"] = host.shared_memory_free_bytes;
  object["shared_memory_abandoned_bytes"] = host.shared_memory_abandoned_bytes;
  object["clock_difference_seconds"] = host.clock_difference_seconds;
  object["clock_uncertainty_seconds"] = host.clock_uncertainty_seconds;
  object["run_directory"] = enum_name(host.directory);
  object["run_directory_lock"] = enum_name(host.lock);
  object["run_directory_free_bytes"] = host.directory_free_bytes;
  return object;
}

Json rank_json(std::size_t number, const RankReport& rank, const DoctorReport& report) {
  Json object;
  object["rank"] = number;
  object["host"] = report.host_of(rank).name;
  object["cores"] = rank.cores;
  object["yields_when_idle"] = rank.yields_when_idle ? Json(*rank.yields_when_idle) : Json();
  object["flops_per_second_alone"] = json_number(rank.flops_alone);
  object["flops_per_second_together"] = json_number(rank.flops_together);
  object["program_digest"] = rank.program;
  object["environment"] = rank.environment;
  return object;
}

Json link_json(const LinkReport& link, const DoctorReport& report) {
  Json object;
  object["from"] = report.hosts[link.from].name;
  object["to"] = report.hosts[link.to].name;
  object["latency_seconds"] = json_number(link.latency_seconds);
  object["bytes_per_second"] = json_number(link.bytes_per_second);
  object["bytes_per_second_back"] = json_number(link.bytes_per_second_back);
  object["bytes_per_second_both"] = json_number(link.bytes_per_second_both);
  return object;
}

Json job_json(const std::optional<JobNeeds>& job) {
  if (!job) return nullptr;
  Json object;
  object["name"] = job->name;
  object["shards"] = job->shards;
  object["memory_bytes_per_rank"] = job->memory_bytes_per_rank;
  object["shared_memory_bytes_per_rank"] = job->shared_memory_bytes_per_rank;
  object["checkpoint_bytes"] = job->checkpoint_bytes;
  return object;
}

}  // namespace

Json doctor_json(const DoctorReport& report, const std::vector<Finding>& findings) {
  Json object;
  object["version"] = kVersion;
  object["refused"] = is_refused(findings);
  object["findings"] = Json::array();
  for (const Finding& finding : findings) object["findings"].push_back(finding_json(finding));
  object["launcher"] = report.launcher.empty() ? Json() : Json(report.launcher);
  object["threads_per_rank"] = report.threads;
  object["job"] = job_json(report.job);
  object["product"] = {{"rows", report.shape.rows},
                       {"inputs", report.shape.inputs},
                       {"units", report.shape.units},
                       {"flops", report.shape.flops()}};
  object["run_directory"] = {{"path", report.directory.path},
                             {"examined", report.directory.examined},
                             {"error", report.directory.error}};
  object["hosts"] = Json::array();
  for (const HostReport& host : report.hosts) object["hosts"].push_back(host_json(host));
  object["ranks"] = Json::array();
  for (std::size_t i = 0; i < report.ranks.size(); ++i) {
    object["ranks"].push_back(rank_json(i, report.ranks[i], report));
  }
  object["links"] = Json::array();
  for (const LinkReport& link : report.links) object["links"].push_back(link_json(link, report));
  return object;
}

}  // namespace lockstep
