#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/number_text.h"
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

  std::string text;
  const std::string train_dev =
      sizes.train_dev > 0 ? fmt::format(" train-dev {},", sizes.train_dev) : "";
  text += fmt::format("examples         train {},{} dev {}, test {}; {} features\n", sizes.train,
                      train_dev, sizes.dev, sizes.test, sizes.features);
  if (sizes.image) {
    text += fmt::format("images           {} x {} x {} (channels, height, width)\n",
                        sizes.image->channels, sizes.image->height, sizes.image->width);
  }
  if (sizes.bayes_error) {
    text += fmt::format(
        "bayes error      {} (known for the source: no classifier does better, so use it as "
        "diagnosis.base_error)\n",
        format_percent(*sizes.bayes_error, 4));
  }
  if (sizes.table != nullptr) text += columns_text(sizes.table->schema);
  text += fmt::format("parameters       {}\n", parameter_layout(network).size);
  text += fmt::format("steps per epoch  {}\n", steps_per_epoch(geometry));
  text += fmt::format("steps            {}\n", total_steps(job.training, geometry));
  text += fmt::format("memory of rank 0 at {} x {} (--ranks, --threads):\n{}",
                      format_quantity(static_cast<std::uint64_t>(layout.ranks), "rank"),
                      format_quantity(static_cast<std::uint64_t>(layout.threads), "thread"),
                      memory_text(plan_memory(job, network, sizes, layout, hosts)));
  if (arguments.nodes > 1)
    text += traffic_text(traffic_of_nodes(job, network, geometry, layout, hosts));
  if (arguments.no_dropout) text += fmt::format("note: {}\n", kNoDropoutNotice);
  for (const std::string& caution : job_cautions(job)) text += caution + "\n";
  for (const std::string& caution : cautions_of_data(job, sizes)) text += caution + "\n";
  if (arguments.prints_job) return print_result(loaded.resolved_text);
  if (sizes.train < job.training.shards) {
    text += fmt::format("note: {} training examples for {} shards: some shards are empty\n",
                        sizes.train, job.training.shards);
  }
  for (const std::string& note : notes_on_sets(job, sizes)) text += fmt::format("note: {}\n", note);
  print_result(text);
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
