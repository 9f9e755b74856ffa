#include "verify/verdict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/json_text.h"
#include "base/number_text.h"

namespace lockstep {
namespace {

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

}  // namespace

std::string verdict_text(const Verification& verification, const VerifiedRange& range) {
  const bool has_digests = !verification.not_compared().contains("weights_digest");
  return fmt::format(
      "verified: the {} of steps {} to {} follow from the job, the data and the "
      "seed ({}{}, digest {}){}\n",
      has_digests ? "weights" : "recorded numbers", range.from, range.to,
      format_quantity(verification.compared(), "evaluation"),
      range.to_the_end ? " and the summary" : "", verification.weights_digest(),
      gaps_text(verification));
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

}  // namespace lockstep
