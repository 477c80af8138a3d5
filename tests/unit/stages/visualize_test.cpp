#include "segfold/stages/visualize.h"

#include <gtest/gtest.h>

#include <cmath>

#include "segfold/base/error.h"
#include "segfold/report/figure.h"
#include "tests/support/expect_error.h"
#include "tests/support/made_up_curves.h"
#include "tests/support/small_shard.h"
#include "tests/support/small_study.h"

namespace segfold {
namespace {

using testing::expect_error;
using Visualize = testing::MadeUpCurves;

TEST_F(Visualize, DrawsTheFigureThatTheCommandNames) {
  const testing::MadeUpFold fold;
  fold.write(folder_.path());
  testing::write_noise_shard(folder_ / "a.h5", testing::sample_names(1, 2), {16, 32}, {16, 32});
  VisualizeOptions options;
  options.curves = {{fold.history_path(folder_.path())}, folder_ / "curves.png", ""};
  options.samples.shards = {folder_ / "a.h5"};
  options.samples.output = folder_ / "samples.png";
  options.occlusion = {{curve("plain", 0, 80)}, folder_ / "occlusion.png"};
  for (const std::string command : {"curves", "samples", "occlusion"}) {
    options.command = command;
    visualize(options);
    EXPECT_EQ(read_figure_seal(folder_ / (command + ".png")).parameters.at("command"), command);
  }
}

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
