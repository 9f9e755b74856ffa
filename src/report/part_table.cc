#include "report/part_table.h"

#include <fmt/format.h>

#include "base/json_text.h"
#include "base/run_files.h"
#include "report/format.h"
#include "report/trial_table.h"

namespace lockstep {

std::string part_report(const PartResults& results) {
  return fmt::format(
      "part {} of the sweep {}: {} of {} trials\n\n{}\nno winner yet: it is chosen "
      "among the trials of all parts\n",
      part_text(results.part), results.sweep.name, results.own.size(), results.trials.size(),
      trial_table(results.sweep, results.trials, results.own, /*with_ranks=*/false));
}

std::string part_json(const PartResults& results) {
  Json trials = Json::array();
  for (const RankedTrial& trial : results.own) {
    trials.push_back(trial_json(results.sweep, results.trials[trial.number], trial, std::nullopt));
  }
  const Json all = {{"name", results.sweep.name},
                    {"part", results.part.number},
                    {"parts", results.part.count},
                    {"metric", facts_of(results.sweep.metric).key},
                    {"trials", trials}};
  return to_text(all, 2) + "\n";
}

std::string part_next_steps(const std::string& run_dir) {
  return fmt::format(
      "\nfiles in {0}: {1}, {2}, {5}/\n"
      "next: when every part is trained, collect them in a new run directory DIR:\n"
      "      lockstep sweep {3} --run-dir DIR --collect {4} PART_DIR...\n",
      run_dir, kPartText, kPartJson, shell_word(run_dir + "/" + kSweepFile), shell_word(run_dir),
      kTrialFolder);
}

}  // namespace lockstep
