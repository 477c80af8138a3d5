#include "segfold/train/evaluate.h"

#include <fmt/format.h>

#include "segfold/base/error.h"
#include "segfold/data/shard_pictures.h"
#include "segfold/image/nested_occlusion.h"
#include "segfold/image/resize.h"
#include "segfold/nn/blocks.h"
#include "segfold/score/upsample_argmax.h"
#include "segfold/train/loss.h"
#include "segfold/train/preparation.h"

namespace segfold {
namespace {

/// Evaluation mode without gradients for as long as it lives; training mode is put back afterwards.
class EvaluationMode {
 public:
  explicit EvaluationMode(torch::nn::Module& module) : module_(module), was_training_(module.is_training()) {
    module_.eval();
  }
  ~EvaluationMode() { module_.train(was_training_); }
  EvaluationMode(const EvaluationMode&) = delete;
  EvaluationMode& operator=(const EvaluationMode&) = delete;

 private:
  torch::nn::Module& module_;
  bool was_training_;
  torch::NoGradGuard no_grad_;
};

/// One sample's truth at the size of the comparison.
Image truth_of(const ShardSet& shards, std::int64_t sample, Resolution resolution) {
  Image truth = read_true_label(shards, sample);
  const bool shrink = resolution == Resolution::kInput && truth.size != shards.image_size();
  if (shrink) return resize_labels(truth, shards.image_size());
  return truth;
}

ImageCounts counts_of(const ConfusionMatrix& confusion, std::string name, std::string group) {
  ImageCounts counts{std::move(name), std::move(group), {}, {}, {}};
  for (int c = 0; c < confusion.classes(); ++c) {
    counts.tp.push_back(confusion.true_positives(c));
    counts.fp.push_back(confusion.false_positives(c));
    counts.fn.push_back(confusion.false_negatives(c));
  }
  return counts;
}

/// Everything that is done with one sample's logits.
class Scorer {
 public:
  Scorer(const ShardSet& shards, const EvaluationOptions& options, int classes) : shards_(shards), options_(options) {
    result_.confusion = ConfusionMatrix(classes);
  }

  /// @param head  float32 [1, C, h, w] on the device
  void score(std::int64_t sample, const torch::Tensor& head) {
    const Image truth = truth_of(shards_, sample, options_.resolution);
    if (options_.loss != nullptr) add_loss(head, truth);
    if (!options_.with_counts) return;
    const torch::Tensor logits = head.to(torch::kCPU).contiguous();
    const std::span<const float> values(logits.data_ptr<float>(), static_cast<std::size_t>(logits.numel()));
    const UpsampleShape shape{
        static_cast<int>(logits.size(1)), {logits.size(2), logits.size(3)}, shards_.image_size(), truth.size};
    const ConfusionMatrix counts =
        upsample_and_count(values, shape, options_.threads, truth.pixels.data(), truth.size.width);
    result_.confusion += counts;
    result_.per_image.push_back(counts_of(counts, shards_.name(sample), shards_.group(sample)));
    if (options_.occluded > 0) count_visible(sample, values, shape, truth);
    if (!options_.on_prediction && !options_.with_fine_scores) return;
    std::vector<std::uint8_t> prediction(static_cast<std::size_t>(truth.size.area()));
    upsample_argmax(values, shape, options_.threads, prediction);
    if (options_.with_fine_scores) {
      result_.per_image.back().fine = fine_counts(truth.pixels, prediction, truth.size, result_.confusion.classes());
    }
    if (options_.on_prediction) options_.on_prediction(sample, truth.size, prediction);
  }

  Evaluation result() {
    if (loss_sums_.pixels.defined()) result_.loss = options_.loss->value(loss_sums_).item<double>();
    return std::move(result_);
  }

 private:
  void add_loss(const torch::Tensor& head, const Image& truth) {
    if (truth.size != shards_.image_size()) throw InternalError("a loss needs labels at the input size");
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): LibTorch has no view of constant numbers; none is written
    torch::Tensor labels = torch::from_blob(const_cast<std::uint8_t*>(truth.pixels.data()),
                                            {1, truth.size.height, truth.size.width}, torch::kUInt8);
    const torch::Tensor logits = resize_bilinear(head, truth.size.height, truth.size.width);
    loss_sums_.add(options_.loss->sums(logits, labels.to(head.device())));
  }

  void count_visible(std::int64_t sample, std::span<const float> logits, const UpsampleShape& shape, Image truth) {
    ignore_occluded(nested_occlusion_mask(shards_.name(sample), options_.occluded, shards_.image_size()), truth);
    const ConfusionMatrix counts =
        upsample_and_count(logits, shape, options_.threads, truth.pixels.data(), truth.size.width);
    result_.visible.push_back(counts_of(counts, shards_.name(sample), shards_.group(sample)));
  }

  const ShardSet& shards_;
  const EvaluationOptions& options_;
  Evaluation result_;
  LossSums loss_sums_;
};

}  // namespace

Evaluation evaluate(SegmentationModelImpl& model, const Device& device, const ShardSet& shards,
                    const std::vector<std::int64_t>& samples, const EvaluationOptions& options) {
  const EvaluationMode mode(model);
  Scorer scorer(shards, options, static_cast<int>(shards.classes().size()));
  const Size size = shards.image_size();
  Image photo(size, 3);
  const torch::Tensor image = torch::from_blob(photo.pixels.data(), {1, size.height, size.width, 3}, torch::kUInt8);
  for (const std::int64_t sample : samples) {
    shards.read_image(sample, photo.pixels);
    if (options.occluded > 0) {
      apply_nested_occlusion(nested_occlusion_mask(shards.name(sample), options.occluded, size), photo);
    }
    const torch::Tensor input = normalise(image, options.normalisation, device.torch_device());
    scorer.score(sample, model.forward_head(input, {}).to(torch::kFloat32));
    if (options.on_sample) options.on_sample(shards.name(sample));
  }
  return scorer.result();
}

}  // namespace segfold
