#include "report/progress.h"

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "report/format.h"
#include "report/metrics_jsonl.h"
#include "report/samples.h"

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::Not;

// An open descriptor of a file.
class Opened {
 public:
  Opened(const std::filesystem::path& path, int flags)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
    EXPECT_GE(descriptor_, 0) << path;
  }
  ~Opened() { ::close(descriptor_); }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// A value of an environment variable for as long as this lives.
class EnvironmentVariable {
 public:
  EnvironmentVariable(std::string name, const char* value) : name_(std::move(name)) {
    if (const char* old = std::getenv(name_.c_str())) old_ = old;
    ::setenv(name_.c_str(), value, 1);
  }
  ~EnvironmentVariable() {
    if (old_) {
      ::setenv(name_.c_str(), old_->c_str(), 1);
    } else {
      ::unsetenv(name_.c_str());
    }
  }
  EnvironmentVariable(const EnvironmentVariable&) = delete;
  EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;

 private:
  std::string name_;
  std::optional<std::string> old_;
};

// The terminal side of a new pseudo-terminal.
class Terminal {
 public:
  Terminal() : control_(::posix_openpt(O_RDWR | O_NOCTTY)) {
    EXPECT_EQ(::grantpt(control_), 0);
    EXPECT_EQ(::unlockpt(control_), 0);
    descriptor_ = ::open(::ptsname(control_), O_RDWR | O_NOCTTY);
    EXPECT_GE(descriptor_, 0);
  }
  ~Terminal() {
    ::close(descriptor_);
    ::close(control_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int control_;
  int descriptor_ = -1;
};

struct Written {
  std::string log;
  std::string results;
};

// What a small run writes.
Written run_with(ProgressStyle style) {
  const auto directory = fresh_directory();
  {
    const Opened log(directory / "log", O_CREAT | O_WRONLY);
    const Opened results(directory / "results", O_CREAT | O_WRONLY);
    ProgressReport report(style, log.get(), results.get());
    report.on_notice("starting fresh");
    RunStart start = sample_start("runs/a");
    report.on_start(start);
    report.on_progress({.step = 100,
                        .total_steps = 4300,
                        .epoch = 0.5,
                        .batch_cost = 0.9,
                        .examples_per_second = 20000});
    report.on_evaluation(sample_evaluation(1));
    Evaluation best = sample_evaluation(10);
    best.best = true;
    report.on_evaluation(best);
    report.on_evaluation(sample_evaluation(14));
    report.on_finish(sample_summary());
  }
  return {read_text(directory / "log"), read_text(directory / "results")};
}

TEST(ProgressReport, WithoutATerminalWritesOneLinePerEvaluation) {
  const RunStart start = sample_start("runs/a");
  Evaluation best = sample_evaluation(10);
  best.best = true;
  const Written written = run_with({});
  EXPECT_EQ(written.log, "starting fresh\n" + format_start(start) + "\n" +
                             format_evaluation(start, sample_evaluation(1)) + "\n" +
                             format_evaluation(start, best) + "\n" +
                             format_evaluation(start, sample_evaluation(14)) + "\n");
}

TEST(ProgressReport, ResultsGoToStdoutWithTheBestEvaluation) {
  Evaluation best = sample_evaluation(10);
  best.best = true;
  EXPECT_EQ(run_with({}).results, format_finish(sample_start("runs/a"), sample_summary(), best));
}

TEST(ProgressReport, OnATerminalOneLineIsRedrawn) {
  const std::string log = run_with({.live = true, .color = false}).log;
  EXPECT_THAT(log, HasSubstr("\r\x1b[Kstep   100/4,300"));
  // The permanent line takes the place of the live one.
  EXPECT_THAT(log, HasSubstr("\r\x1b[Kstep   215/4,300"));
  EXPECT_THAT(log, Not(HasSubstr("\x1b[32m")));
  EXPECT_THAT(log, Not(HasSubstr("\x1b[1m")));
}

TEST(ProgressReport, ColorMarksTheBest) {
  EXPECT_THAT(run_with({.live = true, .color = true}).log, HasSubstr("\x1b[32mstep 2,150/4,300"));
}

TEST(ProgressReport, TheLiveLineFitsTheTerminal) {
  const auto directory = fresh_directory();
  RunStart start = sample_start(directory);
  start.total_steps = 1000000000000000;
  start.steps_per_epoch = 1;
  const Opened log(directory / "log", O_CREAT | O_WRONLY);
  ProgressReport report({.live = true, .color = false}, log.get(), log.get());
  report.on_start(start);
  const auto before = read_text(directory / "log").size();
  report.on_progress({.step = 1,
                      .total_steps = start.total_steps,
                      .epoch = 1,
                      .batch_cost = 1,
                      .examples_per_second = 1});
  // 79 of a file's 80 columns, after the four bytes that clear the line.
  EXPECT_EQ(read_text(directory / "log").size() - before, 4u + 79u);
}

TEST(ProgressReport, LeavesACleanLineWhenTrainingFails) {
  const auto directory = fresh_directory();
  {
    const Opened log(directory / "log", O_CREAT | O_WRONLY);
    ProgressReport report({.live = true, .color = false}, log.get(), log.get());
    report.on_start(sample_start(directory));
    report.on_progress({});
  }
  EXPECT_THAT(read_text(directory / "log"), testing::EndsWith("\r\x1b[K"));
}

TEST(ProgressReport, AResumedRunKnowsItsBestEvaluation) {
  const auto directory = fresh_directory();
  Evaluation best = sample_evaluation(10);
  best.best = true;
  replace_file(directory / "metrics.jsonl", metrics_line(best));
  RunStart start = sample_start(directory);
  start.first_step = 2150;
  const Opened null("/dev/null", O_WRONLY);
  const Opened results(directory / "results", O_CREAT | O_WRONLY);
  ProgressReport report({}, null.get(), results.get());
  report.on_start(start);
  report.on_finish(sample_summary());
  EXPECT_THAT(read_text(directory / "results"),
              HasSubstr("best     step 2,150, epoch 10, dev error 10.94%"));
}

TEST(ProgressReport, AFullStderrIsIgnored) {
  const Opened full("/dev/full", O_WRONLY);
  const Opened null("/dev/null", O_WRONLY);
  ProgressReport report({.live = true, .color = true}, full.get(), null.get());
  report.on_start(sample_start("runs/a"));
  report.on_progress({});
  report.on_evaluation(sample_evaluation(1));
  report.on_finish(sample_summary());
}

TEST(ProgressReport, AFullStdoutIsAnIoErrorAtTheEnd) {
  const Opened full("/dev/full", O_WRONLY);
  const Opened null("/dev/null", O_WRONLY);
  ProgressReport report({}, null.get(), full.get());
  report.on_start(sample_start("runs/a"));
  report.on_evaluation(sample_evaluation(1));
  try {
    report.on_finish(sample_summary());
    FAIL() << "wrote to a full device";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::io);
    EXPECT_THAT(error.what(), HasSubstr("No space left on device"));
  }
}

TEST(ProgressStyle, LiveAndColoredOnATerminalOnly) {
  const EnvironmentVariable kind("TERM", "xterm");
  const EnvironmentVariable no_color("NO_COLOR", "");
  const Terminal terminal;
  EXPECT_TRUE(progress_style(terminal.get(), true).live);
  EXPECT_TRUE(progress_style(terminal.get(), true).color);
  EXPECT_TRUE(progress_style(terminal.get(), false).live);
  EXPECT_FALSE(progress_style(terminal.get(), false).color);
  const Opened null("/dev/null", O_WRONLY);
  EXPECT_FALSE(progress_style(null.get(), true).live);
  EXPECT_FALSE(progress_style(null.get(), true).color);
}

TEST(ProgressStyle, HonoursNoColor) {
  const EnvironmentVariable kind("TERM", "xterm");
  const EnvironmentVariable no_color("NO_COLOR", "1");
  const Terminal terminal;
  EXPECT_TRUE(progress_style(terminal.get(), true).live);
  EXPECT_FALSE(progress_style(terminal.get(), true).color);
}

TEST(ProgressStyle, ADumbTerminalIsNotRedrawn) {
  const EnvironmentVariable kind("TERM", "dumb");
  const Terminal terminal;
  EXPECT_FALSE(progress_style(terminal.get(), true).live);
}

}  // namespace
}  // namespace lockstep
