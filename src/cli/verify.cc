#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/json_text.h"
#include "base/run_files.h"
#include "checkpoint/load.h"
#include "checkpoint/retention.h"
#include "cli/commands.h"
#include "cli/end_on_signal.h"
#include "cli/options.h"
#include "cli/prepared_job.h"
#include "cli/recorded_run.h"
#include "cli/result_files.h"
#include "cli/verification.h"
#include "cli/verified_build.h"
#include "cli/verified_range.h"
#include "comm/agreement.h"
#include "records/stop_reason.h"
#include "report/descriptor.h"
#include "train/decide.h"
#include "train/environment.h"
#include "train/trainer.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

struct VerifyArguments {
  std::string run;
  std::uint64_t from = 0;
  std::optional<std::uint64_t> to;
  int threads = 0;
  bool json = false;
};

void tell(const std::string& text) { write_log(STDERR_FILENO, fmt::format("verify: {}\n", text)); }

// What rank 0 reads before the training; other ranks need only the members of `shared`.
struct Plan {
  RecordedRun run;
  RecordedData data;
  struct Shared {
    VerifiedRange range;
    bool with_test = false;
    bool interrupted = false;  // the end of the range is an interruption
  } shared;
  std::string job;  // the file
};

fs::path checkpoint_of(const fs::path& run_dir, std::uint64_t step) {
  return run_dir / kCheckpointFolder / step_file_name(step);
}

// A text of the summary; nothing if it is absent or null.
std::optional<std::string> text_of(const Json& summary, const char* field) {
  const auto found = summary.find(field);
  if (found == summary.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

// The digests of the data, from the first of these that there is: the checkpoint at which the
// verification begins, the summary, the newest checkpoint. Adds a notice when that one cannot be
// read.
RecordedData recorded_data(RecordedRun& run, const std::optional<Checkpoint>& start) {
  if (start) return {start->train_fingerprint, start->dev_fingerprint};
  if (run.summary) {
    if (auto train = text_of(*run.summary, "train_fingerprint")) {
      return {std::move(train), text_of(*run.summary, "dev_fingerprint").value_or("")};
    }
  }
  try {
    if (const auto latest = find_latest(run.directory / kCheckpointFolder)) {
      return {latest->checkpoint.train_fingerprint, latest->checkpoint.dev_fingerprint};
    }
  } catch (const Error& error) {
    run.notices.emplace_back(error.what());
  }
  return {};
}

// The weights of the checkpoint must be those that the evaluation of its step records.
void require_recorded_weights(const RecordedRun& run, const Checkpoint& start) {
  for (const RecordedEvaluation& evaluation : run.evaluations) {
    const auto digest = evaluation.record.find("weights_digest");
    if (evaluation.step != start.step || digest == evaluation.record.end()) continue;
    if (*digest == start.weights_digest) return;
    throw Error(ExitCode::data,
                fmt::format("the checkpoint of step {} has weights with the digest {}, but {} "
                            "records {} for that step",
                            start.step, start.weights_digest, kMetricsFile, to_text(*digest)));
  }
}

// Called on rank 0.
Plan make_plan(const VerifyArguments& arguments) {
  Plan plan;
  plan.run = read_recorded_run(arguments.run);
  plan.shared.range = choose_range(plan.run, arguments.from, arguments.to);
  plan.job = job_of_range(plan.run, plan.shared.range).string();
  std::optional<Checkpoint> start;
  if (arguments.from > 0) {
    start = load_step(fs::path(arguments.run) / kCheckpointFolder, arguments.from);
    require_recorded_weights(plan.run, *start);
  }
  for (const std::string& notice : compare_builds(
           plan.run.environment, start ? start->environment : EnvironmentFacts(), environment())) {
    plan.run.notices.push_back(notice);
  }
  plan.data = recorded_data(plan.run, start);
  if (plan.shared.range.to_the_end) {
    const Json& summary = *plan.run.summary;
    const auto is_number = [&](const char* field) {
      return summary.contains(field) && summary[field].is_number();
    };
    plan.shared.with_test = is_number("test_error") || is_number("test_cost");
    plan.shared.interrupted = summary.at("stop_reason") == kInterrupted;
  }
  return plan;
}

TrainOptions options_of(const VerifyArguments& arguments, const Plan& plan, const Layout& layout,
                        const Verification* verification) {
  const auto& [range, with_test, interrupted] = plan.shared;
  TrainOptions options;
  options.run_dir = arguments.run;
  options.layout = layout;
  if (range.from > 0) {
    options.resume = Resume::must;
    options.resume_from = checkpoint_of(arguments.run, range.from);
    options.allow_changed_data = true;  // the observer compares it
  }
  options.with_test = with_test;
  options.with_cautions = false;
  if (verification != nullptr) {
    options.stop_after_evaluation = [verification] { return verification->reason_to_stop(); };
  }
  if (interrupted) {
    options.stop_requested = [last = range.to](std::optional<std::uint64_t> step) {
      return step && *step + 1 >= last;
    };
  }
  return options;
}

// "; not compared: ...", for what an older build did not record, or what is damaged.
std::string gaps_text(const Verification& verification) {
  std::string text;
  if (!verification.not_compared().empty()) {
    text += fmt::format("; not compared, because not recorded: {}",
                        fmt::join(verification.not_compared(), ", "));
  }
  if (!verification.not_recorded().empty()) {
    text += fmt::format("; without a recorded evaluation: step {}",
                        fmt::join(verification.not_recorded(), ", "));
  }
  return text;
}

std::string evaluations_text(std::uint64_t count) {
  return count == 1 ? "1 evaluation" : fmt::format("{} evaluations", count);
}

std::string verdict_text(const Verification& verification, const VerifiedRange& range) {
  const bool has_digests = !verification.not_compared().contains("weights_digest");
  return fmt::format(
      "verified: the {} of steps {} to {} follow from the job, the data and the "
      "seed ({}{}, digest {}){}\n",
      has_digests ? "weights" : "recorded numbers", range.from, range.to,
      evaluations_text(verification.compared()), range.to_the_end ? " and the summary" : "",
      verification.weights_digest(), gaps_text(verification));
}

std::string verdict_json(const Verification& verification, const VerifiedRange& range) {
  Json object;
  object["verified"] = !verification.parting();
  object["from"] = range.from;
  object["to"] = range.to;
  object["evaluations"] = verification.compared();
  object["summary"] = range.to_the_end && !verification.parting();
  object["weights_digest"] = verification.weights_digest();
  object["not_compared"] = verification.not_compared();
  object["not_recorded"] = verification.not_recorded();
  object["parts_at"] = verification.parting() ? Json(verification.parting()->step) : Json(nullptr);
  Json& differences = object["differences"] = Json::array();
  if (verification.parting()) {
    for (const auto& [field, recorded, again] : verification.parting()->differences) {
      differences.push_back(
          {{"field", field}, {"recorded", Json::parse(recorded)}, {"again", Json::parse(again)}});
    }
  }
  return to_text(object) + "\n";
}

// Collective. Trains the range again; `verification` is the observer on rank 0, null elsewhere.
void train_again(const PreparedJob& prepared, const Communicator& comm, const TrainOptions& options,
                 const TrainingObservers& observers, Verification* verification) {
  Job job = prepared.loaded.job;
  job.checkpointing.enabled = false;
  job.monitor.reset();  // it decides nothing
  std::string end;
  try {
    end = train(job, prepared.loaded.resolved_text, comm, options, observers).stop_reason;
  } catch (const AgreedError& error) {
    if (error.code() != ExitCode::diverged) throw;
    end = error.what();
    if (comm.is_root()) tell("trained again, the run ends: " + end);
  }
  agree(comm, [&] {
    if (verification != nullptr && !verification->is_complete()) verification->end_early(end);
  });
}

int run_verify(const VerifyArguments& arguments, const CommandContext& context) {
  const Communicator& comm = context.comm;
  const EndOnSignal ends(comm.is_root());
  Plan plan;
  agree(comm, [&] {
    if (comm.is_root()) plan = make_plan(arguments);
  });
  comm.broadcast(plan.job);
  comm.broadcast(plan.shared);
  const PreparedJob prepared = prepare_job(comm, plan.job, {}, arguments.threads, false);
  const VerifiedRange& range = plan.shared.range;
  TrainingObservers observers;
  Verification* verification = nullptr;
  if (comm.is_root()) {
    for (const std::string& notice : plan.run.notices) tell(notice);
    auto observer = std::make_unique<Verification>(plan.run, range, plan.data, tell);
    verification = observer.get();
    observers.push_back(std::move(observer));
  }
  try {
    train_again(prepared, comm, options_of(arguments, plan, prepared.layout, verification),
                observers, verification);
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
