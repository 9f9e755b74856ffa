#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <unistd.h>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/end_on_signal.h"
#include "cli/options.h"
#include "cli/prepared_job.h"
#include "cli/result_files.h"
#include "comm/agreement.h"
#include "report/descriptor.h"
#include "train/trainer.h"
#include "verify/train_again.h"
#include "verify/verdict.h"
#include "verify/verification.h"
#include "verify/verification_plan.h"

namespace lockstep {
namespace {

struct VerifyArguments {
  std::string run;
  std::uint64_t from = 0;
  std::optional<std::uint64_t> to;
  int threads = 0;
  bool json = false;
};

void notify(const std::string& text) {
  write_log(STDERR_FILENO, fmt::format("verify: {}\n", text));
}

int run_verify(const VerifyArguments& arguments, const CommandContext& context) {
  const Communicator& comm = context.comm;
  const EndOnSignal ends(comm.is_root());
  VerificationPlan plan;
  agree(comm, [&] {
    if (comm.is_root()) plan = plan_verification(arguments.run, arguments.from, arguments.to);
  });
  comm.broadcast(plan.job);
  comm.broadcast(plan.shared);
  const PreparedJob prepared = prepare_job(comm, plan.job, {}, arguments.threads, false);
  const VerifiedRange& range = plan.shared.range;
  TrainingObservers observers;
  Verification* verification = nullptr;
  if (comm.is_root()) {
    for (const std::string& notice : plan.run.notices) notify(notice);
    auto observer = std::make_unique<Verification>(plan.run, range, plan.data, notify);
    verification = observer.get();
    observers.push_back(std::move(observer));
  }
  try {
    train_again(prepared.loaded, comm,
                options_to_verify(plan, arguments.run, prepared.layout, verification), observers,
                verification, notify);
  } catch (const AgreedError&) {
    if (arguments.json && verification != nullptr && verification->parting()) {
      print_result(verdict_json(*verification, range));
    }
    throw;
  }
  agree(comm, [&] {
    if (!comm.is_root()) return;
    print_result(arguments.json ? verdict_json(*verification, range)
                                : verdict_text(*verification, range));
  });
  return 0;
}

}  // namespace

void add_verify_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<VerifyArguments>();
  CLI::App* command = app.add_subcommand(
      "verify", "Train a recorded run again, and compare every evaluation with the record");
  command->add_option("run", arguments->run, "Run directory")->required();
  const CLI::Range step(std::uint64_t{0}, std::uint64_t{1} << 62U);
  command
      ->add_option("--from", arguments->from,
                   "Begin at the kept checkpoint of this step; 0: at the initial weights [0]")
      ->check(step);
  command
      ->add_option("--to", arguments->to, "End at the evaluation of this step [the end of the run]")
      ->check(step);
  add_threads(*command, arguments->threads);
  add_json(*command, arguments->json);
  command->callback([&action, arguments] {
    action = [arguments](const CommandContext& context) { return run_verify(*arguments, context); };
  });
}

}  // namespace lockstep
