#include "diagnose/gradcheck.h"
#include "base/parse_number.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"
#include "checkpoint/find.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/prepared_job.h"
#include "cli/progress_lines.h"
#include "cli/result_files.h"
#include "cli/signals.h"
#include "comm/agreement.h"
#include "report/descriptor.h"
#include "report/gradcheck_tables.h"

namespace lockstep {
namespace {

// Whether dropout is frozen to the masks of the first step.
const Choices<bool> kDropout = {{"off", false}, {"frozen", true}};

struct GradcheckArguments {
  std::string job;
  std::string checkpoint;  // empty: the initial weights
  std::vector<std::string> overrides;
  std::string entries;  // a number, "all", or empty for the default
  std::uint64_t rows = 0;
  std::string dropout = "off";
  std::string run_dir;  // empty: none
  int threads = 0;
  bool json = false;
  GradcheckOptions options;
};

// Collective. Ranks with different arguments would wait for each other.
void require_same_arguments(const Communicator& comm, const GradcheckArguments& arguments) {
  const GradcheckOptions& options = arguments.options;
  const std::string text = fmt::format(
      "checkpoint '{}' --after {} --entries '{}' --rows {} --epsilon {} --one-sided {} "
      "--dropout {}",
      arguments.checkpoint, options.after, arguments.entries, arguments.rows, options.epsilon,
      options.one_sided, arguments.dropout);
  require_same(comm, text, [](const std::string& theirs, const std::string& root) {
    return fmt::format("{}, rank 0 has {}", theirs, root);
  });
}

int run_gradcheck(const GradcheckArguments& arguments, const CommandContext& context) {
  const Communicator& comm = context.comm;
  const auto [loaded, layout] = prepare_job(comm, arguments.job, arguments.overrides,
                                            arguments.threads, /*no_dropout=*/false);
  require_same_arguments(comm, arguments);
  std::string checkpoint_path;
  agree(comm, [&] {
    if (!comm.is_root() || arguments.checkpoint.empty()) return;
    checkpoint_path = find_checkpoint(arguments.checkpoint).string();
  });
  prepare_results(comm, arguments.run_dir);
  context.run.enter_results(arguments.run_dir);
  std::optional<SavedModel> checkpoint;
  if (!arguments.checkpoint.empty()) checkpoint = load_model(checkpoint_path, comm);

  GradcheckOptions options = arguments.options;
  if (arguments.entries == "all") {
    options.entries = kAllEntries;
  } else if (const auto entries = parse_number<std::uint64_t>(arguments.entries)) {
    options.entries = *entries;
  }
  if (arguments.rows > 0) options.rows = arguments.rows;
  options.frozen_dropout = chosen(kDropout, arguments.dropout);
  options.stop_requested = stop_was_requested;
  ProgressLines progress;
  options.on_progress = [&](std::uint64_t done, std::uint64_t total) {
    if (!comm.is_root() || done == total) return;
    progress.show("gradcheck", fmt::format("{} of {} entries", done, total));
  };
  const GradientSource source =
      context.hooks.gradient_of ? context.hooks.gradient_of : exchanged_gradient;
  const GradcheckResult result =
      gradcheck(loaded.job, checkpoint ? &*checkpoint : nullptr, comm, layout, options, source);

  bool passed = result.passed();
  comm.broadcast(passed);
  agree(comm, [&] {
    if (!comm.is_root()) return;
    const std::string text = gradcheck_text(result);
    const std::string json = to_text(gradcheck_json(result), 2) + "\n";
    if (!arguments.run_dir.empty()) {
      write_results(arguments.run_dir, "gradcheck", text, json);
    }
    print_result(arguments.json ? json : text);
    if (!passed) write_log(STDERR_FILENO, "lockstep: the gradient is not the gradient of J\n");
  });
  // A wrong gradient cannot be the user's fault: it is a bug in Lockstep.
  return static_cast<int>(passed ? ExitCode::ok : ExitCode::internal);
}

// CLI11's message about a value of --entries; empty if the value is valid.
std::string objection_to_entries(const std::string& text) {
  if (text == "all" || parse_number<std::uint64_t>(text).value_or(0) > 0) return "";
  return "expected a number above 0, or all";
}

}  // namespace

void add_gradcheck_command(CLI::App& app, Action& action) {
  const CLI::Range count(std::uint64_t{1}, std::uint64_t{1} << 40U, "N");
  auto arguments = std::make_shared<GradcheckArguments>();
  CLI::App* command = app.add_subcommand(
      "gradcheck", "Compare the gradient of a job with numerical differences of its cost J");
  command->footer(
      "The gradient is the one that training would use, exchanged between all ranks; it is\n"
      "compared tensor by tensor. Exit code 0: no sign that it is wrong; 70: it is wrong.\n\n"
      "  lockstep gradcheck job.textproto --after 100\n"
      "  mpirun -n 4 lockstep gradcheck job.textproto runs/mine/ckpt/best --json");
  add_job(*command, arguments->job);
  command->add_option("checkpoint", arguments->checkpoint,
                      "Check at the weights of this checkpoint file, pointer (best, latest) or run "
                      "directory [the job's initial weights]");
  command
      ->add_option("--after", arguments->options.after,
                   "Train N steps of the job, then check again")
      ->check(count);
  command
      ->add_option("--entries", arguments->entries,
                   fmt::format("Entries of each tensor to check, drawn by the job's seed, or all "
                               "[all up to {} parameters, else {}]",
                               kSmallNetwork, kSampledEntries))
      ->check(CLI::Validator([](const std::string& text) { return objection_to_entries(text); },
                             "N|all"));
  command
      ->add_option("--rows", arguments->rows,
                   "Examples in the batch, a multiple of the job's shards [its batch, or 256]")
      ->check(count);
  command->add_option("--epsilon", arguments->options.epsilon,
                      fmt::format("Step of the differences [{:g}]", kDefaultEpsilon));
  command->add_flag("--one-sided", arguments->options.one_sided,
                    "Use one-sided differences, whose error is of the order of epsilon and not of "
                    "its square (1.12), to see how much better two-sided ones are");
  command
      ->add_option("--dropout", arguments->dropout,
                   "Dropout: off, or frozen to the masks of the first step [off]")
      ->check(CLI::IsMember(kDropout));
  command->add_option("--run-dir", arguments->run_dir,
                      "Directory for gradcheck.txt and gradcheck.json; may hold a run [none]");
  add_threads(*command, arguments->threads);
  add_overrides(*command, arguments->overrides);
  add_json(*command, arguments->json);
  command->callback([&action, arguments] {
    action = [arguments](const CommandContext& context) {
      return run_gradcheck(*arguments, context);
    };
  });
}

}  // namespace lockstep
