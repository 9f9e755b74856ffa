#pragma once
// Jobs in text for the tests of this room.

#include <string>
#include <vector>

#include "base/error.h"
#include "config/job_file.h"

namespace lockstep {

// A complete job, as small as one can be. Line numbers matter to tests.
inline const std::string kSmallJob = R"(name: "small"
data {
  train { idx { features: "x.gz" labels: "y.gz" } }
}
network {
  layer { units: 16 }
  output { units: 10 }
}
optimizer {
  adam { }
}
training {
  batch_size: 64
  epochs: 5
}
)";

inline LoadedJob parse(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return parse_job(text, "job.textproto", "/jobs", overrides);
}

// The problems of a job, one a line; empty when it loads.
inline std::string problems_of(const std::string& text,
                               const std::vector<std::string>& overrides = {}) {
  try {
    parse(text, overrides);
    return "";
  } catch (const Error& error) {
    return error.code() == ExitCode::usage ? error.what() : "wrong exit code";
  }
}

// `text` with the only occurrence of `from` replaced by `to`.
inline std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  if (at == std::string::npos || text.find(from, at + 1) != std::string::npos) {
    return "\"" + from + "\" is not there exactly once";
  }
  return text.replace(at, from.size(), to);
}

}  // namespace lockstep
