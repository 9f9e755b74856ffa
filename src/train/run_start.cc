#include "train/run_start.h"

#include <vector>

#include "linalg/kernels.h"
#include "train/cautions.h"
#include "train/start_record.h"

namespace lockstep {
namespace {

RunStart describe_start(const RunParts& parts, const RunPosition& position) {
  RunStart start = start_record(parts.job, parts.options.layout, parts.data, parts.counts,
                                parts.engine.weights().size(), position.step);
  const std::vector<HostTraffic> traffic = parts.engine.exchange().traffic();
  start.hosts = static_cast<int>(traffic.size());
  start.exchanged_bytes = largest_traffic(traffic);
  start.evaluations = position.evaluations;
  start.flow_records = position.flow_records;
  start.program = parts.options.program;
  start.launch = parts.options.launch;
  start.run_dir = parts.options.run_dir.string();
  start.resolved_job = parts.resolved_job;
  start.environment = parts.versions;
  return start;
}

// Does not communicate.
void tell_cautions(const RunParts& parts) {
  parts.reporter.notify(job_cautions(parts.job));
  if (const auto caution = precision_caution(parts.job.network, kernels().instructions)) {
    parts.reporter.notify({*caution});
  }
  parts.reporter.notify(parts.data.cautions);
}

}  // namespace

void report_start(const RunParts& parts, const RunPosition& position) {
  const RunStart start = describe_start(parts, position);
  const bool memory_refused =
      parts.comm.any(parts.engine.exchange().shared_memory_was_refused() ? 1 : 0) != 0;
  parts.reporter.report([&](TrainingObserver& observer) { observer.on_start(start); });
  if (position.step == 0) parts.reporter.notify(parts.start.notices());
  if (parts.options.with_cautions) tell_cautions(parts);
  if (memory_refused) {
    parts.reporter.notify(
        {"ranks of one host exchange messages, because they could not share memory; check "
         "that /dev/shm has room (exchange.shared_memory)"});
  }
}

}  // namespace lockstep
