#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/parse_number.h"
#include "cli/commands.h"
#include "cli/end_on_signal.h"
#include "cli/options.h"
#include "cli/result_files.h"
#include "comm/agreement.h"
#include "config/job_file.h"
#include "plan/node_plan.h"
#include "report/plan_table.h"

namespace lockstep {
namespace {

struct PlanArguments {
  std::string job;
  std::vector<std::string> overrides;
  std::vector<int> nodes;  // ascending
  int ranks_per_node = 1;
  int threads = 0;     // 0: the cores of this machine / ranks on a node
  std::string doctor;  // empty: none
  bool json = false;
};

constexpr int kMostNodes = 4096;  // more take minutes

int node_count(const std::string& text) {
  const int nodes = parse_number<int>(text).value_or(0);
  if (nodes < 1 || nodes > kMostNodes) {
    throw CLI::ValidationError(
        "--nodes", fmt::format("\"{}\" is not a number of nodes from 1 to {}", text, kMostNodes));
  }
  return nodes;
}

// "4", "1,2,6" or "1..64"; of a long range its ends and the powers of two, doubled from the first.
std::vector<int> parse_nodes(const std::string& text) {
  std::vector<int> nodes;
  const auto dots = text.find("..");
  if (dots == std::string::npos) {
    for (const std::string& part : CLI::detail::split(text, ',')) nodes.push_back(node_count(part));
  } else {
    constexpr int kAllUpTo = 8;
    const int first = node_count(text.substr(0, dots));
    const int last = node_count(text.substr(dots + 2));
    if (first > last) {
      throw CLI::ValidationError("--nodes", fmt::format("{}..{} is empty", first, last));
    }
    for (int n = first; n <= last; n = n < kAllUpTo ? n + 1 : 2 * n) nodes.push_back(n);
    nodes.push_back(last);
  }
  std::ranges::sort(nodes);
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return nodes;
}

PlanQuestion question_of(const PlanArguments& arguments) {
  const int cores = default_threads(1);
  return {.job = load_job(arguments.job, arguments.overrides).job,
          .nodes = arguments.nodes,
          .ranks_per_node = arguments.ranks_per_node,
          .threads = arguments.threads > 0 ? arguments.threads
                                           : std::max(1, cores / arguments.ranks_per_node),
          .cores = cores,
          .doctor = arguments.doctor};
}

}  // namespace

void add_plan_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<PlanArguments>();
  CLI::App* command =
      app.add_subcommand("plan", "Predict the time of a step at several numbers of nodes");
  add_job(*command, arguments->job);
  add_overrides(*command, arguments->overrides);
  command
      ->add_option_function<std::string>(
          "--nodes", [arguments](const std::string& text) { arguments->nodes = parse_nodes(text); },
          "Numbers of nodes: 4 or 1,2,6 or 1..64")
      ->required();
  command->add_option("--ranks-per-node", arguments->ranks_per_node, "Ranks on each node [1]")
      ->check(CLI::Range(1, 4096));
  command
      ->add_option("--threads", arguments->threads,
                   "Threads of each rank [cores of this machine / ranks on a node]")
      ->check(CLI::Range(1, 4096));
  command->add_option("--doctor", arguments->doctor,
                      "File of `lockstep doctor --json` with the measured links [assumed]");
  add_json(*command, arguments->json);
  command->callback([&action, arguments] {
    action = [arguments](const CommandContext& context) {
      const EndOnSignal ends(context.comm.is_root());
      agree(context.comm, [&] {
        if (!context.comm.is_root()) return;
        const PlanReport plan = plan_nodes(question_of(*arguments));
        print_result(arguments->json ? to_text(plan_json(plan), 2) + "\n" : plan_text(plan));
      });
      return 0;
    };
  });
}

}  // namespace lockstep
