#include <gtest/gtest.h>

#include "segfold/report/figure.h"
#include "segfold/stages/visualize.h"
#include "tests/support/small_shard.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;
using testing::sample_names;
using testing::TemporaryFolder;
using testing::write_noise_shard;

SamplesOptions samples_of(const fs::path& shard, const fs::path& output) {
  SamplesOptions options;
  options.shards = {shard};
  options.output = output;
  return options;
}

TEST(VisualizeSamples, DrawsTheSamplesAskedForAndSealsTheChoice) {
  const TemporaryFolder folder;
  const auto names = sample_names(2, 3);
  write_noise_shard(folder / "a.h5", names, {16, 32}, {16, 32});
  SamplesOptions options = samples_of(folder / "a.h5", folder / "p.png");
  options.choice.names = {names[4], names[1]};
  visualize_samples(options);
  const Seal seal = read_figure_seal(folder / "p.png");
  EXPECT_EQ(seal.parameters.at("names"), Json({names[4], names[1]}));
  EXPECT_EQ(seal.inputs.at("shards"), ShardSet({folder / "a.h5"}).digest());
}

TEST(VisualizeSamples, DependOnSeedFoldAndEpochAlone) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(1, 3), {16, 32}, {16, 32});
  const auto pixels = [&](auto change) {
    SamplesOptions options = samples_of(folder / "a.h5", folder / "p.png");
    change(options);
    visualize_samples(options);
    return read_figure_seal(folder / "p.png").content;
  };
  const auto nothing = [](SamplesOptions&) {};
  EXPECT_EQ(pixels(nothing), pixels(nothing));
  EXPECT_NE(pixels(nothing), pixels([](SamplesOptions& o) { o.seed = 7; }));
  EXPECT_NE(pixels(nothing), pixels([](SamplesOptions& o) { o.fold = "1"; }));
  EXPECT_NE(pixels(nothing), pixels([](SamplesOptions& o) { o.first_epoch = 2; }));
}

TEST(VisualizeSamples, LabelsOfAnotherSizeAreLaidOnThePhotosGrid) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(1, 2), {16, 32}, {32, 64});
  EXPECT_NO_THROW(visualize_samples(samples_of(folder / "a.h5", folder / "p.png")));
}

}  // namespace
}  // namespace segfold
