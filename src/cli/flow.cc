#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/end_on_signal.h"
#include "cli/options.h"
#include "cli/prepared_job.h"
#include "cli/result_files.h"
#include "comm/agreement.h"
#include "diagnose/flow_at_start.h"
#include "diagnose/flow_verdict.h"
#include "report/flow_jsonl.h"
#include "report/flow_table.h"

namespace lockstep {
namespace {

constexpr std::uint64_t kDefaultExamples = 256;

struct FlowArguments {
  std::string job;
  std::vector<std::string> overrides;
  std::uint64_t examples = 0;  // 0: the job's monitor's, or kDefaultExamples
  int threads = 0;
  std::string run_dir;
  bool json = false;
};

int run_flow(const FlowArguments& arguments, const CommandContext& context) {
  const Communicator& comm = context.comm;
  const EndOnSignal ends(comm.is_root());
  const auto [loaded, layout] = prepare_job(comm, arguments.job, arguments.overrides,
                                            arguments.threads, /*no_dropout=*/false);
  prepare_results(comm, arguments.run_dir);
  const auto& monitor = loaded.job.monitor;
  const std::uint64_t of_job = monitor ? monitor->examples : kDefaultExamples;
  const FlowRecord record =
      flow_at_start(loaded.job, comm, layout, arguments.examples > 0 ? arguments.examples : of_job);
  agree(comm, [&] {
    if (!comm.is_root()) return;
    Json json = flow_json(record);
    json["verdict"] = flow_verdict(record);
    const std::string text = flow_text(record);
    if (!arguments.run_dir.empty()) {
      write_results(arguments.run_dir, "flow", text, to_text(json, 2) + "\n");
    }
    print_result(arguments.json ? to_text(json) + "\n" : text);
  });
  return 0;
}

}  // namespace

void add_flow_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<FlowArguments>();
  CLI::App* command = app.add_subcommand(
      "flow",
      "Do signals vanish or explode in a job's initial weights? (1.10, 1.11)\n\n"
      "  lockstep flow JOB\n"
      "  lockstep flow JOB --set 'network.layer[0].initializer.kind=XAVIER'\n\n"
      "Sends training examples forwards and backwards through the untrained network and\n"
      "shows for every layer its activations, the gradient that reaches it, and which units\n"
      "are dead or saturated; then what to do. The exit code is 0 whatever it finds; --json\n"
      "has \"findings\". During training the job field `monitor` does the same.\n");
  add_job(*command, arguments->job);
  add_overrides(*command, arguments->overrides);
  command
      ->add_option("--examples", arguments->examples,
                   "Number of training examples to use [monitor.examples of the job, or 256]")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 32U));
  add_threads(*command, arguments->threads);
  command->add_option("--run-dir", arguments->run_dir,
                      "Also write flow.txt and flow.json to this directory");
  add_json(*command, arguments->json);
  command->callback([&action, arguments] {
    action = [arguments](const CommandContext& context) { return run_flow(*arguments, context); };
  });
}

}  // namespace lockstep
