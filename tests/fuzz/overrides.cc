// "--set path=value" on a small job.

#include <string>
#include <vector>

#include "base/error.h"
#include "config/job_file.h"
#include "targets.h"

namespace lockstep {
namespace {

constexpr std::string_view kJob = R"(name: "small"
data { train { csv { file: "x.csv" table { column { name: "kind" role: CLASS_NAME } } } } }
network { layer { units: 16 } layer { units: 8 } output { units: 10 } }
optimizer { adam { } }
training { batch_size: 64 epochs: 5 }
)";

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

void fuzz_overrides(std::string_view input) {
  try {
    parse_job(kJob, "job.textproto", "/jobs", lines_of(input));
  } catch (const Error&) {
    return;
  }
}

}  // namespace lockstep
