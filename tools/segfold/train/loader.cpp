#include "segfold/train/loader.h"

#include <algorithm>
#include <chrono>

#include "segfold/base/random.h"

namespace segfold {
namespace {

std::span<std::uint8_t> bytes_of(torch::Tensor& tensor, std::int64_t index) {
  const torch::Tensor part = tensor[index];
  return {part.data_ptr<std::uint8_t>(), static_cast<std::size_t>(part.numel())};
}

}  // namespace

std::int64_t batch_count(std::int64_t samples, int batch_size) { return (samples + batch_size - 1) / batch_size; }

std::vector<std::int64_t> epoch_order(std::vector<std::int64_t> samples, const EpochKey& key) {
  std::ranges::sort(samples);
  RandomStream random(random_key({"epoch order", key.seed, key.fold, key.epoch}));
  shuffle(samples, random);
  return samples;
}

EpochLoader::EpochLoader(const ShardSet& shards, std::vector<std::int64_t> order, const TransformOptions& transform,
                         EpochKey key, Options options)
    : shards_(shards),
      order_(std::move(order)),
      transform_(transform),
      others_(order_),
      key_(key),
      options_(options),
      batches_(batch_count(static_cast<std::int64_t>(order_.size()), options.batch_size)),
      delivered_(options.first_batch),
      next_(0),
      queue_(options.queue) {
  std::ranges::sort(others_);
  try {
    for (int i = 0; i < std::max(options_.workers, 1); ++i) workers_.emplace_back([this] { work(); });
  } catch (...) {
    queue_.close();  // lest those that are at work wait for one who takes
    throw;
  }
}

EpochLoader::~EpochLoader() { queue_.close(); }

void EpochLoader::work() {
  std::optional<SampleMaker> maker;
  while (true) {
    const std::int64_t number = next_.fetch_add(1);
    if (options_.first_batch + number >= batches_) return;
    Made made;
    try {
      if (!maker) maker.emplace(shards_, transform_, key_, others_);
      made.batch = make(options_.first_batch + number, *maker);
    } catch (...) {
      made.error = std::current_exception();
    }
    if (!queue_.put(number, std::move(made))) return;
  }
}

Batch EpochLoader::make(std::int64_t number, SampleMaker& maker) const {
  const auto begin = order_.begin() + number * options_.batch_size;
  const auto end = std::min(begin + options_.batch_size, order_.end());
  const Size size = transform_.output_size(shards_.image_size());
  Batch batch;
  batch.samples.assign(begin, end);
  const auto count = static_cast<std::int64_t>(batch.samples.size());
  batch.images = torch::empty({count, size.height, size.width, 3}, torch::kUInt8);
  batch.labels = torch::empty({count, size.height, size.width}, torch::kUInt8);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t sample = batch.samples[static_cast<std::size_t>(i)];
    maker.make(sample);
    std::ranges::copy(maker.image().pixels, bytes_of(batch.images, i).begin());
    std::ranges::copy(maker.label().pixels, bytes_of(batch.labels, i).begin());
    batch.keys.push_back(random_key({"sample", key_.seed, key_.fold, key_.epoch, shards_.name(sample)}));
  }
  return batch;
}

std::optional<Batch> EpochLoader::next() {
  if (delivered_ >= batches_) return std::nullopt;
  const auto start = std::chrono::steady_clock::now();
  Made made = queue_.take().value();
  waited_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  ++delivered_;
  if (made.error) std::rethrow_exception(made.error);
  return std::move(made.batch);
}

}  // namespace segfold
