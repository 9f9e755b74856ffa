#include "verify/train_again.h"

#include "base/error.h"
#include "comm/agreement.h"

namespace lockstep {

void train_again(const LoadedJob& loaded, const Communicator& comm, const TrainOptions& options,
                 const TrainingObservers& observers, Verification* verification,
                 const std::function<void(const std::string&)>& notify) {
  Job job = loaded.job;
  job.checkpointing.enabled = false;
  job.monitor.reset();  // it decides nothing
  std::string end;
  try {
    end = train(job, loaded.resolved_text, comm, options, observers).stop_reason;
  } catch (const AgreedError& error) {
    if (error.code() != ExitCode::diverged) throw;
    end = error.what();
    if (comm.is_root()) notify("trained again, the run ends: " + end);
  }
  agree(comm, [&] {
    if (verification != nullptr && !verification->is_complete()) verification->end_early(end);
  });
}

}  // namespace lockstep
