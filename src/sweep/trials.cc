#include "sweep/trials.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/parse_number.h"
#include "config/metric.h"
#include "sweep/check_trials.h"

namespace lockstep {
namespace {

// Checks what a sweep requires of a job in addition to what training requires.
void check_for_sweep(const SweepConfig& sweep, const Job& job, Problems& problems) {
  if (!job.data.dev && !job.data.split.dev) {
    problems.add({}, "a sweep compares trials on a dev set (1.4); give data.dev or data.split.dev");
  }
  const bool values = predicts_values(job.network.output.loss);
  if (!suits(sweep.metric, values)) {
    problems.add({}, why_not_suited("the sweep's metric", sweep.metric, values));
  }
  if (!job.checkpointing.enabled) {
    problems.add({},
                 "a sweep needs checkpointing, to resume trials and to test the winner; "
                 "remove checkpointing.enabled: false");
  }
}

// Collects every problem of the trials once, with the first trial that has it.
class TrialProblems {
 public:
  explicit TrialProblems(const LoadedSweep& loaded) : loaded_(loaded) {}

  void add(const SearchPoint& values, std::uint32_t number, const Problem& problem) {
    const Place& place = problem.place;
    const auto [known, is_new] = index_of_.emplace(
        std::tuple(place.override_text, problem.message, place.line, place.column), found_.size());
    if (is_new) found_.push_back({problem, values, {}});
    found_[known->second].trials.insert(number);
  }

  // `trials`: how many there are.
  void throw_if_any(std::size_t trials) const {
    Problems in_job(loaded_.sweep.job.string());
    Problems in_sweep(loaded_.file_name);
    for (const Found& found : found_) tell(found, trials, in_job, in_sweep);
    if (in_job.empty() || in_sweep.empty()) {
      in_job.throw_if_any();
      return in_sweep.throw_if_any();
    }
    throw Error(ExitCode::usage, in_job.describe() + "\n" + in_sweep.describe());
  }

 private:
  struct Found {
    Problem problem;
    SearchPoint values;  // of the first trial
    std::set<std::uint32_t> trials;
  };

  void tell(const Found& found, std::size_t trials, Problems& in_job, Problems& in_sweep) const {
    const SweepConfig& sweep = loaded_.sweep;
    const auto& [place, message] = found.problem;
    const std::string& set = place.override_text;
    const bool in_every_trial = trials > 1 && found.trials.size() == trials;
    const std::string trial = in_every_trial ? "(in every trial)"
                                             : fmt::format("(trial {}: {})", *found.trials.begin(),
                                                           describe_values(sweep, found.values));
    if (set.empty()) {
      in_job.add(place, fmt::format("{} {}", message, trial));
    } else if (const SweepParameter* parameter = setter_of(sweep, found.values, set)) {
      in_sweep.add(parameter->place, fmt::format("parameter \"{}\" sets {}: {} {}", parameter->name,
                                                 set, message, trial));
    } else {
      const auto index = std::ranges::find(sweep.assignments, set) - sweep.assignments.begin();
      const Place& written = sweep.assignment_places[static_cast<std::size_t>(index)];
      const std::string what =
          written.override_text.empty() ? fmt::format("set \"{}\": ", set) : "";
      in_sweep.add(written, fmt::format("{}{} {}", what, message, trial));
    }
  }

  const LoadedSweep& loaded_;
  std::vector<Found> found_;
  std::map<std::tuple<std::string, std::string, int, int>, std::size_t> index_of_;
};

// Checks before combinations are made that they are not too many and that no values are equal.
void check_points(const LoadedSweep& loaded) {
  const SweepConfig& sweep = loaded.sweep;
  Problems problems(loaded.file_name);
  const auto* random = std::get_if<RandomSearch>(&sweep.search);
  std::uint64_t trials = random != nullptr ? random->trials : 1;
  for (const SweepParameter& parameter : sweep.parameters) {
    if (random != nullptr || trials > kMostTrials) break;
    trials *= std::min(grid_size(parameter), kMostTrials + 1);
    const auto* range = std::get_if<NumberRange>(&parameter.values);
    if (range == nullptr || trials > kMostTrials) continue;
    const std::vector<double> numbers = grid_numbers(*range);
    const auto twice = std::ranges::adjacent_find(numbers);
    if (twice != numbers.end()) {
      problems.add(
          parameter.place,
          fmt::format("parameter \"{}\" has {} twice: rounded to whole numbers, some of the {} "
                      "numbers from {} to {} are equal; use fewer steps",
                      parameter.name, *twice, range->steps, range->min, range->max));
    }
  }
  if (trials > kMostTrials) {
    problems.add({},
                 fmt::format("the sweep has more than {0} trials; use at most {0}", kMostTrials));
  }
  problems.throw_if_any();
}

// Makes trials out of points, in their order.
class TrialMaker {
 public:
  explicit TrialMaker(const LoadedSweep& loaded)
      : loaded_(loaded),
        job_name_(loaded.sweep.job.string()),
        text_(read_text_file(loaded.sweep.job, "job")),
        problems_(loaded) {}

  [[nodiscard]] const std::vector<Trial>& trials() const { return trials_; }

  void take(const SearchPoint& values) {
    const SweepConfig& sweep = loaded_.sweep;
    const auto number = static_cast<std::uint32_t>(trials_.size());
    std::vector<std::string> assignments = sweep.assignments;
    for (const ParameterValue& value : values) {
      assignments.insert(assignments.end(), value.assignments.begin(), value.assignments.end());
    }
    Problems problems(job_name_);
    auto job = parse_job(text_, sweep.job.parent_path(), assignments, problems);
    if (job) check_for_sweep(sweep, job->job, problems);
    for (const Problem& problem : problems.all()) problems_.add(values, number, problem);
    if (!job) job.emplace();
    const auto [first, is_new] = number_of_.emplace(nameless(*job), number);
    // Jobs with problems are not compared, so that all problems are found.
    if (is_new || !problems.empty()) {
      trials_.push_back({number, values, *std::move(job)});
    } else {
      trials_[first->second].also.push_back(values);
    }
  }

  // Errors: as in resolve_trials.
  std::vector<Trial> finish() && {
    problems_.throw_if_any(trials_.size());
    check_trials(loaded_, trials_);
    return std::move(trials_);
  }

 private:
  // The job without its name, which does not matter in a sweep.
  static std::string nameless(const LoadedJob& job) {
    if (job.resolved_text.empty()) return "";
    return parse_resolved_job(job.resolved_text, std::vector<std::string>{"name=trial"})
        .resolved_text;
  }

  const LoadedSweep& loaded_;
  const std::string job_name_;
  const std::string text_;
  TrialProblems problems_;
  std::vector<Trial> trials_;
  std::map<std::string, std::uint32_t> number_of_;  // number of the trial with this job
};

}  // namespace

const SweepParameter* setter_of(const SweepConfig& sweep, const SearchPoint& values,
                                const std::string& assignment) {
  for (std::size_t i = values.size(); i-- > 0;) {
    if (std::ranges::count(values[i].assignments, assignment) > 0) return &sweep.parameters[i];
  }
  return nullptr;
}

std::vector<Trial> resolve_trials(const LoadedSweep& loaded) {
  check_points(loaded);
  TrialMaker maker(loaded);
  const auto* random = std::get_if<RandomSearch>(&loaded.sweep.search);
  std::vector<SearchPoint> points = search_points(loaded.sweep);
  std::size_t taken = 0;
  const auto take_points = [&] {
    for (; taken < points.size(); ++taken) {
      if (random != nullptr && maker.trials().size() == random->trials) return;
      maker.take(points[taken]);
    }
  };
  take_points();
  // Points that made no trial of their own are replaced by further draws; the number of points
  // doubles each time, as long as new points appear.
  const std::size_t most = random == nullptr ? 0 : 1000 + 10 * std::size_t{random->trials};
  std::size_t asked = random == nullptr ? 0 : random->trials;
  while (random != nullptr && maker.trials().size() < random->trials && points.size() == asked &&
         asked < most) {
    asked *= 2;
    points = search_points(loaded.sweep, static_cast<std::uint32_t>(asked - random->trials));
    take_points();
  }
  return std::move(maker).finish();
}

std::string short_text(const std::string& text) {
  const auto number = parse_number<double>(text);
  return number ? fmt::format("{:.6g}", *number) : text;
}

std::string describe_values(const SweepConfig& sweep, const SearchPoint& values) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < values.size(); ++i) {
    texts.push_back(fmt::format("{}={}", sweep.parameters[i].name, short_text(values[i].text)));
  }
  return fmt::format("{}", fmt::join(texts, " "));
}

std::string describe_trial(const SweepConfig& sweep, const Trial& trial) {
  return fmt::format("trial {} ({})", trial.number, describe_values(sweep, trial.values));
}

}  // namespace lockstep
