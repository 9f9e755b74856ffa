#include "sets/same_data.h"

#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/or_none.h"

namespace lockstep {

void require_same_data(std::string_view set, std::string_view then, std::string_view now) {
  if (then == now) return;
  throw Error(ExitCode::data,
              fmt::format("the {} data has changed since the checkpoint: fingerprint {}, was {}; "
                          "--allow-changed-data continues anyway",
                          set, or_none(now), or_none(then)));
}

SameData::SameData(DataFingerprints expected, std::string of)
    : expected_(std::move(expected)), of_(std::move(of)) {}

void SameData::on_start(const RunStart& start) {
  const auto compare = [&](const char* set, const std::string& then, const std::string& now) {
    if (then == now) return;
    throw Error(
        ExitCode::data,
        fmt::format("the {} data is not that of {} (fingerprint {}, there {}): errors on "
                    "different data cannot be compared; start a new run directory, or restore "
                    "it; --allow-changed-data continues anyway",
                    set, of_, or_none(now), or_none(then)));
  };
  compare("training", expected_.train, start.train_fingerprint);
  compare("dev", expected_.dev, start.dev_fingerprint);
}

}  // namespace lockstep
