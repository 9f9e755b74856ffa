#include "init/draft_text.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/enum_names.h"
#include "base/number_text.h"
#include "data/complaints.h"

namespace lockstep {
namespace {

// `text` as a string of protobuf's text format.
std::string literal(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += fmt::format("\\{}", c);
    } else if (byte < 0x20 || byte == 0x7f) {
      result += fmt::format("\\{:03o}", byte);
    } else {
      result += c;
    }
  }
  return result + '"';
}

// `text` as the end of a line, without characters that would end a comment.
std::string comment(std::string_view text) {
  std::string result = text.empty() ? "" : "  # ";
  for (const char c : text) result += c == '\n' || c == '\r' ? ' ' : c;
  return result;
}

std::string column_lines(const JobDraft& draft) {
  std::vector<std::string> rules;
  std::size_t width = 0;
  for (const DraftColumn& column : draft.columns) {
    const std::string selector = column.rule.index == 0
                                     ? fmt::format("name: {}", literal(column.rule.name))
                                     : fmt::format("index: {}", column.rule.index);
    rules.push_back(fmt::format("column {{ {} role: {} }}", selector, enum_name(column.rule.role)));
    if (rules.back().size() <= 60) width = std::max(width, rules.back().size());
  }
  std::string text;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const std::string& reason = draft.columns[i].reason;
    text += reason.empty() ? fmt::format("        {}\n", rules[i])
                           : fmt::format("        {:<{}}{}\n", rules[i], width, comment(reason));
  }
  return text;
}

std::string delimiter_literal(char delimiter) {
  return delimiter == '\t' ? "\"\\t\"" : fmt::format("\"{}\"", delimiter);
}

std::string source_lines(const JobDraft& draft) {
  std::string text = fmt::format("      file: {}\n", literal(draft.file));
  if (draft.dialect.delimiter != ',') {
    text += fmt::format("      delimiter: {}\n", delimiter_literal(draft.dialect.delimiter));
  }
  if (!draft.dialect.header) {
    text += "      header: false  # the first line has numbers, so columns go by their places\n";
  }
  return text;
}

std::string missing_lines(const JobDraft& draft) {
  std::string text;
  for (const std::string& missing : draft.missing_texts) {
    text += fmt::format("        missing {{ text: {} }}\n", literal(missing));
  }
  if (draft.decimal_comma) text += "        decimal_comma: true  # numbers are written as 1,5\n";
  if (draft.fills) text += "        when_missing: TRAINING_MEAN  # fills in missing inputs\n";
  return text;
}

std::string data_lines(const JobDraft& draft) {
  const char* kept = draft.by_group                            ? " by_group: true"
                     : draft.repeats == RepeatedRows::together ? " by_content: true"
                     : draft.size.classes > 0                  ? " stratified: true"
                                                               : "";
  const char* copies = draft.repeats == RepeatedRows::natural
                           ? "  max_copied_share: 1  # equal rows are natural in this table\n"
                           : "";
  return fmt::format(
      "data {{\n"
      "  train {{\n"
      "    csv {{\n"
      "{}"
      "      table {{\n"
      "        # Columns that are not named here are inputs that are numbers.\n"
      "{}{}"
      "      }}\n"
      "    }}\n"
      "  }}\n"
      "  # The dev part chooses the best epoch, and the test part measures the result.\n"
      "  split {{ dev {{ fraction: {:g} }} test {{ fraction: {:g} }}{} }}\n"
      "{}"
      "}}\n",
      source_lines(draft), column_lines(draft), missing_lines(draft), draft.training.dev,
      draft.training.test, kept, copies);
}

std::string network_lines(const JobDraft& draft) {
  const TrainingGuess& guess = draft.training;
  const std::string keep =
      guess.keep_prob < 1 ? fmt::format(" keep_prob: {:g}", guess.keep_prob) : "";
  const std::string output =
      draft.size.classes > 0
          ? fmt::format(
                "output {{ units: {} loss: SOFTMAX_CROSS_ENTROPY }}  # a unit for each class",
                draft.size.classes)
          : fmt::format("output {{ units: {} loss: SQUARED_ERROR }}  # a unit for each target",
                        draft.targets);
  return fmt::format(
      "# {} and {}. If the training cost is too high, use more units; if the dev cost\n"
      "# is far above it, use fewer, or a smaller keep_prob.\n"
      "network {{\n"
      "  layer {{ units: {} repeat: {} activation: SILU{} }}\n"
      "  {}\n"
      "}}\n",
      format_quantity(draft.rows, "row"), format_quantity(draft.size.features, "input"),
      guess.units, guess.layers, keep, output);
}

std::string training_lines(const JobDraft& draft) {
  const TrainingGuess& guess = draft.training;
  return fmt::format(
      "# The learning rate falls to 0 over the epochs. It is the first number to vary, by factors "
      "of\n"
      "# 3; then try twice the epochs.\n"
      "optimizer {{\n"
      "  adamw {{ learning_rate: {:g} weight_decay: {:g} }}\n"
      "  schedule {{ cosine {{ }} }}\n"
      "}}\n"
      "training {{\n"
      "  batch_size: {}\n"
      "  shards: {}  # the largest possible number of ranks\n"
      "  epochs: {}\n"
      "}}\n"
      "# The weights of the best epoch are kept. The run goes to its end, where the rate is "
      "small.\n"
      "early_stopping {{ metric: DEV_COST patience: {} }}\n"
      "# A state is saved once a minute rather than once an epoch, which may be very short.\n"
      "checkpointing {{ every_epochs: 0 every_minutes: 1 }}\n",
      guess.learning_rate, guess.weight_decay, guess.batch_size, guess.shards, guess.epochs,
      guess.patience);
}

}  // namespace

std::string job_text(const JobDraft& draft, const std::string& command) {
  std::string hints;
  for (const std::string& hint : draft.hints) hints += "# Check: " + hint + ".\n";
  return fmt::format(
      "# A first guess, written by `{}`. Check it, and change what you\n"
      "# know better; `lockstep check --job` shows every default, and docs/job-file.md describes "
      "each field.\n"
      "{}"
      "name: {}\n"
      "seed: 1\n"
      "{}{}{}",
      command, hints, literal(draft.name), data_lines(draft), network_lines(draft),
      training_lines(draft));
}

std::string summary_text(const JobDraft& draft) {
  std::size_t width = 0;
  for (const DraftColumn& column : draft.columns) {
    if (column.title.size() <= 40) width = std::max(width, column.title.size());
  }
  std::string text = fmt::format(
      "{}: {}, {}; delimiter {}, {}\n", draft.file, format_quantity(draft.rows, "row"),
      format_quantity(draft.all_columns, "column"), delimiter_literal(draft.dialect.delimiter),
      draft.dialect.header ? "the first line names the columns" : "no header");
  for (const DraftColumn& column : draft.columns) {
    text += fmt::format("  {:<{}}  {:<10}  {}\n", column.title, width, enum_name(column.rule.role),
                        column.reason);
  }
  const std::uint64_t others = draft.all_columns - draft.columns.size();
  if (others == 1) text += "  1 other column is a number\n";
  if (others > 1) text += fmt::format("  {} other columns are numbers\n", format_count(others));
  const std::string predicts = draft.size.classes > 0
                                   ? fmt::format("{} classes", draft.size.classes)
                                   : format_quantity(draft.targets, "value");
  text += fmt::format("network: {}, {} layers of {} units, {}\n",
                      format_quantity(draft.size.features, "input"), draft.training.layers,
                      draft.training.units, predicts);
  for (const std::string& hint : draft.hints) text += fmt::format("check: {}\n", hint);
  return text;
}

}  // namespace lockstep
