#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "checkpoint/find.h"
#include "cli/commands.h"
#include "cli/end_on_signal.h"
#include "cli/options.h"
#include "cli/progress_lines.h"
#include "cli/result_files.h"
#include "comm/agreement.h"
#include "evaluate/importance.h"
#include "metrics/set_metric_names.h"
#include "report/importance_table.h"

namespace lockstep {
namespace {

struct ImportanceArguments {
  std::string checkpoint;
  std::string split = "dev";
  std::string metric;  // empty: the error of classes, the RMSE of values
  std::uint64_t repeats = 10;
  std::vector<std::string> columns;  // empty: all
  int threads = 0;
  bool allow_changed_data = false;
  bool json = false;
};

std::vector<std::string> metric_keys() {
  std::vector<std::string> keys;
  keys.reserve(kMetrics.size());
  for (const MetricFacts& facts : kMetrics) keys.emplace_back(key_on_set(facts.metric));
  return keys;
}

std::optional<Metric> metric_of(const std::string& key) {
  for (const MetricFacts& facts : kMetrics) {
    if (key == key_on_set(facts.metric)) return facts.metric;
  }
  return std::nullopt;
}

int run_importance(const ImportanceArguments& arguments, const CommandContext& context) {
  const Communicator& comm = context.comm;
  const EndOnSignal ends(comm.is_root());
  const Layout layout{comm.size(), threads_of_a_rank(arguments.threads, comm.size())};
  std::string path;
  agree(comm, [&] {
    if (comm.is_root()) path = find_checkpoint(arguments.checkpoint).string();
  });
  ProgressLines lines;
  const Importance importance = measure_importance(
      path,
      {.split = *enum_named<EvaluationSplit>(arguments.split),
       .repeats = arguments.repeats,
       .metric = metric_of(arguments.metric),
       .allow_changed_data = arguments.allow_changed_data,
       .columns = arguments.columns,
       .progress =
           [&](std::size_t done, std::size_t all) {
             lines.show("importance", fmt::format("{} of {} columns", done, all));
           }},
      comm, layout);
  agree(comm, [&] {
    if (!comm.is_root()) return;
    print_result(arguments.json ? to_text(importance_json(importance)) + "\n"
                                : importance_text(importance));
  });
  return 0;
}

}  // namespace

void add_importance_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<ImportanceArguments>();
  CLI::App* command = app.add_subcommand("importance", "Tell which columns a model depends on");
  command->footer(
      "  lockstep importance runs/leaves\n"
      "  lockstep importance runs/leaves --split test --metric macro_f1 --repeats 30");
  add_model(*command, "checkpoint", arguments->checkpoint);
  add_split(*command, arguments->split);
  command
      ->add_option(
          "--metric", arguments->metric,
          fmt::format("What becomes worse, one of {} [error; rmse if values are predicted]",
                      fmt::join(metric_keys(), ", ")))
      ->check(CLI::IsMember(metric_keys()));
  command
      ->add_option("--repeats", arguments->repeats, "Permutations of each column, 2 to 1000 [10]")
      ->check(CLI::Range(2, 1000));
  command
      ->add_option("--column", arguments->columns, "Permute this column; may be given often [all]")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_threads(*command, arguments->threads);
  add_allow_changed_data(*command, arguments->allow_changed_data, "Measure");
  add_json(*command, arguments->json);
  command->callback([&action, arguments] {
    action = [arguments](const CommandContext& context) {
      return run_importance(*arguments, context);
    };
  });
}

}  // namespace lockstep
