#include "init/job_draft.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/nearest.h"
#include "base/number_text.h"
#include "base/parse_number.h"
#include "data/complaints.h"
#include "data/table.h"

namespace lockstep {
namespace {

constexpr std::uint64_t kFewestRows = 10;
constexpr std::size_t kFewestGroups = 10;
// When more than this share of the rows repeat others, the draft says how they are treated.
constexpr double kFewRepeats = 0.2;

[[noreturn]] void refuse_request(const std::string& what) { throw Error(ExitCode::usage, what); }

[[noreturn]] void refuse_table(const DraftRequest& request, const std::string& what) {
  throw Error(ExitCode::data, fmt::format("{}: {}", request.file, what));
}

std::string list_of_columns(const TableSurvey& survey) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < survey.columns.size(); ++i) {
    const std::string& name = survey.columns[i].name;
    names.push_back(name.empty() ? std::to_string(i + 1) : quoted_text(name));
  }
  return fmt::format("the columns are {}", listed(names));
}

// The column that `word` of an option names. Throws Error(usage).
std::size_t find_column(const TableSurvey& survey, const char* option, const std::string& word) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < survey.columns.size(); ++i) {
    if (!word.empty() && survey.columns[i].name == word) return i;
    names.push_back(survey.columns[i].name);
  }
  const std::size_t index = parse_number<std::size_t>(word).value_or(0);
  if (index >= 1 && index <= survey.columns.size()) return index - 1;
  const auto meant = nearest_word(word, names);
  refuse_request(fmt::format("{} {}: the file has no such column{}; {}", option, word,
                             meant ? fmt::format("; did you mean {}?", *meant) : "",
                             list_of_columns(survey)));
}

// The roles that the user gave, by column.
std::map<std::size_t, ColumnRole> given_roles(const TableSurvey& survey,
                                              const DraftRequest& request) {
  std::map<std::size_t, ColumnRole> roles;
  const auto give = [&](const char* option, const std::string& word, ColumnRole role) {
    const std::size_t column = find_column(survey, option, word);
    if (!roles.emplace(column, role).second) {
      refuse_request(
          fmt::format("{} {}: the column already has a role in this command", option, word));
    }
  };
  for (const std::string& word : request.targets) give("--target", word, ColumnRole::label);
  for (const std::string& word : request.ids) give("--id", word, ColumnRole::id);
  for (const std::string& word : request.ignored) give("--ignore", word, ColumnRole::ignored);
  if (!request.group.empty()) give("--group", request.group, ColumnRole::group);
  return roles;
}

void check_table(const TableSurvey& survey, const DraftRequest& request) {
  std::set<std::string> names;
  for (const ColumnSurvey& column : survey.columns) {
    if (column.name.empty() || names.insert(column.name).second) continue;
    refuse_table(request,
                 fmt::format("two columns are named {}; rename one", quoted_text(column.name)));
  }
  if (request.targets.empty()) {
    refuse_request(
        fmt::format("--target says which column is predicted; {}", list_of_columns(survey)));
  }
  if (survey.rows < kFewestRows) {
    refuse_table(request, fmt::format("has {}; at least {} are needed to train and to measure",
                                      format_quantity(survey.rows, "row"), kFewestRows));
  }
}

// Refuses a column of groups that the split cannot divide.
void check_group(const TableSurvey& survey, const DraftRequest& request) {
  const std::size_t index = find_column(survey, "--group", request.group);
  const ColumnSurvey& column = survey.columns[index];
  const std::string title = title_of(column, index);
  if (column.missing > 0) {
    refuse_table(request,
                 fmt::format("{}, the group: no value in line {}; every row needs its group", title,
                             column.first_missing_line));
  }
  if (column.texts.size() < kFewestGroups) {
    refuse_table(
        request,
        fmt::format("{}, the group: has {} different texts; at least {} are needed, because "
                    "dev and test get whole groups",
                    title, column.texts.size(), kFewestGroups));
  }
}

ColumnRule rule_of(const TableSurvey& survey, std::size_t column, ColumnRole role) {
  const std::string& name = survey.columns[column].name;
  return {name, name.empty() ? static_cast<std::uint32_t>(column + 1) : 0, role};
}

// The kind of the target column, as wished or as guessed. Throws Error.
TargetGuess target_of(const TableSurvey& survey, const DraftRequest& request, std::size_t column) {
  const ColumnSurvey& cells = survey.columns[column];
  TargetGuess guess = guess_target(cells);
  const std::string title = title_of(cells, column);
  if (!guess.objection.empty()) {
    refuse_table(request, fmt::format("{}, the target: {}", title, guess.objection));
  }
  const bool is_numeric = cells.numbers == present(cells);
  if (request.targets.size() > 1) {
    if (!is_numeric) {
      refuse_request(fmt::format("{} is not a number; several targets must all be numbers", title));
    }
    return {.kind = TargetKind::number, .reason = "a number, one of the predicted values"};
  }
  if (!request.kind || *request.kind == guess.kind) {
    if (request.kind) guess.either = false;
    return guess;
  }
  if (*request.kind == TargetKind::number && !is_numeric) {
    refuse_request(fmt::format("--regress: {} is not a number", title));
  }
  if (*request.kind == TargetKind::classes &&
      (has_uncounted(cells) || 2 * cells.texts.size() > cells.rows)) {
    refuse_request(
        fmt::format("--classify: {} has {} different values in {} rows, too many for classes",
                    title, format_count(cells.texts.size()), format_count(cells.rows)));
  }
  const bool classifies = *request.kind == TargetKind::classes;
  return {.kind = *request.kind,
          .reason = classifies ? fmt::format("{} classes, as --classify says", cells.texts.size())
                               : "a number, as --regress says"};
}

std::string reason_given(ColumnRole role) {
  switch (role) {
    case ColumnRole::id:
      return "named by --id; it is copied to the left of the predictions";
    case ColumnRole::group:
      return "named by --group; rows with the same text stay together";
    default:
      return "named by --ignore";
  }
}

void add_target(JobDraft& draft, const TableSurvey& survey, const DraftRequest& request,
                std::size_t column) {
  const TargetGuess target = target_of(survey, request, column);
  const ColumnSurvey& cells = survey.columns[column];
  const bool classes = target.kind == TargetKind::classes;
  if (classes) draft.size.classes = cells.texts.size();
  ++draft.targets;
  const std::string title = title_of(cells, column);
  draft.columns.push_back(
      {rule_of(survey, column, classes ? ColumnRole::class_name : ColumnRole::label), title,
       "the target: " + target.reason});
  if (target.either) {
    draft.hints.push_back(fmt::format(
        "{} holds {} different whole numbers, which are taken for classes; if a number between two "
        "of them would make sense, say --regress",
        title, cells.texts.size()));
  }
}

void add_input(JobDraft& draft, const TableSurvey& survey, std::size_t column) {
  const ColumnSurvey& cells = survey.columns[column];
  const ColumnGuess guess = guess_input(cells);
  const bool is_number = guess.role == ColumnRole::number;
  const bool is_input = is_number || guess.role == ColumnRole::category;
  if (is_input) {
    draft.inputs.push_back(column);
    draft.size.features += is_number ? 1 : cells.texts.size();
    draft.fills |= cells.missing > 0 || guess.missing_words;
    const auto add_missing = [&](const Vocabulary& found) {
      draft.missing_texts.insert(draft.missing_texts.end(), found.texts().begin(),
                                 found.texts().end());
    };
    add_missing(cells.missing_texts);
    if (guess.missing_words) add_missing(cells.perhaps_missing_texts);
  }
  const std::string title = title_of(cells, column);
  // A column without a name is an input only when the job names it.
  if (!is_number || !guess.reason.empty() || (cells.name.empty() && survey.dialect.header)) {
    draft.columns.push_back({rule_of(survey, column, guess.role), title, guess.reason});
  }
  if (guess.may_be_group) {
    draft.hints.push_back(fmt::format(
        "several rows have the same text in {}; if it names whom or what the rows are about, "
        "--group {} keeps its rows together, so that dev and test have new ones",
        title, cells.name.empty() ? std::to_string(column + 1) : quoted_text(cells.name)));
  }
}

}  // namespace

JobDraft draft_job(const TableSurvey& survey, const DraftRequest& request) {
  check_table(survey, request);
  JobDraft draft;
  draft.name = request.name;
  draft.file = request.file;
  draft.dialect = survey.dialect;
  draft.decimal_comma = survey.decimal_comma;
  draft.rows = draft.size.rows = survey.rows;
  draft.all_columns = survey.columns.size();
  draft.missing_texts = request.missing_texts;
  draft.by_group = !request.group.empty();
  const auto roles = given_roles(survey, request);
  if (draft.by_group) check_group(survey, request);
  for (std::size_t i = 0; i < survey.columns.size(); ++i) {
    const auto given = roles.find(i);
    if (given == roles.end()) {
      add_input(draft, survey, i);
    } else if (given->second == ColumnRole::label) {
      add_target(draft, survey, request, i);
    } else {
      draft.columns.push_back({rule_of(survey, i, given->second), title_of(survey.columns[i], i),
                               reason_given(given->second)});
    }
  }
  if (draft.size.features == 0) {
    std::vector<std::string> reasons;
    reasons.reserve(draft.columns.size());
    for (const DraftColumn& column : draft.columns) {
      reasons.push_back(fmt::format("{}: {}", column.title, column.reason));
    }
    refuse_table(request,
                 fmt::format("no column is left as an input: {}", fmt::join(reasons, "; ")));
  }
  std::ranges::sort(draft.missing_texts);
  const auto repeated = std::ranges::unique(draft.missing_texts);
  draft.missing_texts.erase(repeated.begin(), repeated.end());
  draft.training = guess_training(draft.size);
  return draft;
}

void note_repeated_rows(JobDraft& draft, const TableSurvey& survey, std::uint64_t repeated) {
  draft.repeated_rows = repeated;
  if (static_cast<double>(repeated) <= kFewRepeats * static_cast<double>(draft.rows)) return;
  const bool few_values = std::ranges::all_of(draft.inputs, [&](std::size_t input) {
    return survey.columns[input].texts.size() <= kMostCategoryTexts;
  });
  draft.repeats = few_values || draft.by_group ? RepeatedRows::natural : RepeatedRows::together;
  draft.hints.push_back(fmt::format(
      "{} of {} rows have the inputs of another row; {}", format_count(repeated),
      format_count(draft.rows),
      draft.repeats == RepeatedRows::natural
          ? "that is natural where inputs have few values, and is allowed "
            "(data.max_copied_share), but if rows were copied, dev and test promise too much"
          : "the split keeps them together (by_content), so that dev and test have new ones"));
}

}  // namespace lockstep
