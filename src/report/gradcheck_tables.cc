#include "report/gradcheck_tables.h"

#include <cstddef>

#include <fmt/format.h>

namespace lockstep {
namespace {

constexpr std::size_t kWorstEntries = 5;

const char* meaning_of(GradientVerdict verdict) {
  switch (verdict) {
    case GradientVerdict::great:
      return "at most 1e-7 apart";
    case GradientVerdict::fair:
      return "at most 1e-5 apart: right, if no single entry stands out";
    case GradientVerdict::unresolved:
      return "no verdict: the difference is within the rounding of J, so the gradient is too small "
             "for a verdict; or every entry is at a kink, or everything is 0";
    case GradientVerdict::doubtful:
      return "more than 1e-5 apart: look at the entries, some are probably wrong";
    case GradientVerdict::wrong:
      break;
  }
  return "1e-3 or more apart: there is probably a bug";
}

std::string name_of(const GradcheckStage& stage) {
  return stage.step == 0 ? "initial weights" : fmt::format("weights after step {}", stage.step);
}

// Row and column of an entry in its tensor.
struct RowAndColumn {
  std::uint64_t row;
  std::uint64_t column;
};

RowAndColumn row_and_column_of(const ParameterTensor& tensor, std::uint64_t entry) {
  const std::uint64_t i = entry - tensor.offset;
  return {i / tensor.columns(), i % tensor.columns()};
}

std::string entry_line(const ParameterTensor& tensor, const CheckedEntry& entry) {
  const RowAndColumn at = row_and_column_of(tensor, entry.entry);
  const std::string where = tensor.shape.size() == 1 ? fmt::format("[{}]", at.row)
                                                     : fmt::format("[{}, {}]", at.row, at.column);
  return fmt::format("    {:<16} {:<14} {:>14.6g} {:>14.6g}\n", tensor.name, where, entry.numerical,
                     entry.analytic);
}

std::string line(const std::string& name, const Comparison& of) {
  const bool zero = of.compared > 0 && of.numerical_norm == 0 && of.analytic_norm == 0;
  return fmt::format("  {:<16} {:>9} {:>14.6g} {:>14.6g} {:>10.2e}  {}{}\n", name, of.compared,
                     of.numerical_norm, of.analytic_norm, of.ratio, enum_name(of.verdict),
                     zero ? " (all zero)" : "");
}

std::string epsilon_lines(const Comparison& of, double epsilon) {
  std::string text;
  if (of.reduced > 0) {
    text += fmt::format(
        "  {} with a smaller epsilon, because J has a kink, or bends too much, within {:g}\n",
        of.reduced, epsilon);
  }
  if (of.enlarged > 0) {
    text += fmt::format("  {} with a larger epsilon, because with {:g} J's rounding hides them\n",
                        of.enlarged, epsilon);
  }
  if (of.at_kink > 0) {
    text +=
        fmt::format("  {} more at a kink of J, where it has no derivative: left out\n", of.at_kink);
  }
  return text;
}

std::string stage_text(const GradcheckStage& stage, double epsilon, bool one_sided) {
  const GradientCheck& check = stage.check;
  std::string text =
      fmt::format("{} (digest {}): J = {:.9g}\n", name_of(stage), stage.weights_digest, check.cost);
  text += fmt::format("  {:<16} {:>9} {:>14} {:>14} {:>10}  {}\n", "", "entries", "|numerical|",
                      "|analytic|", "ratio", "verdict");
  for (const TensorCheck& tensor : check.tensors) {
    text += line(tensor.tensor.name, tensor.comparison);
  }
  text += line("all of theta", check.all);
  text += epsilon_lines(check.all, epsilon);
  std::string worst;
  for (const TensorCheck& tensor : check.tensors) {
    if (tensor.comparison.verdict == GradientVerdict::great) continue;
    for (const CheckedEntry& entry : worst_entries(tensor, kWorstEntries)) {
      worst += entry_line(tensor.tensor, entry);
    }
  }
  if (!worst.empty()) {
    text += fmt::format("  worst entries:\n    {:<16} {:<14} {:>14} {:>14}\n", "", "row, column",
                        "numerical", "analytic");
    text += worst;
  }
  text += fmt::format("  {}{}: {}\n", one_sided ? "by one-sided differences " : "",
                      enum_name(stage.verdict), meaning_of(stage.verdict));
  if (stage.suspect) text += fmt::format("  suspect: {}\n", stage.suspect->hint);
  return text;
}

Json comparison_json(const Comparison& of) {
  Json object;
  object["compared"] = of.compared;
  object["at_kink"] = of.at_kink;
  object["smaller_epsilon"] = of.reduced;
  object["larger_epsilon"] = of.enlarged;
  set_number(object, "numerical_norm", of.numerical_norm);
  set_number(object, "analytic_norm", of.analytic_norm);
  set_number(object, "difference_norm", of.difference_norm);
  set_number(object, "rounding_norm", of.rounding_norm);
  set_number(object, "ratio", of.ratio);
  object["verdict"] = enum_name(of.verdict);
  return object;
}

Json tensor_json(const TensorCheck& tensor) {
  Json object;
  object["name"] = tensor.tensor.name;
  object["rows"] = tensor.tensor.rows();
  object["columns"] = tensor.tensor.columns();
  object.update(comparison_json(tensor.comparison));
  Json worst = Json::array();
  for (const CheckedEntry& entry : worst_entries(tensor, kWorstEntries)) {
    const RowAndColumn at = row_and_column_of(tensor.tensor, entry.entry);
    Json one;
    one["row"] = at.row;
    one["column"] = at.column;
    set_number(one, "weight", entry.weight);
    set_number(one, "numerical", entry.numerical);
    set_number(one, "analytic", entry.analytic);
    set_number(one, "epsilon", entry.epsilon);
    worst.push_back(one);
  }
  object["worst"] = worst;
  return object;
}

Json stage_json(const GradcheckStage& stage) {
  Json object;
  object["step"] = stage.step;
  object["weights_digest"] = stage.weights_digest;
  object["verdict"] = enum_name(stage.verdict);
  set_number(object, "cost", stage.check.cost);
  object["theta"] = comparison_json(stage.check.all);
  Json tensors = Json::array();
  for (const TensorCheck& tensor : stage.check.tensors) tensors.push_back(tensor_json(tensor));
  object["tensors"] = tensors;
  object["suspect"] = nullptr;
  if (stage.suspect) {
    Json suspect;
    suspect["tensors"] = stage.suspect->tensors;
    suspect["layer"] = stage.suspect->layer ? Json(*stage.suspect->layer) : Json();
    suspect["hint"] = stage.suspect->hint;
    object["suspect"] = suspect;
  }
  return object;
}

}  // namespace

std::string gradcheck_text(const GradcheckResult& result) {
  std::string text = fmt::format("gradient check of {}: {}, {} parameters, in double\n", result.job,
                                 result.network, result.parameters);
  text += fmt::format("J: the mean loss of {} training examples (of the job's first batch{}){}\n",
                      result.rows, result.augmentation ? ", not augmented" : "",
                      result.penalty
                          ? fmt::format(", and the penalty with m = {}", result.train_examples)
                          : ", no penalty");
  if (result.has_dropout) {
    text += result.frozen_dropout ? "dropout: frozen to the masks of step 0\n"
                                  : "dropout: off (--dropout frozen keeps one mask)\n";
  }
  text += fmt::format(
      "{} of {} entries of theta, each against a {} difference with "
      "epsilon {:g}{}\n",
      result.entries, result.parameters, result.one_sided ? "one-sided" : "two-sided",
      result.epsilon,
      result.entries < result.parameters ? " (--entries all checks every one)" : "");
  if (result.one_sided) {
    text +=
        "the error of a one-sided difference is of the order of epsilon, not of its square (1.12): "
        "only two-sided differences decide whether the gradient is right\n";
  }
  for (const GradcheckStage& stage : result.stages) {
    text += "\n" + stage_text(stage, result.epsilon, result.one_sided);
  }
  return text;
}

Json gradcheck_json(const GradcheckResult& result) {
  Json object;
  object["job"] = result.job;
  // Null if nothing shows the gradient to be wrong, but it is not fully confirmed either.
  object["passed"] = result.confirmed() ? Json(true) : result.passed() ? Json() : Json(false);
  object["units"] = result.units;
  object["parameters"] = result.parameters;
  object["entries"] = result.entries;
  object["epsilon"] = result.epsilon;
  object["difference"] = result.one_sided ? "one_sided" : "two_sided";
  object["examples"] = result.rows;
  object["train_examples"] = result.train_examples;
  object["penalty"] = result.penalty;
  object["dropout"] = !result.has_dropout ? "none" : result.frozen_dropout ? "frozen" : "off";
  Json stages = Json::array();
  for (const GradcheckStage& stage : result.stages) stages.push_back(stage_json(stage));
  object["checks"] = stages;
  return object;
}

}  // namespace lockstep
