#include <memory>
#include <string>
#include <vector>

#include "base/atomic_file.h"
#include "base/error.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/prepared_job.h"
#include "cli/result_files.h"
#include "comm/agreement.h"
#include "comm/exchange_plan.h"
#include "doctor/examine.h"
#include "doctor/findings.h"
#include "doctor/job_needs.h"
#include "report/doctor_json.h"
#include "report/doctor_text.h"
#include "sets/dataset_sizes.h"

namespace lockstep {
namespace {

struct DoctorArguments {
  std::string job;  // empty: none
  std::vector<std::string> overrides;
  std::string run_dir = "runs";
  std::string json;  // empty: none; "-": stdout
  int threads = 0;
};

// Collective. Adds what the job needs, and the shape of its largest product.
void examine_job(const Communicator& comm, const DoctorArguments& arguments,
                 Examination& examination) {
  const Job job = load_same_job(comm, arguments.job, arguments.overrides, false).job;
  const Hosts hosts(comm.all_gather(comm.host_leader()));
  JobNeeds needs;
  agree(comm, [&] {
    if (!comm.is_root()) return;
    const DatasetSizes sizes = dataset_sizes(job);
    needs = job_needs(job, sizes, {comm.size(), examination.threads}, hosts);
    examination.shape = largest_product(job, sizes);
  });
  comm.broadcast(examination.shape);
  examination.job = needs;
}

int run_doctor(const DoctorArguments& arguments, const CommandContext& context) {
  const Communicator& comm = context.comm;
  Examination examination;
  examination.run_dir = arguments.run_dir;
  examination.threads = threads_of_a_rank(arguments.threads, comm.size());
  if (context.launched) examination.launcher = context.launched->launcher;
  if (!arguments.job.empty()) examine_job(comm, arguments, examination);

  const DoctorReport report = examine(comm, examination);
  bool refused = false;
  agree(comm, [&] {
    if (!comm.is_root()) return;
    const std::vector<Finding> findings = findings_of(report);
    refused = is_refused(findings);
    const std::string json = to_text(doctor_json(report, findings), 2) + "\n";
    if (!arguments.json.empty() && arguments.json != "-") write_output(arguments.json, json);
    print_result(arguments.json == "-" ? json : doctor_text(report, findings));
  });
  comm.broadcast(refused);
  return static_cast<int>(refused ? ExitCode::usage : ExitCode::ok);
}

}  // namespace

void add_doctor_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<DoctorArguments>();
  CLI::App* command = app.add_subcommand(
      "doctor", "Is this place fit for training: hosts, cores, links, run directory?");
  command->footer(
      "Start it like a job, with the same launcher and as many ranks. It takes seconds, and\n"
      "says what to change. Exit code 0: a job would run here; 2: it would be refused.\n\n"
      "  mpirun -n 4 lockstep doctor job.textproto\n"
      "  srun --mpi=pmix lockstep doctor --run-dir /shared/runs --json place.json");
  command->add_option("job", arguments->job,
                      "Job file: also examine whether this place has what the job needs [none]");
  command->add_option("--run-dir", arguments->run_dir,
                      "Where results are to go; nothing is left there [runs]");
  command
      ->add_option("--json", arguments->json,
                   "Write all that was measured to FILE as JSON; -: to stdout, without the text")
      ->type_name("FILE")
      ->check([](const std::string& file) {
        return file.empty() ? "expected the name of a file, or - for stdout" : "";
      });
  add_threads(*command, arguments->threads);
  add_overrides(*command, arguments->overrides);
  command->callback([&action, arguments] {
    action = [arguments](const CommandContext& context) { return run_doctor(*arguments, context); };
  });
}

}  // namespace lockstep
