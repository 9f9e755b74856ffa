// Job files as files: where they are, and what is none.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <variant>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "config/job_file.h"
#include "job_text.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

class JobOnDisk : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "/job_file_test.XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    dir_ = name;
  }
  void TearDown() override { fs::remove_all(dir_); }

  fs::path write(const std::string& name, const std::string& text) {
    std::ofstream(dir_ / name, std::ios::binary) << text;
    return dir_ / name;
  }

  // "<exit code>: <message>", with the directory written as DIR.
  std::string failure(const fs::path& path) {
    try {
      load_job(path, {});
      return "no failure";
    } catch (const Error& error) {
      std::string message = error.what();
      const auto at = message.find(dir_.string());
      if (at != std::string::npos) message.replace(at, dir_.string().size(), "DIR");
      return std::to_string(static_cast<int>(error.code())) + ": " + message;
    }
  }

  fs::path dir_;
};

TEST_F(JobOnDisk, PathsStartAtItsDirectory) {
  const Job job = load_job(write("job.textproto", kSmallJob), {}).job;
  EXPECT_EQ(std::get<IdxSource>(job.data.train.format).features, dir_ / "x.gz");
}

TEST_F(JobOnDisk, RelativeJobPathsBecomeAbsolute) {
  write("job.textproto", kSmallJob);
  const fs::path before = fs::current_path();
  fs::current_path(dir_);
  const Job job = load_job("job.textproto", {}).job;
  fs::current_path(before);
  EXPECT_EQ(std::get<IdxSource>(job.data.train.format).features, fs::canonical(dir_) / "x.gz");
}

TEST_F(JobOnDisk, AppliesOverrides) {
  const std::string overrides[] = {"seed=9"};
  EXPECT_EQ(load_job(write("job.textproto", kSmallJob), overrides).job.seed, 9U);
}

TEST_F(JobOnDisk, ProblemsNameTheFile) {
  EXPECT_EQ(failure(write("job.textproto", with(kSmallJob, "name:", "nam:"))),
            "2: DIR/job.textproto:1:1: no field \"nam\" in the job; did you mean \"name\"?");
}

TEST_F(JobOnDisk, MissingFileIsMissingInput) {
  EXPECT_EQ(failure(dir_ / "none"), "66: DIR/none: no such job file");
  EXPECT_EQ(failure(write("file", "") / "below"), "66: DIR/file/below: no such job file");
}

TEST_F(JobOnDisk, DirectoryIsRefused) {
  EXPECT_EQ(failure(dir_), "2: DIR: a directory; expected a job file (protobuf text format)");
}

TEST_F(JobOnDisk, EmptyFileIsRefused) {
  const std::string expected =
      ":1:1: the job is empty; expected name, data, network, optimizer and training";
  EXPECT_EQ(failure(write("empty", "")), "2: DIR/empty" + expected);
  EXPECT_EQ(failure(write("comment", "# nothing\n")), "2: DIR/comment" + expected);
}

TEST_F(JobOnDisk, HugeFileIsRefusedUnread) {
  const fs::path path = write("huge", "");
  fs::resize_file(path, std::uintmax_t{3} << 30);  // sparse
  EXPECT_EQ(failure(path),
            "2: DIR/huge: larger than 1048576 bytes, so not a job file (protobuf text format); is "
            "it a data file?");
}

TEST_F(JobOnDisk, EndlessDeviceIsRefused) {
  EXPECT_EQ(failure("/dev/zero").substr(0, 23), "2: /dev/zero: larger th");
}

// However its path is written, and by whichever link: the sets would share examples.
TEST_F(JobOnDisk, AFileOfTwoSetsIsFoundUnderAnyName) {
  write("x", "features");
  write("other", "features");
  fs::create_symlink(dir_ / "x", dir_ / "symlink");
  fs::create_hard_link(dir_ / "x", dir_ / "hardlink");
  fs::create_directory(dir_ / "sub");
  const auto problem = [&](const std::string& format, const std::string& dev) {
    const std::string text = "name: 'j' data { train { " + format +
                             " { features: 'x' labels: 'y' } } dev { " + format + " { features: '" +
                             dev +
                             "' labels: 'z' } } }"
                             "network { output { units: 3 } } optimizer { adam {} } training { "
                             "batch_size: 8 epochs: 1 }";
    return failure(write("job.textproto", text));
  };
  for (const std::string format : {"idx", "npy"}) {
    for (const std::string& name :
         {std::string("x"), std::string("./x"), std::string("sub/../x"), (dir_ / "x").string(),
          std::string("symlink"), std::string("hardlink")}) {
      EXPECT_THAT(problem(format, name), testing::HasSubstr("is the same source as data.train"))
          << format << " " << name;
    }
    EXPECT_EQ(problem(format, "other"), "no failure") << format;
    EXPECT_EQ(problem(format, "absent"), "no failure") << format;
  }
}

TEST_F(JobOnDisk, AFileOfCifarIsGivenOnceUnderAnyName) {
  write("a.bin", "");
  write("b.bin", "");
  const auto problem = [&](const std::string& second) {
    return failure(
        write("job.textproto",
              "name: 'j' data { train { cifar { file { path: 'a.bin' } file { path: '" + second +
                  "' } } } }"
                  "network { output { units: 10 } } optimizer { adam {} } training { batch_size: 8 "
                  "epochs: 1 }"));
  };
  EXPECT_THAT(problem("./a.bin"), testing::HasSubstr("is the same as that of"));
  EXPECT_EQ(problem("b.bin"), "no failure");
}

}  // namespace
}  // namespace lockstep
