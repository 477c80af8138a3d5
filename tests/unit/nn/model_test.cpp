#include "segfold/nn/model.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "segfold/nn/blocks.h"

namespace segfold {
namespace {

using Sizes = std::vector<std::int64_t>;

ModelOptions small_unet() {
  ModelOptions options;
  options.architecture = Architecture::kUNet;
  options.width = 4;
  options.classes = 5;
  return options;
}

/// A network whose head stands at half the input, in bf16.
class HalfSizeModel : public SegmentationModelImpl {
 public:
  HeadLogits forward_heads(const torch::Tensor& images, const SampleKeys&) override {
    return {torch::avg_pool2d(images, 2).to(torch::kBFloat16), {}};
  }
};

TEST(Model, LogitsHaveTheInputsSizeWhateverItsSides) {
  const torch::NoGradGuard no_grad;
  const auto model = make_model(small_unet());
  model->eval();
  EXPECT_EQ(model->forward(torch::rand({1, 3, 45, 71})).sizes(), (Sizes{1, 5, 45, 71}));
  EXPECT_EQ(model->forward(torch::rand({2, 3, 64, 96})).sizes(), (Sizes{2, 5, 64, 96}));
}

TEST(Model, ResizesItsHeadBilinearlyInFloat32) {
  HalfSizeModel model;
  const torch::Tensor images = torch::rand({1, 3, 8, 12});
  const torch::Tensor logits = model.forward(images);
  EXPECT_EQ(logits.scalar_type(), torch::kFloat32);
  const torch::Tensor head = model.forward_head(images, {}).to(torch::kFloat32);
  EXPECT_TRUE(torch::equal(logits, resize_bilinear(head, 8, 12)));
}

TEST(Model, OfAbsurdOptionsIsNotMade) {
  ModelOptions options = small_unet();
  options.classes = 0;
  EXPECT_THROW(make_model(options), UsageError);
}

}  // namespace
}  // namespace segfold
