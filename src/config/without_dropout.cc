#include "config/without_dropout.h"

#include <string>
#include <vector>

namespace lockstep {

LoadedJob without_dropout(const LoadedJob& loaded) {
  std::vector<std::string> overrides = {"network.input_keep_prob=1"};
  for (std::size_t i = 0; i < loaded.job.network.hidden.size(); ++i) {
    overrides.push_back(layer_path(i) + ".keep_prob=1");
  }
  return parse_resolved_job(loaded.resolved_text, overrides);
}

}  // namespace lockstep
