#include "segfold/train/evaluate.h"

#include <gtest/gtest.h>

#include "segfold/nn/init.h"
#include "segfold/train/preparation.h"
#include "tests/support/coloured_shard.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

class Evaluating : public ::testing::Test {
 protected:
  Evaluating() {
    testing::write_noise_shard(folder_ / "a.h5", testing::sample_names(1, 3), {32, 48}, {64, 96});
    testing::write_coloured_shard(folder_ / "b.h5", testing::sample_names(1, 3));
    ModelOptions options;
    options.architecture = Architecture::kUNet;
    options.width = 4;
    model_ = make_model(options);
    initialise(*model_, 1, 0);
  }
  testing::TemporaryFolder folder_;
  SegmentationModel model_;
  const Device device_ = Device::claim("cpu");
};

TEST_F(Evaluating, CountsWhatTorchsOwnChainPredicts) {
  const ShardSet shards({folder_ / "a.h5"});
  const Evaluation result = evaluate(*model_, device_, shards, {1}, {.threads = 2});
  torch::Tensor image = torch::empty({1, 32, 48, 3}, torch::kUInt8);
  shards.read_image(1, {image.data_ptr<std::uint8_t>(), static_cast<std::size_t>(image.numel())});
  const torch::NoGradGuard no_grad;
  model_->eval();
  const Size true_size = shards.true_label_size(1);
  const torch::Tensor logits = at::upsample_bilinear2d(model_->forward(normalise(image, {}, torch::kCPU)),
                                                       {true_size.height, true_size.width}, false);
  const torch::Tensor prediction = logits.argmax(1)[0];
  std::vector<std::uint8_t> label(static_cast<std::size_t>(shards.label_size().area()));
  shards.read_label(1, label);
  ConfusionMatrix expected(kClasses);
  std::int64_t close = 0;
  const auto top = std::get<0>(logits.topk(2, 1));
  for (std::int64_t y = 0; y < true_size.height; ++y) {
    for (std::int64_t x = 0; x < true_size.width; ++x) {
      ++expected.at(label[static_cast<std::size_t>(y * shards.label_size().width + x)],
                    static_cast<int>(prediction[y][x].item<std::int64_t>()));
      if ((top[0][0][y][x] - top[0][1][y][x]).item<float>() < 1e-5F) ++close;
    }
  }
  std::int64_t differing = 0;
  for (int t = 0; t < kClasses; ++t) {
    for (int p = 0; p < kClasses; ++p)
      differing +=
          std::abs(static_cast<std::int64_t>(expected.at(t, p)) - static_cast<std::int64_t>(result.confusion.at(t, p)));
  }
  EXPECT_EQ(result.confusion.total(), expected.total());
  EXPECT_LE(differing, 2 * close);
}

TEST_F(Evaluating, PerImageCountsSumToTheMatrix) {
  const ShardSet shards({folder_ / "a.h5"});
  const Evaluation result = evaluate(*model_, device_, shards, {0, 1, 2}, {});
  ASSERT_EQ(result.per_image.size(), 3U);
  for (int c = 0; c < kClasses; ++c) {
    std::uint64_t tp = 0;
    for (const ImageCounts& image : result.per_image) tp += image.tp[static_cast<std::size_t>(c)];
    EXPECT_EQ(tp, result.confusion.true_positives(c));
  }
}

TEST_F(Evaluating, LowResolutionComparesAtTheInputsSize) {
  const ShardSet shards({folder_ / "a.h5"});
  const Evaluation low = evaluate(*model_, device_, shards, {0}, {.resolution = Resolution::kInput});
  EXPECT_EQ(low.confusion.total(), 32U * 48U);
  const Evaluation full = evaluate(*model_, device_, shards, {0}, {.resolution = Resolution::kLabels});
  EXPECT_EQ(full.confusion.total(), 64U * 95U);  // the last column is padding
}

TEST_F(Evaluating, AddsUpTheLossOverCountingPixels) {
  const ShardSet shards({folder_ / "b.h5"});
  const SegmentationLoss loss;
  const EvaluationOptions options{.with_counts = false, .loss = &loss};
  const double one = *evaluate(*model_, device_, shards, {0}, options).loss;
  const double other = *evaluate(*model_, device_, shards, {1}, options).loss;
  // Both samples have equally many pixels that count.
  EXPECT_NEAR(*evaluate(*model_, device_, shards, {0, 1}, options).loss, (one + other) / 2, 1e-9);
  EXPECT_FALSE(evaluate(*model_, device_, shards, {0}, {}).loss.has_value());
}

TEST_F(Evaluating, PutsTheNetworkBackAsItWas) {
  const ShardSet shards({folder_ / "b.h5"});
  model_->train();
  const torch::Tensor mean = model_->named_buffers()["encoder.0.bn1.running_mean"].clone();
  evaluate(*model_, device_, shards, {0}, {});
  EXPECT_TRUE(model_->is_training());
  EXPECT_TRUE(torch::equal(mean, model_->named_buffers()["encoder.0.bn1.running_mean"]));
  EXPECT_TRUE(torch::GradMode::is_enabled());
}

}  // namespace
}  // namespace segfold
