#include <memory>
#include <string>

#include <fmt/format.h>

#include "base/json_text.h"
#include "cli/checkpoint_path.h"
#include "cli/commands.h"
#include "cli/end_on_signal.h"
#include "cli/options.h"
#include "cli/result_files.h"
#include "comm/agreement.h"
#include "report/score_tables.h"
#include "train/evaluate_checkpoint.h"

namespace lockstep {
namespace {

struct EvaluateArguments {
  std::string checkpoint;
  std::string split = "dev";
  int threads = 0;
  bool allow_changed_data = false;
  bool json = false;
};

EvaluationSplit split_of(const std::string& name) {
  if (name == "train") return EvaluationSplit::train;
  if (name == "train_dev") return EvaluationSplit::train_dev;
  return name == "dev" ? EvaluationSplit::dev : EvaluationSplit::test;
}

int run_evaluate(const EvaluateArguments& arguments, const CommandContext& context) {
  const Communicator& comm = context.comm;
  const EndOnSignal ends(comm.is_root());
  const Layout layout{comm.size(),
                      arguments.threads > 0 ? arguments.threads : default_threads(comm.size())};
  std::string path;
  agree(comm, [&] {
    if (comm.is_root()) path = find_checkpoint(arguments.checkpoint).string();
  });
  const CheckpointScores scores = evaluate_checkpoint(path, split_of(arguments.split), comm, layout,
                                                      arguments.allow_changed_data);
  agree(comm, [&] {
    if (!comm.is_root()) return;
    print_result(arguments.json ? to_text(score_json(scores, arguments.split)) + "\n"
                                : score_text(scores, arguments.split));
  });
  return 0;
}

}  // namespace

void add_evaluate_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<EvaluateArguments>();
  CLI::App* command = app.add_subcommand("evaluate", "Score a checkpoint on its job's data");
  add_model(*command, "checkpoint", arguments->checkpoint);
  command->add_option("--split", arguments->split, "dev, test, train or train_dev [dev]")
      ->check(CLI::IsMember({"dev", "test", "train", "train_dev"}));
  add_threads(*command, arguments->threads);
  add_allow_changed_data(*command, arguments->allow_changed_data, "Evaluate");
  add_json(*command, arguments->json);
  command->callback([&action, arguments] {
    action = [arguments](const CommandContext& context) {
      return run_evaluate(*arguments, context);
    };
  });
}

}  // namespace lockstep
