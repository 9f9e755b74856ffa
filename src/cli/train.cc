#include "train/trainer.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/host_name.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/prepared_job.h"
#include "cli/stop_request.h"
#include "comm/abandoned_segments.h"
#include "comm/agreement.h"
#include "diagnose/diagnose_run.h"
#include "diagnose/flow_monitor.h"
#include "doctor/machine.h"
#include "records/stop_reason.h"
#include "report/reports.h"
#include "report/warn.h"
#include "rundir/run_directory.h"
#include "rundir/run_record.h"
#include "rundir/state_report.h"

namespace lockstep {
namespace {

struct TrainArguments {
  std::string job;
  std::vector<std::string> overrides;
  std::string run_dir;
  int threads = 0;            // 0: default_threads
  int prefetch_threads = -1;  // -1: default_prefetch_threads
  std::string resume;
  std::string weights_from;
  bool allow_changed_data = false;
  bool allow_changed_environment = false;
  bool no_dropout = false;
  bool no_color = false;
};

// The overrides of the job, with what options of their own set.
std::vector<std::string> overrides_of(const TrainArguments& arguments) {
  std::vector<std::string> overrides = arguments.overrides;
  if (!arguments.weights_from.empty()) {
    overrides.push_back("training.weights_from=" +
                        std::filesystem::absolute(arguments.weights_from).string());
  }
  return overrides;
}

// Memory that Open MPI left behind on a host leaves less for shared gradients.
void warn_of_abandoned_memory(const Communicator& comm) {
  if (comm.size() == 1 || comm.rank() != comm.host_leader()) return;
  const AbandonedSegments abandoned = abandoned_segments();
  if (!matter(abandoned.bytes, file_system_space("/dev/shm").bytes)) return;
  write_warning(describe(abandoned, host_name()));
}

int run_train(const TrainArguments& arguments, const CommandContext& context) {
  const Communicator& comm = context.comm;
  PreparedJob prepared = prepare_job(comm, arguments.job, overrides_of(arguments),
                                     arguments.threads, arguments.no_dropout);
  const LoadedJob& loaded = prepared.loaded;
  Layout& layout = prepared.layout;
  // Gathering alone takes too little time to be worth a thread.
  if (arguments.prefetch_threads >= 0) {
    layout.prefetch_threads = arguments.prefetch_threads;
  } else if (loaded.job.data.augmentation) {
    layout.prefetch_threads = default_prefetch_threads(comm, layout.threads);
  }

  TrainOptions options;
  options.program = context.program;
  options.launch = context.launch;
  options.layout = layout;
  options.resume = resume_mode(arguments.resume);
  options.allow_changed_data = arguments.allow_changed_data;
  options.allow_changed_environment = arguments.allow_changed_environment;
  options.stop_requested = stop_request(context);
  options.make_monitor = make_flow_monitor;
  if (context.hooks.make_probe) options.make_probes = {context.hooks.make_probe};
  std::string run_dir;
  std::optional<UntrainedDirectory> untrained;  // on rank 0
  agree(comm, [&] {
    if (!comm.is_root()) return;
    const RunDirectory made = prepare_run_directory(arguments.run_dir, loaded.job.name,
                                                    DirectoryKind::run, options.resume);
    untrained.emplace(made);
    run_dir = made.path.string();
    context.run.lock(run_dir, loaded.job.name);
  });
  comm.broadcast(run_dir);
  options.run_dir = run_dir;
  context.run.enter(run_dir);

  std::vector<std::unique_ptr<TrainingObserver>> observers;
  if (comm.is_root()) {
    observers.push_back(std::make_unique<DirectoryGuard>(context.run));
    observers.push_back(std::make_unique<StateReport>(context.run));
    observers.push_back(
        with_diagnosis(guarded_standard_reports(ReportOptions{.color = !arguments.no_color}),
                       loaded, evaluations_before));
    if (arguments.no_dropout) observers.back()->on_notice(kNoDropoutNotice);
  }
  warn_of_abandoned_memory(comm);
  const Summary summary = train(loaded.job, loaded.resolved_text, comm, options, observers);
  return static_cast<int>(summary.stop_reason == kInterrupted ? ExitCode::interrupted
                                                              : ExitCode::ok);
}

}  // namespace

void add_train_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<TrainArguments>();
  CLI::App* command = app.add_subcommand("train", "Train the network of a job file");
  add_job(*command, arguments->job);
  command->add_option("--run-dir", arguments->run_dir,
                      "Where results go [runs/<job name>-<number>]");
  add_threads(*command, arguments->threads);
  add_prefetch_threads(*command, arguments->prefetch_threads);
  add_overrides(*command, arguments->overrides);
  add_resume(*command, arguments->resume, "Resume from the newest checkpoint in --run-dir");
  command
      ->add_option("--weights-from", arguments->weights_from,
                   "Start the layers that fit with the weights of this checkpoint or run")
      ->check([](const std::string& path) {
        return path.empty() ? std::string("is empty; name a checkpoint or a run") : "";
      });
  add_allow_changed_data(*command, arguments->allow_changed_data);
  add_allow_changed_environment(*command, arguments->allow_changed_environment);
  add_no_dropout(*command, arguments->no_dropout);
  command->add_flag("--no-color", arguments->no_color, "No colour on a terminal");
  command->callback([&action, arguments] {
    action = [arguments](const CommandContext& context) { return run_train(*arguments, context); };
  });
}

}  // namespace lockstep
