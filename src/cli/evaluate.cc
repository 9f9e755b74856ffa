#include <memory>
#include <string>

#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json_text.h"
#include "checkpoint/find.h"
#include "cli/commands.h"
#include "cli/end_on_signal.h"
#include "cli/options.h"
#include "cli/result_files.h"
#include "cli/table_options.h"
#include "comm/agreement.h"
#include "evaluate/evaluate_checkpoint.h"
#include "evaluate/evaluate_file.h"
#include "report/descriptor.h"
#include "report/score_tables.h"

namespace lockstep {
namespace {

struct EvaluateArguments {
  std::string checkpoint;
  std::string split;  // empty: dev, unless there is a file
  std::string data;   // the file; empty: a set of the job
  std::string labels;
  TableOptions table;
  std::size_t worst = 0;
  int threads = 0;
  bool allow_changed_data = false;
  bool json = false;
};

LabelledFile labelled_file(const EvaluateArguments& arguments) {
  return {.data = arguments.data == "-" ? "/dev/stdin" : arguments.data,
          .labels = arguments.labels,
          .reading = reading_of(arguments.table),
          .worst = arguments.worst};
}

// Refuses options for a file with a set of the job, and vice versa.
void require_one_kind(const EvaluateArguments& arguments) {
  const auto refuse = [](const char* option, const char* what) {
    throw Error(ExitCode::usage, fmt::format("{} {}", option, what));
  };
  if (!arguments.data.empty()) {
    const char* const what = "is for the sets of the job, not for --data; leave one out";
    if (!arguments.split.empty()) refuse("--split", what);
    if (arguments.allow_changed_data) refuse("--allow-changed-data", what);
    return;
  }
  const char* const what = "is for --data FILE; add that, or leave it out";
  if (!arguments.labels.empty()) refuse("--labels", what);
  if (!arguments.table.when_missing.empty()) refuse("--when-missing", what);
  if (!arguments.table.unknown_category.empty()) refuse("--unknown-category", what);
  if (arguments.table.refuse_new_columns) refuse("--refuse-new-columns", what);
}

int run_evaluate(const EvaluateArguments& arguments, const CommandContext& context) {
  const Communicator& comm = context.comm;
  const EndOnSignal ends(comm.is_root());
  const Layout layout{comm.size(), threads_of_a_rank(arguments.threads, comm.size())};
  std::string path;
  agree(comm, [&] {
    require_one_kind(arguments);
    if (comm.is_root()) path = find_checkpoint(arguments.checkpoint).string();
  });
  const std::string split = arguments.split.empty() ? "dev" : arguments.split;
  FileScores result;
  if (arguments.data.empty()) {
    result.scores = evaluate_checkpoint(path, *enum_named<EvaluationSplit>(split), comm, layout,
                                        arguments.allow_changed_data, arguments.worst);
  } else {
    result = evaluate_file(path, labelled_file(arguments), comm, layout);
  }
  agree(comm, [&] {
    if (!comm.is_root()) return;
    const ScoredSet set =
        arguments.data.empty() ? ScoredSet{"split", split} : ScoredSet{"data", arguments.data};
    print_result(arguments.json ? to_text(score_json(result.scores, set)) + "\n"
                                : score_text(result.scores, set));
    for (const std::string& notice : result.notices) write_log(STDERR_FILENO, notice + "\n");
  });
  return 0;
}

}  // namespace

void add_evaluate_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<EvaluateArguments>();
  CLI::App* command =
      app.add_subcommand("evaluate", "Score a model on its job's data, or on a file");
  command->footer(
      "  lockstep evaluate runs/leaves --split test\n"
      "  lockstep evaluate runs/leaves --data new-leaves.csv");
  add_model(*command, "checkpoint", arguments->checkpoint);
  add_split(*command, arguments->split);
  command->add_option(
      "--data", arguments->data,
      "Labelled examples in the format of the model's training data, instead of a set of the job; "
      "a table may be a pipe, or - for stdin");
  command->add_option("--labels", arguments->labels,
                      "File with the labels of --data, for IDX and NPY");
  command
      ->add_option("--worst", arguments->worst,
                   "Name the N examples on which the model errs most [0]")
      ->check(CLI::Range(std::size_t{0}, std::size_t{1'000'000}));
  add_table_options(*command, arguments->table);
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
