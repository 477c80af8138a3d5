#include "segfold/stages/preprocess.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "segfold/base/cpu.h"
#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/log.h"
#include "segfold/base/ordered_hand_over.h"
#include "segfold/base/outputs.h"
#include "segfold/base/parallel.h"
#include "segfold/base/problems.h"
#include "segfold/base/progress.h"
#include "segfold/base/sha256.h"
#include "segfold/base/signals.h"
#include "segfold/base/text.h"
#include "segfold/base/version.h"
#include "segfold/data/cityscapes_layout.h"
#include "segfold/data/labels.h"
#include "segfold/data/shard.h"
#include "segfold/image/codec.h"

namespace segfold {
namespace {

constexpr const char* kTool = "preprocess";
constexpr std::int64_t kMaxParts = 100000;
constexpr std::int64_t kAheadPerThread = 4;  // finished samples that may wait for a slower one

/// A sample as it goes into the shard, and the digest of the files it was made from.
struct Converted {
  ShardSample sample;
  std::string source;
};

/// What was found in each sample's files; several threads may write to different samples.
class Findings {
 public:
  explicit Findings(std::size_t samples) : found_(samples) {}

  /// Runs `check`; an Error that leaves it is kept as a finding of the sample. @return whether there was none.
  template <class Check>
  bool keep(std::size_t sample, Check&& check) {
    try {
      check();
      return true;
    } catch (const Error& error) {
      found_[sample].push_back(error);
      any_ = true;
      return false;
    }
  }

  bool any() const { return any_; }
  bool any(std::size_t sample) const { return !found_[sample].empty(); }

  void throw_if_any() const {
    Problems problems;
    for (const auto& of_sample : found_) {
      for (const Error& error : of_sample) problems.add(error);
    }
    problems.throw_if_any("no shard was written");
  }

 private:
  std::vector<std::vector<Error>> found_;
  std::atomic<bool> any_{false};
};

std::vector<LayoutSample> samples_of_part(const PreprocessOptions& options) {
  with_context("--images", [&] { require_folder(options.images); });
  with_context("--labels", [&] { require_folder(options.labels); });
  const std::vector<LayoutSample> all = find_cityscapes_samples(options.images, options.labels);
  const auto total = static_cast<std::int64_t>(all.size());
  const auto [index, count] = options.part;
  if (count > total) {
    throw UsageError(fmt::format("--part {}/{}: {} has only {} samples; use at most as many parts", index, count,
                                 options.images.string(), total));
  }
  return {all.begin() + total * index / count, all.begin() + total * (index + 1) / count};
}

void require_sizes(const PreprocessOptions& options, const LayoutSample& sample, Size photo, Size label) {
  if (photo != label) {
    throw DataError(fmt::format("{}: {}, but its photo {} is {}; they must be of one size", sample.label.string(),
                                to_string(label), sample.image.string(), to_string(photo)));
  }
  if (options.label_size && (label.height > options.label_size->height || label.width > options.label_size->width)) {
    throw DataError(fmt::format("{}: {} is larger than --label-size {}; give a --label-size that holds every label map",
                                sample.label.string(), to_string(label), to_string(*options.label_size)));
  }
}

/// What can be told from the first bytes of the files.
void check_headers(const PreprocessOptions& options, const LayoutSample& sample, std::size_t i, Findings& findings) {
  PngHeader photo;
  PngHeader label;
  const bool good_photo = findings.keep(i, [&] {
    photo = read_png_header(sample.image);
    require_photo(photo, sample.image);
  });
  const bool good_label = findings.keep(i, [&] {
    label = read_png_header(sample.label);
    require_label_map(label, sample.label);
  });
  if (good_photo && good_label) findings.keep(i, [&] { require_sizes(options, sample, photo.size, label.size); });
}

/// Raw ids → train ids, in place.
void map_ids(Image& label, const std::filesystem::path& path) {
  const auto& table = train_id_from_raw_id();
  const auto unknown = [&](std::uint8_t id) { return table[id] == kUnknownRawId; };
  const auto first = std::ranges::find_if(label.pixels, unknown);
  if (first != label.pixels.end()) {
    const auto place = first - label.pixels.begin();
    throw DataError(
        fmt::format("{}: row {}, column {}: unknown id {}, one of {} such pixels; expected raw ids 0 to {}, as in "
                    "*_gtFine_labelIds.png",
                    path.string(), place / label.size.width, place % label.size.width, *first,
                    std::ranges::count_if(label.pixels, unknown), kRawIds - 1));
  }
  for (std::uint8_t& id : label.pixels) id = table[id];
}

/// The map at the top left of a larger one that is kIgnore elsewhere.
Image padded(const Image& label, Size size) {
  Image result(size, 1, kIgnore);
  for (std::int64_t y = 0; y < label.size.height; ++y) std::copy_n(label.row(y), label.size.width, result.row(y));
  return result;
}

/// Reads and checks a sample's files. @return what the shard needs of it; unusable after a finding.
Converted convert(const PreprocessOptions& options, const LayoutSample& sample, std::size_t i, Findings& findings) {
  std::string photo_bytes;
  std::string label_bytes;
  Image photo;
  Image label;
  findings.keep(i, [&] {
    photo_bytes = read_file(sample.image, kMaxPngBytes);
    photo = decode_rgb_png(photo_bytes, sample.image);
  });
  findings.keep(i, [&] {
    label_bytes = read_file(sample.label, kMaxPngBytes);
    label = decode_label_png(label_bytes, sample.label);
    map_ids(label, sample.label);
  });
  if (findings.any()) return {};  // nothing will be written any more: further samples are only checked
  // Once more, since the files may have changed since their headers were read.
  require_sizes(options, sample, photo.size, label.size);

  Converted converted;
  converted.source = sha256_hex(photo_bytes) + sha256_hex(label_bytes);
  ShardSample& stored = converted.sample;
  stored.name = sample.name;
  stored.group = sample.group;
  stored.true_label_size = options.label_size ? label.size : options.size;
  stored.image = resize_image(photo, options.size, options.interpolation).pixels;
  stored.label = (options.label_size ? padded(label, *options.label_size) : resize_labels(label, options.size)).pixels;
  return converted;
}

void require_no_signal() {
  if (stop_requested()) throw InterruptedError("interrupted; nothing was written, run again");
}

Seal make_seal(const PreprocessOptions& options, std::string source) {
  Seal seal;
  seal.tool = kTool;
  seal.results_version = results_version(kTool);
  seal.parameters = {{"size", to_string(options.size)},
                     {"label_size", options.label_size ? Json(to_string(*options.label_size)) : Json()},
                     {"interpolation", options.interpolation == Interpolation::kArea ? "area" : "linear"},
                     {"part", fmt::format("{}/{}", options.part.index, options.part.count)}};
  seal.inputs["source"] = std::move(source);
  return seal;
}

/// Of the samples' files, as convert_all digests them.
std::string source_digest(const std::vector<LayoutSample>& samples, int threads) {
  std::vector<std::string> digests(samples.size());
  parallel_for(static_cast<std::int64_t>(samples.size()), threads, [&](std::int64_t i) {
    require_no_signal();
    const LayoutSample& sample = samples[static_cast<std::size_t>(i)];
    digests[static_cast<std::size_t>(i)] = sha256_file(sample.image) + sha256_file(sample.label);
  });
  Sha256 source;
  for (std::size_t i = 0; i < samples.size(); ++i) source.update(samples[i].name + "\n").update(digests[i] + "\n");
  return source.hex();
}

/// Converts every sample that has no finding yet and writes the shard, unless there is or will be one.
void convert_all(const PreprocessOptions& options, const std::vector<LayoutSample>& samples, int threads,
                 Findings& findings) {
  const auto count = static_cast<std::int64_t>(samples.size());
  std::unique_ptr<ShardWriter> writer;
  if (!findings.any()) {
    writer =
        std::make_unique<ShardWriter>(options.output, options.size, options.label_size.value_or(options.size), count);
  }
  Sha256 source;
  OrderedHandOver<Converted> hand_over(kAheadPerThread * threads, [&](const Converted& converted) {
    if (findings.any()) return;
    writer->add(converted.sample);
    source.update(converted.sample.name + "\n").update(converted.source + "\n");
  });
  Progress progress("convert", count, "images");
  parallel_for(count, threads, [&](std::int64_t i) {
    hand_over.put(i, [&] {
      require_no_signal();
      const auto sample = static_cast<std::size_t>(i);
      return findings.any(sample) ? Converted{} : convert(options, samples[sample], sample, findings);
    });
    progress.add(1);
  });
  if (!findings.any()) writer->finish(make_seal(options, source.hex()));
}

void require_size(Size size, const char* option) {
  if (size.height < 1 || size.width < 1 || size.height > kMaxSide || size.width > kMaxSide ||
      size.area() > kMaxPixels) {
    throw UsageError(fmt::format("{} {}: sides go from 1 to {}, with at most {} pixels", option, to_string(size),
                                 kMaxSide, kMaxPixels));
  }
}

}  // namespace

Part parse_part(std::string_view text) {
  Part part;
  const char* end = text.data() + text.size();
  const auto index = std::from_chars(text.data(), end, part.index);
  if (index.ec == std::errc() && index.ptr != end && *index.ptr == '/') {
    const auto count = std::from_chars(index.ptr + 1, end, part.count);
    if (count.ec == std::errc() && count.ptr == end && part.index >= 0 && part.index < part.count &&
        part.count <= kMaxParts) {
      return part;
    }
  }
  throw UsageError(
      fmt::format("--part {}: write I/N with I from 0 to N - 1 and N at most {}, for example 0/4", text, kMaxParts));
}

void PreprocessOptions::check() const {
  if (images.empty() || labels.empty())
    throw UsageError("--images and --labels name the folders of photos and label maps");
  if (output.empty()) throw UsageError("--output names the shard to write, for example train-0.h5");
  require_size(size, "--size");
  if (label_size) require_size(*label_size, "--label-size");
  parse_part(fmt::format("{}/{}", part.index, part.count));
  if (threads < 0) throw UsageError(fmt::format("--threads {}: give 0 or more", threads));
}

void preprocess(const PreprocessOptions& options) {
  options.check();
  const SignalGuard guard;
  const auto start = std::chrono::steady_clock::now();
  const int threads = options.threads > 0 ? options.threads : available_threads();
  const std::vector<LayoutSample> samples = samples_of_part(options);
  if (options.dry_run) {
    const Seal found = ShardReader(options.output).info().seal;
    return require_made_by(make_seal(options, source_digest(samples, threads)), found, options.output);
  }
  std::vector<std::filesystem::path> inputs;
  for (const LayoutSample& sample : samples) inputs.insert(inputs.end(), {sample.image, sample.label});
  prepare_outputs(inputs, {options.output});
  Findings findings(samples.size());
  parallel_for(static_cast<std::int64_t>(samples.size()), threads, [&](std::int64_t i) {
    require_no_signal();
    check_headers(options, samples[static_cast<std::size_t>(i)], static_cast<std::size_t>(i), findings);
  });
  convert_all(options, samples, threads, findings);
  findings.throw_if_any();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  log_info("{}: {}, images {}, labels {}, in {:.1f} s", options.output.string(), count_text(samples.size(), "sample"),
           to_string(options.size), to_string(options.label_size.value_or(options.size)), seconds);
}

}  // namespace segfold
