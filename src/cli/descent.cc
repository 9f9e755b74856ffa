#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/parse_number.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/prepared_job.h"
#include "cli/progress_lines.h"
#include "cli/result_files.h"
#include "cli/signals.h"
#include "comm/agreement.h"
#include "diagnose/descent.h"
#include "diagnose/descent_verdict.h"
#include "diagnose/job_descent.h"
#include "report/descent_text.h"

namespace lockstep {
namespace {

// The learning rate for a job whose optimizer's rate has another meaning: the default of
// gradient descent in proto/job.proto or, if J rises with it, the largest of the suggested
// rates with which J does not rise.
constexpr double kUsualRate = 0.1;
constexpr double kSmallestUsualRate = 1e-12;

struct DescentArguments {
  std::string job;
  std::vector<std::string> overrides;
  std::uint64_t steps = 50;
  double learning_rate = 0;  // 0: the job's, or kUsualRate and below
  std::uint64_t examples = 0;
  int threads = 0;
  std::string run_dir;
  bool json = false;
};

int run_descent(const DescentArguments& arguments, const CommandContext& context) {
  const Communicator& comm = context.comm;
  const auto [loaded, layout] =
      prepare_job(comm, arguments.job, arguments.overrides, arguments.threads, /*no_dropout=*/true);
  prepare_results(comm, arguments.run_dir);
  JobDescent problem(loaded.job, comm, layout, {arguments.examples, stop_was_requested});

  DescentSubject subject;
  subject.job = loaded.job.name;
  subject.parameters = problem.parameters();
  subject.examples = problem.examples();
  subject.train_examples = problem.train_examples();
  bool chooses_rate = false;
  DescentOptions options;
  options.steps = arguments.steps;
  if (arguments.learning_rate > 0) {
    options.learning_rate = arguments.learning_rate;
    subject.rate_from = "--learning-rate";
  } else if (const auto of_job = descent_learning_rate(loaded.job.optimizer)) {
    options.learning_rate = *of_job;
    subject.rate_from = "the job's";
  } else {
    options.learning_rate = kUsualRate;
    subject.rate_from = "chosen, as the job's optimizer is not gradient descent";
    chooses_rate = true;
  }
  ProgressLines progress;
  options.on_step = [&](std::uint64_t step, double cost) {
    if (!comm.is_root() || step == options.steps) return;
    progress.show("descent", fmt::format("step {} of {}, J {:.6g}", step, options.steps, cost));
  };
  DescentResult result = check_descent(problem, options);
  while (chooses_rate && result.outcome == DescentOutcome::rate_too_large &&
         result.suggested_rate.value_or(0) >= kSmallestUsualRate) {
    options.learning_rate = result.suggested_rate.value_or(0);
    subject.rate_from = fmt::format(
        "chosen, as the job's optimizer is not gradient descent and {:g} is too large", kUsualRate);
    problem.restart();
    result = check_descent(problem, options);
  }

  agree(comm, [&] {
    if (!comm.is_root()) return;
    const std::string text = descent_text(subject, result);
    const Json json = descent_json(subject, result);
    if (!arguments.run_dir.empty()) {
      write_results(arguments.run_dir, "descent", text, to_text(json, 2) + "\n");
    }
    print_result(arguments.json ? to_text(json) + "\n" : text);
  });
  if (passed(result)) return 0;
  // A wrong gradient cannot be the user's fault: it is a bug in Lockstep.
  return static_cast<int>(result.outcome == DescentOutcome::gradient_wrong ? ExitCode::internal
                                                                           : ExitCode::diverged);
}

}  // namespace

void add_descent_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<DescentArguments>();
  CLI::App* command = app.add_subcommand(
      "descent",
      "Does J fall at every step of gradient descent, as it must? (1.5, 1.7)\n\n"
      "  lockstep descent JOB\n"
      "  lockstep descent JOB --steps 100 --learning-rate 0.01 --examples 5000\n\n"
      "Runs plain gradient descent from the job's initial weights, every step on the whole\n"
      "training set, dropout and augmentation off, in double. If J, penalty included, does\n"
      "not fall, smaller steps along the same gradient show whether the learning rate is\n"
      "too large or the gradient is wrong. Exit code 0: J fell; 77: it did not; 70: the\n"
      "gradient is wrong.\n");
  add_job(*command, arguments->job);
  add_overrides(*command, arguments->overrides);
  command->add_option("--steps", arguments->steps, "Steps to take [50]")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 40U));
  command
      ->add_option("--learning-rate", arguments->learning_rate,
                   "Learning rate [the job's, if its optimizer is gradient descent, momentum or "
                   "Nesterov, else at most 0.1]")
      ->check(CLI::Validator(
          [](const std::string& text) {
            const double rate = parse_number<double>(text).value_or(0);
            const bool good = std::isfinite(rate) && rate > 0;
            return good ? std::string() : "expected a finite number above 0";
          },
          "RATE"));
  command
      ->add_option("--examples", arguments->examples,
                   "Use a fixed sample of N training examples instead of all")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 32U));
  add_threads(*command, arguments->threads);
  command->add_option("--run-dir", arguments->run_dir,
                      "Also write descent.txt and descent.json to this directory");
  add_json(*command, arguments->json);
  command->callback([&action, arguments] {
    action = [arguments](const CommandContext& context) {
      return run_descent(*arguments, context);
    };
  });
}

}  // namespace lockstep
