#include "segfold/stages/visualize.h"

#include <gtest/gtest.h>

#include <cmath>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"

namespace segfold {
namespace {

using testing::expect_error;

TEST(VisualizeOptions, RefusesWhatMakesNoSense) {
  const auto refused = [](VisualizeOptions options, const std::string& part) {
    expect_error<UsageError>([&] { options.check(); }, {part});
  };
  VisualizeOptions options;
  options.command = "chart";
  refused(options, "'chart'");
  options.command = "curves";
  refused(options, "--history");
  options.curves.histories = {"h.csv"};
  refused(options, "--output");
  options.curves.output = "p.jpg";
  refused(options, ".png");
  options.curves.output = "p.png";
  EXPECT_NO_THROW(options.check());
  options.threads = -1;
  refused(options, "--threads");
}

TEST(VisualizeOptions, RefusesAbsurdSamples) {
  const auto refused = [](auto change, const std::string& part) {
    SamplesOptions options;
    options.shards = {"a.h5"};
    options.output = "p.png";
    EXPECT_NO_THROW(options.check());
    change(options);
    expect_error<UsageError>([&] { options.check(); }, {part});
  };
  refused([](SamplesOptions& o) { o.shards.clear(); }, "--shards");
  refused([](SamplesOptions& o) { o.epochs = 0; }, "--epochs is 0");
  refused([](SamplesOptions& o) { o.epochs = 1000; }, "--epochs is 1000");
  refused([](SamplesOptions& o) { o.first_epoch = 0; }, "--first-epoch");
  refused([](SamplesOptions& o) { o.fold = "-2"; }, "--fold -2");
  refused([](SamplesOptions& o) { o.fold = "1x"; }, "--fold 1x");
  refused([](SamplesOptions& o) { o.fold = ""; }, "--fold");
  refused([](SamplesOptions& o) { o.fold = "99999999999"; }, "--fold");
  refused([](SamplesOptions& o) { o.choice.count = 0; }, "--count");
  refused([](SamplesOptions& o) { o.choice.names.assign(1000, "a"); }, "--name");
  refused([](SamplesOptions& o) { o.transform.augment.scale_min = std::nan(""); }, "scale");
}

TEST(VisualizeOptions, PredictionNeedsAModel) {
  PredictionOptions options;
  options.shards = {"a.h5"};
  options.output = "p.png";
  expect_error<UsageError>([&] { options.check(); }, {"--model"});
  options.model = "m.pth";
  EXPECT_NO_THROW(options.check());
}

}  // namespace
}  // namespace segfold
