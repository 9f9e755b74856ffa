// What the program asks of the operating system, and what it does where that fails:
// the order of calls that keeps files whole, errors of single calls, files that shrink
// while they are read, shared memory, a full disk, a second interrupt.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "system/program_fixture.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::AnyOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
namespace fs = std::filesystem;

class FileCalls : public ProgramFixture {
 protected:
  // The program with its calls on files written down, and one of them made to fail or
  // wait: see support/file_calls.cc.
  // `end`: how a rank ends, see faulty_main.cc.
  [[nodiscard]] ProgramResult watched(const std::string& arguments, const std::string& fault = "",
                                      int ranks = 1, const std::string& end = "") const {
    fs::remove(directory_ / "calls");
    const std::string program = fmt::format("{} LOCKSTEP_FAULT='{}' {} {}", watching(fault), end,
                                            LOCKSTEP_WITH_FAULTS, arguments);
    return run_program(fmt::format("cd {} && {}", directory_.string(),
                                   ranks == 1 ? program : on_ranks(ranks, program)));
  }
  [[nodiscard]] std::string watching(const std::string& fault) const {
    return fmt::format("env LD_PRELOAD={} FILE_CALLS_LOG={}/calls FILE_CALLS_FAULT='{}'",
                       LOCKSTEP_FILE_CALLS, directory_.string(), fault);
  }

  // The calls of the last watched program, with paths relative to the directory and
  // without process numbers.
  [[nodiscard]] std::vector<std::string> calls() const {
    std::string text = std::regex_replace(file("calls"), std::regex("\\.tmp-[0-9]+"), ".tmp");
    text = std::regex_replace(text, std::regex(directory_.string() + "/?"), "");
    std::vector<std::string> found;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) found.push_back(line);
    return found;
  }

  // Names of temporary files that were left behind, anywhere.
  [[nodiscard]] std::vector<std::string> left_behind() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(directory_)) {
      const std::string name = entry.path().filename().string();
      if (name.find(".tmp-") != std::string::npos) found.push_back(name);
    }
    return found;
  }

  // Trained for an epoch, into `run`.
  void train(const std::string& more = "") const {
    const auto result = run("train job.textproto --run-dir run --set training.epochs=1 " + more);
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
  [[nodiscard]] std::string digest_of(const std::string& run_dir) const {
    return json::parse(file(run_dir + "/summary.json"))["weights_digest"];
  }
};

std::string errno_text(int error) { return std::to_string(error); }

std::string parent(const std::string& path) { return fs::path(path).parent_path().string(); }

// Every file that takes its name by being renamed was written, synced and closed before,
// and its directory is synced before anything else is done.
TEST_F(FileCalls, BytesAreOnDiskBeforeTheNameAndTheNameBeforeTheNextFile) {
  const auto result =
      watched("train job.textproto --threads 1 --run-dir run --set training.epochs=2");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::vector<std::string> all = calls();
  std::set<std::string> renamed;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].starts_with("rename ")) continue;
    std::istringstream words(all[i].substr(7));
    std::string from;
    std::string to;
    words >> from >> to;
    if (from != to + ".tmp") continue;  // not one of ours
    renamed.insert(to);
    const auto last_before = [&](const std::string& call) {
      const auto before = std::vector(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(i));
      return std::find(before.rbegin(), before.rend(), call + " " + from) - before.rbegin();
    };
    EXPECT_LT(last_before("close"), last_before("fsync")) << to;
    EXPECT_LT(last_before("fsync"), last_before("write")) << to;
    EXPECT_LT(last_before("fsync"), static_cast<std::ptrdiff_t>(i)) << to;
    ASSERT_LT(i + 1, all.size()) << to;
    EXPECT_EQ(all[i + 1], "fsync " + parent(to));
  }
  for (const char* name : {"run/ckpt/step-00000005.ckpt", "run/ckpt/step-00000010.ckpt",
                           "run/ckpt/latest", "run/ckpt/best", "run/summary.json"}) {
    EXPECT_THAT(renamed, Contains(name));
  }
  // The pointer comes after what it points to, and after the records that are not made again.
  const auto at = [&](const std::string& call) { return std::ranges::find(all, call); };
  EXPECT_LT(at("write run/metrics.jsonl"), at("fsync run/metrics.jsonl"));
  EXPECT_LT(at("fsync run/metrics.jsonl"), at("rename run/ckpt/latest.tmp run/ckpt/latest"));
  EXPECT_LT(at("rename run/ckpt/step-00000005.ckpt.tmp run/ckpt/step-00000005.ckpt"),
            at("rename run/ckpt/latest.tmp run/ckpt/latest"));
}

TEST_F(FileCalls, AFileThatCannotBeWrittenLeavesTheOldOne) {
  train();
  write("table.csv", "old");
  const auto refused = [&](const std::string& fault, const std::string& message) {
    const auto result = watched("predict run features --output table.csv", fault);
    EXPECT_EQ(result.exit_code, 74) << fault << "\n" << result.err;
    EXPECT_THAT(result.err, HasSubstr(message)) << fault;
    EXPECT_THAT(left_behind(), IsEmpty()) << fault;
  };
  refused("write table.csv 1 " + errno_text(ENOSPC),
          "cannot write table.csv: No space left on device (");
  refused("fsync table.csv 1 " + errno_text(EIO), "cannot flush table.csv: Input/output error");
  refused("close table.csv 1 " + errno_text(EDQUOT), "cannot close table.csv: Disk quota exceeded");
  refused("rename table.csv 1 " + errno_text(EACCES), "cannot rename table.csv: Permission denied");
  EXPECT_EQ(file("table.csv"), "old");
  // The directory is the second that is synced.
  refused("fsync lockstep-system 2 " + errno_text(EIO),
          "cannot flush the directory of table.csv: Input/output error");
}

TEST_F(FileCalls, ADirectoryThatCannotBeSyncedOnANetworkFileSystemIsNoError) {
  train();
  EXPECT_EQ(watched("predict run features --output table.csv",
                    "fsync lockstep-system 2 " + errno_text(EINVAL))
                .exit_code,
            0);
}

TEST_F(FileCalls, WritesThatAreInterruptedOrCutShortGoOn) {
  train();
  const std::string expected = run("predict run features").out;
  for (const char* fault : {"write table.csv 1 pieces", "write table.csv 1 interrupt"}) {
    ASSERT_EQ(watched("predict run features --output table.csv", fault).exit_code, 0) << fault;
    EXPECT_EQ(file("table.csv"), expected) << fault;
  }
}

TEST_F(FileCalls, ACheckpointThatCannotBeWrittenLeavesTheOneBefore) {
  ASSERT_EQ(run("train job.textproto --run-dir whole --set training.epochs=2").exit_code, 0);
  const std::string train = "train job.textproto --run-dir run --set training.epochs=2";
  const auto full = watched(train, "write step-00000010 1 " + errno_text(ENOSPC), 2);
  EXPECT_EQ(full.exit_code, 74) << full.err;
  EXPECT_THAT(full.err, HasSubstr("run/ckpt/step-00000010.ckpt: No space left on device"));
  EXPECT_THAT(left_behind(), IsEmpty());
  EXPECT_EQ(file("run/ckpt/latest"), "step-00000005.ckpt\n");
  const auto resumed = run(train + " --resume must");
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(digest_of("run"), digest_of("whole"));
}

TEST_F(FileCalls, AFailedSaveIsAWarningAndTheNextOneTriesAgain) {
  const std::string train = "train job.textproto --set training.epochs=4 --run-dir ";
  ASSERT_EQ(run(train + "whole").exit_code, 0);
  const auto once = watched(train + "once", "write step-00000010 1 " + errno_text(ENOSPC), 2);
  ASSERT_EQ(once.exit_code, 0) << once.err;
  EXPECT_THAT(once.err, HasSubstr("warning: the state after step 10 could not be saved: cannot "
                                  "write once/ckpt/step-00000010.ckpt: No space left on device ("));
  EXPECT_THAT(once.err, AllOf(HasSubstr(" bytes free); the checkpoint needs about "),
                              HasSubstr("training continues, and the next save tries again")));
  EXPECT_EQ(digest_of("once"), digest_of("whole"));
  const auto synced = watched(train + "synced", "fsync step-00000010 1 " + errno_text(EIO), 2);
  EXPECT_EQ(synced.exit_code, 0) << synced.err;
  EXPECT_THAT(synced.err, HasSubstr("cannot flush synced/ckpt/step-00000010.ckpt"));
  EXPECT_THAT(left_behind(), IsEmpty());
}

// The dev cost falls from one evaluation to the next, so that each is the best so far.
const std::string kEachIsBetter =
    "train job.textproto --set early_stopping.metric=DEV_COST --set "
    "optimizer.adam.learning_rate=0.001 --run-dir ";

// The state of step 12, at which the run is interrupted, refers to that of step 10.
TEST_F(FileCalls, TheBestStateThatCouldNotBeSavedIsSavedWithTheNext) {
  ASSERT_EQ(run(kEachIsBetter + "whole").exit_code, 0);
  const auto stopped = watched(kEachIsBetter + "run", "write step-00000010 1 " + errno_text(EIO), 2,
                               "1 11 terminate");
  ASSERT_EQ(stopped.exit_code, 75) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("the state after step 10 could not be saved"));
  EXPECT_EQ(file("run/ckpt/latest"), "step-00000012.ckpt\n");
  EXPECT_EQ(file("run/ckpt/best"), "step-00000010.ckpt\n");
  const auto resumed = run(kEachIsBetter + "run --resume must");
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(digest_of("run"), digest_of("whole"));
}

// Some file systems refuse to bypass the page cache, when it is asked for or at the first write.
TEST_F(FileCalls, ACheckpointOfManyMegabytesIsSavedOnAnyFileSystem) {
  const std::string arguments =
      "train job.textproto --set training.epochs=1 --set network.layer[0].units=20000 --run-dir ";
  ASSERT_EQ(watched(arguments + "whole").exit_code, 0);
  const auto result = watched(arguments + "run", "write step-00000005 1 " + errno_text(EINVAL));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, Not(HasSubstr("could not be saved")));
  const std::string name = "ckpt/step-00000005.ckpt";
  EXPECT_GT(fs::file_size(directory_ / "run" / name), 5U << 20);
  EXPECT_EQ(run("inspect run/" + name).exit_code, 0);
  EXPECT_EQ(digest_of("run"), digest_of("whole"));
  const auto second = watched(arguments + "second", "write step-00000005 2 " + errno_text(EIO));
  EXPECT_EQ(second.exit_code, 74);
  EXPECT_THAT(second.err, HasSubstr("cannot write second/ckpt/step-00000005.ckpt: Input/output"));
}

TEST_F(FileCalls, SavesThatFailInARowEndTheRun) {
  const std::string fault = "write ckpt/step- 1 " + errno_text(ENOSPC) + "+";
  const auto third = watched(kEachIsBetter + "third", fault, 2);
  EXPECT_EQ(third.exit_code, 74) << third.err;
  EXPECT_THAT(third.err, AllOf(HasSubstr("saving failed 3 times in a row"),
                               HasSubstr("third/ckpt/step-00000015.ckpt: No space left")));
  EXPECT_THAT(third.err, Not(HasSubstr("the state after step 15")));
  const auto first = watched(kEachIsBetter + "first --set checkpointing.fatal_failures=1", fault);
  EXPECT_EQ(first.exit_code, 74) << first.err;
  EXPECT_THAT(first.err, HasSubstr("first/ckpt/step-00000005.ckpt: No space left"));
}

TEST_F(FileCalls, AnInterruptedRunThatCannotSaveSaysSo) {
  const auto result = watched("train job.textproto --run-dir run",
                              "write step-00000008 1 " + errno_text(ENOSPC), 2, "1 7 terminate");
  EXPECT_EQ(result.exit_code, 74) << "75 would say that the state of step 8 can be resumed";
  EXPECT_THAT(result.err, HasSubstr("the last save of the run failed: cannot write run/ckpt/"));
}

TEST_F(FileCalls, ADirectoryThatCannotBeWrittenIsToldBeforeTheFirstStep) {
  const auto result =
      watched("train job.textproto --run-dir run", "write ckpt/latest 1 " + errno_text(EROFS), 2);
  EXPECT_EQ(result.exit_code, 74) << result.err;
  EXPECT_THAT(result.err, HasSubstr("checkpoints cannot be saved: cannot write run/ckpt/latest: "
                                    "Read-only file system; free some space, choose another "));
  EXPECT_FALSE(fs::exists(directory_ / "run/metrics.jsonl"));
  EXPECT_FALSE(fs::exists(directory_ / "run/ckpt"));
}

TEST_F(FileCalls, MetricsThatCannotBeWrittenForAWhileAreWrittenLater) {
  const std::string arguments = "train job.textproto --set training.epochs=2 --run-dir ";
  const auto once = watched(arguments + "once", "write metrics.jsonl 1 " + errno_text(ENOSPC));
  EXPECT_EQ(once.exit_code, 0) << once.err;
  EXPECT_THAT(once.err, HasSubstr("once/metrics.jsonl: No space left on device"));
  EXPECT_THAT(file("once/metrics.jsonl"),
              AllOf(HasSubstr("\"step\":5,"), HasSubstr("\"step\":10,")));
  EXPECT_EQ(std::ranges::count(file("once/metrics.jsonl"), '\n'), 2);
  const auto never =
      watched(arguments + "never", "write metrics.jsonl 1 " + errno_text(ENOSPC) + "+");
  EXPECT_EQ(never.exit_code, 74);
  EXPECT_THAT(never.err, HasSubstr("never/metrics.jsonl: No space left on device"));
  EXPECT_EQ(json::parse(file("never/summary.json"))["steps"], 10) << "training continued";
}

TEST_F(FileCalls, AFileThatCannotBeReadIsNamed) {
  train();
  const std::string io = " " + errno_text(EIO);
  for (const char* data : {"/features", "/labels"}) {
    for (const char* number : {" 1", " 2"}) {
      const auto result = watched("check job.textproto", std::string("read ") + data + number + io);
      EXPECT_EQ(result.exit_code, 66) << data << number;
      EXPECT_THAT(result.err, HasSubstr(std::string(data) + ": cannot read: Input/output error"));
    }
  }
  for (const char* number : {" 1", " 2", " 9"}) {
    const auto result = watched("inspect run", std::string("read /step-") + number + io);
    EXPECT_EQ(result.exit_code, 66) << number;
    EXPECT_THAT(result.err, AllOf(HasSubstr("cannot read run/ckpt/step-00000005.ckpt"),
                                  HasSubstr("Input/output error")));
  }
}

// Records of a run are read as text.
TEST_F(FileCalls, ARecordThatCannotBeReadIsNamed) {
  train();
  for (const char* name : {"/summary.json", "/best"}) {
    const auto result =
        watched("inspect run", std::string("read ") + name + " 1 " + errno_text(EIO));
    EXPECT_EQ(result.exit_code, 66) << name;
    EXPECT_THAT(result.err, HasSubstr(std::string(name) + ": cannot read: Input/output error"));
  }
}

TEST_F(FileCalls, ACheckpointThatShrinksWhileItIsReadIsNamed) {
  train();
  const auto result = watched("inspect run", "read /step- 3 halve");
  EXPECT_EQ(result.exit_code, 66) << result.out;
  EXPECT_THAT(
      result.err,
      HasSubstr("cannot read run/ckpt/step-00000005.ckpt: it was truncated while being read"));
}

// Between the survey of a file and the reading of its values. All are cut where a record
// ends, so that only their length tells.
TEST_F(FileCalls, DataThatShrinksWhileItIsReadIsNamed) {
  const auto train_on = [&](const std::string& source, const std::string& fault) {
    write("shrinking.textproto",
          "name: 's' data { train { " + source +
              " } split { dev { count: 10 } } } network { output { units: 10 } } "
              "optimizer { adam {} } training { batch_size: 10 shards: 2 epochs: 1 }");
    fs::remove_all(directory_ / "run");
    return watched("train shrinking.textproto --threads 1 --run-dir run", fault);
  };
  const auto refused = [&](const std::string& source, const std::string& name,
                           const std::string& number, const std::string& message) {
    const std::string before = file(name);
    const auto result = train_on(source, fmt::format("read /{} {} halve", name, number));
    EXPECT_EQ(result.exit_code, 65) << name << result.err;
    EXPECT_THAT(result.err, HasSubstr(fmt::format("/{}: {}", name, message)));
    EXPECT_EQ(file(name).size(), before.size() / 2) << name;
    write(name, before);
  };
  refused("idx { features: 'features' labels: 'labels' }", "features", "2", "expected 1708 bytes");
  refused("idx { features: 'features' labels: 'labels' }", "labels", "2", "expected 149 bytes");
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += fmt::format("{} 1:{}\n", i % 3, i);
  write("points.svm", lines);
  refused("libsvm { file: 'points.svm' }", "points.svm", "3", "changed while it was read");
  std::string records;
  for (int i = 0; i < 40; ++i) {
    records += static_cast<char>(i % 10) + std::string(3072, static_cast<char>(i));
  }
  write("records.bin", records);
  refused("cifar { file { path: 'records.bin' } }", "records.bin", "2", "expected 122920 bytes");

  // A table is read three times: what is trained on is the whole or the half of it, never
  // some of both. Header and rows have 5 bytes each, so that the half ends with a row.
  std::string rows = "xx,y\n";
  for (int i = 0; i < 89; ++i) rows += fmt::format("{},{}\n", 10 + i, i % 3);
  int changed = 0;
  for (const char* number : {"1", "3", "5", "6", "7", "8", "9"}) {
    write("rows.csv", rows);
    const auto result =
        train_on("csv { file: 'rows.csv' table { column { name: 'y' role: LABEL } } }",
                 fmt::format("read /rows.csv {} halve", number));
    if (result.exit_code == 0) {
      EXPECT_THAT(result.err, AnyOf(HasSubstr("34 train, 10 dev"), HasSubstr("79 train, 10 dev")));
    } else {
      ++changed;
      EXPECT_EQ(result.exit_code, 65) << result.err;
      EXPECT_THAT(result.err, HasSubstr("/rows.csv: changed while it was read")) << number;
    }
  }
  EXPECT_GE(changed, 1);
}

// An object of shared memory has lost its name before it is used, however the run ends.
TEST_F(FileCalls, NothingStaysInSharedMemory) {
  const auto expect_none = [&](const std::string& what) {
    std::multiset<std::string> made;
    std::multiset<std::string> removed;
    for (const std::string& call : calls()) {
      if (call.starts_with("shm_create ")) made.insert(call.substr(11));
      if (call.starts_with("shm_unlink ")) removed.insert(call.substr(11));
    }
    EXPECT_EQ(made.empty(), what == "shm_open") << what;
    EXPECT_EQ(made, removed) << what;
    for (const std::string& name : made) EXPECT_FALSE(fs::exists("/dev/shm" + name)) << what;
  };
  const std::string train = "train job.textproto --set training.epochs=1 --run-dir ";
  ASSERT_EQ(run(train + "alone").exit_code, 0);
  const auto whole = watched(train + "whole", "", 2);
  EXPECT_EQ(whole.exit_code, 0) << whole.err;
  EXPECT_THAT(whole.err, Not(HasSubstr("/dev/shm")));
  expect_none("a run that ends");
  for (const char* end : {"1 3 kill", "0 3 throw"}) {
    const auto failed = watched(train + "failed-" + std::string(1, *end), "", 2, end);
    EXPECT_NE(failed.exit_code, 0) << end;
    expect_none(end);
  }
  // Where it cannot be had, ranks send messages, say so, and nothing is different.
  for (const char* call : {"shm_open", "ftruncate", "posix_fallocate", "mmap"}) {
    const char* part = call == std::string("shm_open") ? "/lockstep-" : "/shm/lockstep-";
    const auto refused = watched(train + call, fmt::format("{} {} 1 {}", call, part, ENOSPC), 2);
    EXPECT_EQ(refused.exit_code, 0) << call << refused.err;
    EXPECT_THAT(refused.err, HasSubstr("/dev/shm")) << call;
    expect_none(call);
    EXPECT_EQ(digest_of(call), digest_of("alone")) << call;
  }
}

// It waits where it writes its file.
TEST_F(FileCalls, PreviewEndsWithASignalAndLeavesNoPartOfAFile) {
  const auto result = run_program(
      fmt::format("cd {}\n{} {} preview job.textproto --output images.png >out 2>err & pid=$!\n"
                  "while ! grep -qs ^pauses calls; do sleep 0.02; done\n"
                  "kill -TERM $pid; wait $pid",
                  directory_.string(), watching("fsync images.png 1 wait"), LOCKSTEP_PROGRAM));
  EXPECT_EQ(result.exit_code, 75) << file("err");
  EXPECT_THAT(file("err"), HasSubstr("a signal asked for an end"));
  EXPECT_THAT(left_behind(), IsEmpty());
  EXPECT_FALSE(fs::exists(directory_ / "images.png"));
}

class Interrupts : public FileCalls {
 protected:
  // Trains until a checkpoint is being written, which takes until there is a file `go`,
  // and sends `signals`, each when the one before has been received; the last need not be.
  [[nodiscard]] ProgramResult interrupted(const std::vector<std::string>& signals,
                                          const std::string& then) const {
    // A signal that is no longer pending has been handled when the thread that took it, the
    // first one, continues: when it begins to pause twice more.
    std::string script = fmt::format(
        "cd {}\n{} {} train job.textproto --threads 1 --run-dir run >out 2>err & pid=$!\n"
        "pauses() {{ grep -c ^pauses calls; }}\n"
        "pending() {{ grep -Eq '^S(ig|hd)Pnd:.*[1-9a-f]' /proc/$pid/status; }}\n"
        "received() {{ while kill -0 $pid && pending; do sleep 0.02; done; before=$(pauses)\n"
        "  while kill -0 $pid && [ $(pauses) -lt $((before + 2)) ]; do sleep 0.02; done; }}\n"
        "touch calls; received\n",
        directory_.string(), watching("fsync step-00000005 1 wait"), LOCKSTEP_PROGRAM);
    for (std::size_t i = 0; i < signals.size(); ++i) {
      if (i > 0) script += "received\n";
      script += fmt::format("kill -{} $pid\n", signals[i]);
    }
    return run_program(script + then + "\nwait $pid");
  }
};

TEST_F(Interrupts, TheSecondEndsAtOnce) {
  const auto result = interrupted({"INT", "INT"}, "");
  EXPECT_EQ(result.exit_code, 130) << file("err");
  EXPECT_FALSE(fs::exists(directory_ / "run/ckpt/latest"));
}

TEST_F(Interrupts, AnInterruptAfterARequestToStopEndsAtOnce) {
  EXPECT_EQ(interrupted({"TERM", "INT"}, "").exit_code, 130) << file("err");
}

TEST_F(Interrupts, OtherSignalsAskAsOftenAsTheyLike) {
  const auto result = interrupted({"INT", "TERM", "USR1"}, "received; touch go");
  EXPECT_EQ(result.exit_code, 75) << file("err");
  EXPECT_EQ(file("run/ckpt/latest"), "step-00000006.ckpt\n") << "one step after they came";
}

// A disk of 64 KiB, which no checkpoint of the tiny job fits. In a name space of its own, so
// that it is gone with the program.
TEST_F(FileCalls, AFullDiskIsToldWithTheSpaceThatIsLeft) {
  fs::create_directory(directory_ / "disk");
  const std::string mount = "mount -t tmpfs -o size=64k none disk";
  const auto on_disk = [&](const std::string& command) {
    return run_program(
        fmt::format("cd {} && unshare -m sh -c '{} && {}'", directory_.string(), mount, command));
  };
  if (on_disk("true").exit_code != 0) GTEST_SKIP() << "only root may mount a small disk";
  const auto result =
      on_disk(fmt::format("{} train job.textproto --run-dir disk/run", LOCKSTEP_PROGRAM));
  EXPECT_EQ(result.exit_code, 74) << result.err;
  EXPECT_THAT(result.err, HasSubstr("checkpoints cannot be saved: the disk of disk/run/ckpt has "));
  EXPECT_THAT(result.err, HasSubstr(" bytes free, but a checkpoint needs about "));
  EXPECT_THAT(result.err, Not(HasSubstr("step 5")));
}

}  // namespace
}  // namespace lockstep
