#include "segfold/cli/tool_main.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/log.h"
#include "segfold/base/version.h"
#include "tests/support/temporary_folder.h"

namespace segfold::cli {
namespace {

using ::testing::HasSubstr;

/// A tool with one option, --count, that does what a test wants.
class ToolMain : public ::testing::Test {
 protected:
  ~ToolMain() override { configure_log("segfold", Verbosity::kNormal); }

  int run(std::vector<std::string> words) {
    words.insert(words.begin(), "trial");
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    const auto declare = [this](CLI::App& app) { app.add_option("--count", count_, "How many"); };
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int status = run_tool(static_cast<int>(arguments.size()), arguments.data(), info_, declare, threads_, [this] {
      ++runs_;
      action_();
    });
    out_ = ::testing::internal::GetCapturedStdout();
    err_ = ::testing::internal::GetCapturedStderr();
    return status;
  }

  template <class Exception>
  int status_of(const Exception& exception) {
    action_ = [&] { throw exception; };
    return run({});
  }

  ToolInfo info_{.name = "trial", .description = "Tries."};
  std::function<void()> action_ = [] {};
  int count_ = 0, threads_ = 0, runs_ = 0;
  std::string out_, err_;
};

TEST_F(ToolMain, RunsOnceWithItsOptionsAndSaysNothing) {
  EXPECT_EQ(run({"--count", "3", "--threads", "2"}), 0);
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(count_, 3);
  EXPECT_EQ(threads_, 2);
  EXPECT_EQ(out_ + err_, "");
}

TEST_F(ToolMain, EveryErrorHasItsExitCodeAndIsOneLine) {
  EXPECT_EQ(status_of(UsageError("no")), 64);
  EXPECT_EQ(err_, "trial: error: no\n");
  EXPECT_EQ(status_of(DataError("no")), 65);
  EXPECT_EQ(status_of(NotFoundError("no")), 66);
  EXPECT_EQ(status_of(InternalError("no")), 70);
  EXPECT_EQ(status_of(CannotCreateError("no")), 73);
  EXPECT_EQ(status_of(IoError("no")), 74);
  EXPECT_EQ(status_of(InterruptedError("no")), 75);
  EXPECT_EQ(status_of(PermissionError("no")), 77);
  EXPECT_EQ(err_, "trial: error: no\n");
}

TEST_F(ToolMain, MistakesInTheCommandLineRunNothing) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"--cuont", "3"}, {"--count", "many"}, {"--count"}, {"--threads", "-1"}, {"-q", "-v"}, {"stray"}}) {
    EXPECT_EQ(run(words), 64) << words[0];
    EXPECT_THAT(err_, HasSubstr("trial --help lists the options"));
    EXPECT_EQ(std::ranges::count(err_, '\n'), 1) << err_;
    EXPECT_EQ(out_, "");
  }
  EXPECT_EQ(runs_, 0);
}

TEST_F(ToolMain, AMistypedOptionIsToldWithTheOneItResembles) {
  run({"--cuont=3"});
  EXPECT_THAT(err_, HasSubstr("unknown argument '--cuont=3', did you mean --count?"));
}

TEST_F(ToolMain, AnOptionThatIsGivenTwiceIsToldAsSuch) {
  EXPECT_EQ(run({"--count", "3", "--count", "4"}), 64);
  EXPECT_THAT(err_, HasSubstr("error: --count: given 2 times; give it once; trial --help"));
}

TEST_F(ToolMain, HelpAndVersionGoToStdoutAndRunNothing) {
  EXPECT_EQ(run({"--help"}), 0);
  EXPECT_THAT(out_, HasSubstr("--count"));
  info_.name = "score";  // one that has a results version
  EXPECT_EQ(run({"--version"}), 0);
  EXPECT_THAT(out_, HasSubstr("LibTorch         not used"));
  EXPECT_FALSE(out_.ends_with("\n\n"));
  EXPECT_EQ(err_, "");
  EXPECT_EQ(runs_, 0);
}

TEST(ResultsVersion, IsKnownOfEveryToolAndOfNothingElse) {
  static_assert(results_version("score") >= 1);
  EXPECT_THROW(results_version("scores"), InternalError);
}

TEST_F(ToolMain, OptionsMayStandInAFileWhoseKeysAreKnown) {
  const testing::TemporaryFolder folder;
  write_file(folder / "good.toml", "count = 5\n");
  EXPECT_EQ(run({"--config", folder / "good.toml"}), 0);
  EXPECT_EQ(count_, 5);
  write_file(folder / "bad.toml", "cuont = 5\n");
  EXPECT_EQ(run({"--config", folder / "bad.toml"}), 64);
  EXPECT_THAT(err_, HasSubstr("bad.toml: unknown key 'cuont', did you mean count?"));
  EXPECT_EQ(run({"--config", folder / "none.toml"}), 66);
  EXPECT_EQ(runs_, 1);
}

TEST_F(ToolMain, AFileOfOptionsIsReadOnceAndWhole) {
  const testing::TemporaryFolder folder;
  write_file(folder / "bom.toml",
             "\xEF\xBB\xBF"
             "count = 5\n");
  EXPECT_EQ(run({"--config=" + (folder / "bom.toml").string()}), 0);
  EXPECT_EQ(count_, 5);
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(run({"--config", folder / "pipe"}), 66);  // does not wait
  EXPECT_THAT(err_, HasSubstr("pipe: not a regular file"));
  EXPECT_EQ(run({"--config", "/dev/zero"}), 66);
  EXPECT_EQ(run({"--config", folder.path()}), 66);
  write_file(folder / "long.toml", std::string((1 << 20) + 1, '#'));
  EXPECT_EQ(run({"--config", folder / "long.toml"}), 65);
  EXPECT_EQ(runs_, 1);
}

TEST_F(ToolMain, AFileThatMayNotGrowIsAnErrorThatIsTold) {
  const testing::TemporaryFolder folder;
  struct rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  action_ = [&] {
    const struct rlimit few{.rlim_cur = 10, .rlim_max = before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &few), 0);
    write_file(folder / "x", "more than ten bytes");
  };
  const int status = run({});
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(status, 74);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST_F(ToolMain, QuietAndVerboseSetWhatIsSaid) {
  action_ = [] {
    log_detail("a detail");
    log_info("an information");
  };
  run({"-q"});
  EXPECT_EQ(err_, "");
  run({"-v"});
  EXPECT_EQ(err_, "trial: a detail\ntrial: an information\n");
}

}  // namespace
}  // namespace segfold::cli
