#include "sets/set_notes.h"

#include <fmt/format.h>

#include "records/missing_sets.h"
#include "sets/dev_size.h"

namespace lockstep {

std::vector<std::string> notes_on_sets(const Job& job, const DatasetSizes& sizes) {
  std::vector<std::string> notes;
  if (sizes.dev == 0) {
    notes.emplace_back("no dev set: nothing shows when to stop or which model is best");
  } else if (sizes.test == 0) {
    notes.emplace_back(kNoTestSet);
  }
  if (sizes.unused > 0) {
    notes.push_back(fmt::format("{} examples of data.held_out are in no set", sizes.unused));
  }
  const bool dev_from_elsewhere = job.data.dev || job.data.held_out;
  if (sizes.dev > 0 && dev_from_elsewhere && sizes.train_dev == 0) {
    notes.emplace_back(
        "dev has a separate source: if its distribution differs from that of train, "
        "data.split.train_dev distinguishes variance from data mismatch (1.1)");
  }
  for (const std::string& warning : warnings_of_dev_size(job, kAssumedDevError, sizes.dev)) {
    notes.push_back(warning + " (the dev error is assumed)");
  }
  return notes;
}

}  // namespace lockstep
