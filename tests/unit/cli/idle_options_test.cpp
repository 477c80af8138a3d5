#include "segfold/cli/idle_options.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"

namespace segfold::cli {
namespace {

/// --power acts with --curve bent, --slope with --curve straight.
class IdleOptions : public ::testing::Test {
 protected:
  IdleOptions() {
    app_.add_option("--curve", curve_);
    app_.add_option("--power", power_);
    app_.add_option("--slope", slope_);
    refuse_idle_options(app_, {{"--power", [this] { return curve_ == "bent"; }, "--curve bent"},
                               {"--slope", [this] { return curve_ == "straight"; }, "--curve straight"}});
  }

  CLI::App app_;
  std::string curve_ = "straight";
  double power_ = 2, slope_ = 1;
};

TEST_F(IdleOptions, AreRefusedWithTheOneTheyNeed) {
  testing::expect_error<UsageError>([&] { app_.parse("--power 3"); },
                                    {"--power does nothing without --curve bent", "leave it out or add that"});
  testing::expect_error<UsageError>([&] { app_.parse("--slope 3 --curve bent"); }, {"--slope", "--curve straight"});
}

TEST_F(IdleOptions, AreAskedAfterTheWholeLineWasRead) {
  EXPECT_NO_THROW(app_.parse("--power 3 --curve bent"));
  EXPECT_EQ(power_, 3);
}

TEST_F(IdleOptions, AreNoFaultWhereTheyKeepTheirDefaults) {
  EXPECT_NO_THROW(app_.parse("--curve bent"));
  EXPECT_NO_THROW(app_.parse(""));
}

TEST_F(IdleOptions, AreRefusedEvenWithTheDefaultsValue) {
  EXPECT_THROW(app_.parse("--power 2"), UsageError);  // what does nothing misleads, whatever its value
}

}  // namespace
}  // namespace segfold::cli
