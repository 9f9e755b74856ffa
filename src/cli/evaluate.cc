#include <memory>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/checkpoint_path.h"
#include "cli/commands.h"
#include "comm/agreement.h"
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
  return name == "dev" ? EvaluationSplit::dev : EvaluationSplit::test;
}

void print(const CheckpointScores& scores, const EvaluateArguments& arguments) {
  if (arguments.json) {
    const nlohmann::json json = {
        {"split", arguments.split},
        {"step", scores.step},
        {"examples", scores.examples},
        {"error", scores.error ? nlohmann::json(*scores.error) : nlohmann::json()},
        {"cost", scores.cost},
        {"weights_digest", scores.weights_digest}};
    fmt::print("{}\n", json.dump());
    return;
  }
  fmt::print("{} set of {} examples, weights after step {} (digest {})\n", arguments.split,
             scores.examples, scores.step, scores.weights_digest);
  if (scores.error) {
    fmt::print("error {:.6g} (accuracy {:.4f})\n", *scores.error, 1.0 - *scores.error);
  }
  fmt::print("cost  {:.6g}\n", scores.cost);
}

int run_evaluate(const EvaluateArguments& arguments, const CommandContext& context) {
  const Communicator& comm = context.comm;
  const Layout layout{comm.size(),
                      arguments.threads > 0 ? arguments.threads : default_threads(comm.size())};
  std::string path;
  agree(comm, [&] {
    if (comm.is_root()) path = find_checkpoint(arguments.checkpoint).string();
  });
  const CheckpointScores scores = evaluate_checkpoint(path, split_of(arguments.split), comm, layout,
                                                      arguments.allow_changed_data);
  if (comm.is_root()) print(scores, arguments);
  return 0;
}

}  // namespace

void add_evaluate_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<EvaluateArguments>();
  CLI::App* command = app.add_subcommand("evaluate", "Score a checkpoint on its job's data");
  command
      ->add_option("checkpoint", arguments->checkpoint,
                   "Checkpoint file, pointer (best, latest) or run directory")
      ->required();
  command->add_option("--split", arguments->split, "dev, test or train [dev]")
      ->check(CLI::IsMember({"dev", "test", "train"}));
  command
      ->add_option("--threads", arguments->threads, "Threads per rank [all cores if alone, or 1]")
      ->check(CLI::Range(1, 4096));
  command->add_flag("--allow-changed-data", arguments->allow_changed_data,
                    "Evaluate although the data has changed");
  command->add_flag("--json", arguments->json, "One JSON object instead of text");
  command->callback([&action, arguments] {
    action = [arguments](const CommandContext& context) {
      return run_evaluate(*arguments, context);
    };
  });
}

}  // namespace lockstep
