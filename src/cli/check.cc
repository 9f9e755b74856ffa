#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/append.h"
#include "base/error.h"
#include "cli/commands.h"
#include "cli/end_on_signal.h"
#include "cli/options.h"
#include "cli/result_files.h"
#include "comm/agreement.h"
#include "comm/exchange_plan.h"
#include "config/job_file.h"
#include "config/without_dropout.h"
#include "data/shards.h"
#include "model/build.h"
#include "plan/node_traffic.h"
#include "report/check_text.h"
#include "sets/dataset.h"
#include "sets/dataset_sizes.h"
#include "sets/set_notes.h"
#include "train/cautions.h"
#include "train/data_check.h"
#include "train/memory_plan.h"

namespace lockstep {
namespace {

struct CheckArguments {
  std::string job;
  std::vector<std::string> overrides;
  int ranks = 1;
  int nodes = 1;
  int threads = 1;
  bool no_dropout = false;
  bool prints_job = false;  // alone
  int prefetch_threads = 0;
};

void check_nodes(const CheckArguments& arguments) {
  if (arguments.nodes <= arguments.ranks) return;
  throw Error(ExitCode::usage,
              fmt::format("--nodes {}: {} ranks are on at most {} nodes; give at least as many "
                          "--ranks as --nodes",
                          arguments.nodes, arguments.ranks, arguments.ranks));
}

void check_job(const CheckArguments& arguments) {
  LoadedJob loaded = load_job(arguments.job, arguments.overrides);
  if (arguments.no_dropout) loaded = without_dropout(loaded);
  const Job& job = loaded.job;
  const DatasetSizes sizes = dataset_sizes(job);
  const NetworkSpec network = build_network(job.network, sizes.features);
  const BatchGeometry geometry = batch_geometry(job.training, sizes.train);
  const Layout layout{arguments.ranks, arguments.threads, arguments.prefetch_threads};
  check_ranks(layout.ranks, job.training.shards);
  check_nodes(arguments);
  const Hosts hosts = even_hosts(layout.ranks, arguments.nodes);

  CheckedJob checked{.sizes = sizes,
                     .network = network,
                     .steps_per_epoch = steps_per_epoch(geometry),
                     .steps = total_steps(job.training, geometry),
                     .ranks = layout.ranks,
                     .threads = layout.threads,
                     .memory = plan_memory(job, network, sizes, layout, hosts),
                     .traffic = {},
                     .notes = {}};
  if (arguments.nodes > 1) {
    checked.traffic = traffic_of_nodes(job, network, geometry, layout, hosts);
  }
  const auto add_note = [&](const std::string& note) {
    checked.notes.push_back(fmt::format("note: {}", note));
  };
  if (arguments.no_dropout) add_note(kNoDropoutNotice);
  append(checked.notes, job_cautions(job));
  append(checked.notes, cautions_of_data(job, sizes));
  if (arguments.prints_job) return print_result(loaded.resolved_text);
  if (sizes.train < job.training.shards) {
    add_note(fmt::format("{} training examples for {} shards: some shards are empty", sizes.train,
                         job.training.shards));
  }
  for (const std::string& note : notes_on_sets(job, sizes)) add_note(note);
  print_result(check_text(checked));
}

}  // namespace

void add_check_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<CheckArguments>();
  CLI::App* command = app.add_subcommand("check", "Show what a job needs, and its data");
  add_job(*command, arguments->job);
  add_overrides(*command, arguments->overrides);
  command->add_option("--ranks", arguments->ranks, "Ranks to predict the memory for [1]")
      ->check(CLI::Range(1, 1 << 20));
  command
      ->add_option("--nodes", arguments->nodes,
                   "Nodes that the ranks are on, to predict what they exchange [1]")
      ->check(CLI::Range(1, 1 << 20));
  command
      ->add_option("--threads", arguments->threads,
                   "Threads per rank to predict the memory for [1]")
      ->check(CLI::Range(1, 4096));
  add_no_dropout(*command, arguments->no_dropout);
  command->add_flag("--job", arguments->prints_job,
                    "Print the job with every default instead, as a job file");
  command
      ->add_option("--prefetch-threads", arguments->prefetch_threads,
                   "Prefetch threads per rank to predict the memory for [0]")
      ->check(CLI::Range(0, 4096));
  command->callback([&action, arguments] {
    action = [arguments](const CommandContext& context) {
      const EndOnSignal ends(context.comm.is_root());
      agree(context.comm, [&] {
        if (context.comm.is_root()) check_job(*arguments);
      });
      return 0;
    };
  });
}

}  // namespace lockstep
