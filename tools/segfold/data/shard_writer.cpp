#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/data/hdf5.h"
#include "segfold/data/labels.h"
#include "segfold/data/shard.h"
#include "segfold/data/shard_format.h"

namespace segfold {
namespace {

namespace format = shard_format;
using hdf5::Dataset;

std::vector<hsize_t> extent(std::int64_t samples, Size size) {
  return {static_cast<hsize_t>(samples), static_cast<hsize_t>(size.height), static_cast<hsize_t>(size.width)};
}

std::vector<hsize_t> image_extent(std::int64_t samples, Size size) {
  auto dims = extent(samples, size);
  dims.push_back(3);
  return dims;
}

std::vector<std::uint64_t> count_classes(std::span<const std::uint8_t> label) {
  std::array<std::uint64_t, 256> counts{};
  for (const std::uint8_t id : label) ++counts[id];
  return {counts.begin(), counts.begin() + kClasses};
}

std::array<std::int32_t, 2> pair(Size size) {
  return {static_cast<std::int32_t>(size.height), static_cast<std::int32_t>(size.width)};
}

void require_side(std::int64_t side) {
  if (side < 1 || side > kMaxSide) throw InternalError(fmt::format("a shard with a side of {} pixels", side));
}

}  // namespace

struct ShardWriter::State {
  State(const std::filesystem::path& path, Size image, Size label, std::int64_t samples)
      : output(path),
        info{.image_size = image, .label_size = label, .classes = class_names()},
        expected(samples),
        content(image, label, info.classes),
        file(output.temporary(), hdf5::Access::kCreate, format::kRemedy, path),
        images(Dataset::create(file, format::kImages, H5T_STD_U8LE, image_extent(samples, image), 1)),
        labels(Dataset::create(file, format::kLabels, H5T_STD_U8LE, extent(samples, label), 1)) {}

  void write_tables();
  void write_attributes(const Seal& seal);
  void verify(const std::string& written) const;
  void mark_complete() const;

  AtomicFile output;
  ShardInfo info;  // but for its seal
  std::int64_t expected;
  format::ShardDigest content;
  std::vector<format::Checksums> checksums;
  hdf5::File file;
  Dataset images;
  Dataset labels;
};

void ShardWriter::State::write_tables() {
  std::vector<std::int32_t> sizes;
  std::vector<std::uint64_t> pixels;
  for (std::size_t i = 0; i < info.names.size(); ++i) {
    for (const std::int32_t side : pair(info.true_label_sizes[i])) sizes.push_back(side);
    pixels.insert(pixels.end(), info.class_pixels[i].begin(), info.class_pixels[i].end());
  }
  const auto write = [&]<class T>(const char* name, std::vector<hsize_t> dims, const T* values) {
    const hsize_t rows = info.names.size();
    dims.insert(dims.begin(), rows);
    Dataset table = Dataset::create(file, name, hdf5::Element<T>::file(), dims, rows);
    table.write_rows(0, rows, hdf5::Element<T>::memory(), values);
    table.close();
  };
  Dataset::write_texts(file, format::kNames, info.names);
  Dataset::write_texts(file, format::kGroups, info.groups);
  write(format::kLabelSizes, {2}, sizes.data());
  write(format::kClassPixels, {kClasses}, pixels.data());
  write(format::kChecksums, {2, sizeof(format::Checksum)}, checksums.data()->data()->data());
}

void ShardWriter::State::write_attributes(const Seal& seal) {
  file.write_numbers(format::kFormat, std::array{std::int32_t{kShardFormat}});
  file.write_texts(format::kClassNames, info.classes);
  file.write_numbers(format::kIdMap, format::id_map());
  file.write_numbers(format::kImageSize, pair(info.image_size));
  file.write_numbers(format::kLabelSize, pair(info.label_size));
  Json sealed = seal_to_json(seal);
  sealed[format::kTables] = format::digest_of_tables(info, checksums);
  file.write_texts(format::kSeal, {compact_json(sealed)});
  file.write_numbers(format::kComplete, std::array{std::int32_t{0}});
}

void ShardWriter::State::verify(const std::string& written) const {
  const ShardReader reader = ShardReader::open_unfinished(output.temporary());
  const ShardInfo& stored = reader.info();
  format::ShardDigest found(stored.image_size, stored.label_size, stored.classes);
  std::vector<std::uint8_t> image(static_cast<std::size_t>(info.image_size.area()) * 3);
  std::vector<std::uint8_t> label(static_cast<std::size_t>(info.label_size.area()));
  for (std::size_t i = 0; i < stored.names.size(); ++i) {
    reader.read_image(static_cast<std::int64_t>(i), image);
    reader.read_label(static_cast<std::int64_t>(i), label);
    found.add(stored.names[i], stored.groups[i], stored.true_label_sizes[i], std::as_bytes(std::span(image)),
              std::as_bytes(std::span(label)));
  }
  if (found.hex() != written) throw DataError("its content is another than was written");
}

void ShardWriter::State::mark_complete() const {
  hdf5::File finished(output.temporary(), hdf5::Access::kUpdate, format::kRemedy, output.target());
  finished.overwrite_numbers(format::kComplete, std::array{std::int32_t{1}});
  finished.close();
}

ShardWriter::ShardWriter(const std::filesystem::path& path, Size image_size, Size label_size, std::int64_t samples) {
  for (const std::int64_t side : {image_size.height, image_size.width, label_size.height, label_size.width})
    require_side(side);
  if (samples < 1) throw InternalError("a shard without samples");
  state_ = std::make_unique<State>(path, image_size, label_size, samples);
}

ShardWriter::~ShardWriter() = default;

void ShardWriter::add(const ShardSample& sample) {
  State& state = *state_;
  const auto wrong = [&](const char* problem) {
    return InternalError(fmt::format("sample '{}': {}", sample.name, problem));
  };
  if (!format::is_plain_name(sample.name) || !format::is_plain_name(sample.group)) {
    throw DataError(fmt::format("sample '{}' of group '{}': names must be plain parts of file names; rename the files",
                                sample.name, sample.group));
  }
  ShardInfo& info = state.info;
  if (info.samples() == state.expected) throw wrong("one more than was announced");
  if (!info.names.empty() && sample.name <= info.names.back()) throw wrong("out of order, or stands twice");
  if (sample.image.size() != static_cast<std::size_t>(info.image_size.area()) * 3) throw wrong("image of another size");
  if (sample.label.size() != static_cast<std::size_t>(info.label_size.area())) throw wrong("label of another size");
  const Size true_size = sample.true_label_size;
  if (true_size.height < 1 || true_size.width < 1 || true_size.height > info.label_size.height ||
      true_size.width > info.label_size.width) {
    throw wrong("true label size outside the stored one");
  }
  if (format::invalid_label(sample.label) >= 0) throw wrong("a label value that is no train id");

  const hsize_t row = info.names.size();
  state.images.write_rows(row, 1, H5T_NATIVE_UINT8, sample.image.data());
  state.labels.write_rows(row, 1, H5T_NATIVE_UINT8, sample.label.data());
  state.content.add(sample.name, sample.group, true_size, std::as_bytes(std::span(sample.image)),
                    std::as_bytes(std::span(sample.label)));
  state.checksums.push_back({format::checksum(sample.image), format::checksum(sample.label)});
  info.names.push_back(sample.name);
  info.groups.push_back(sample.group);
  info.true_label_sizes.push_back(true_size);
  info.class_pixels.push_back(count_classes(sample.label));
}

void ShardWriter::finish(Seal seal) {
  State& state = *state_;
  if (state.info.samples() != state.expected) {
    throw InternalError(fmt::format("{} samples were announced, {} came", state.expected, state.info.samples()));
  }
  seal.content = state.content.hex();
  state.images.close();
  state.labels.close();
  state.write_tables();
  state.write_attributes(seal);
  state.file.close();
  try {
    state.verify(seal.content);
  } catch (const Error& error) {
    throw IoError(fmt::format("{}: does not read back as it was written ({}); check the disk and run again",
                              state.output.target().string(), error.what()));
  }
  state.mark_complete();
  state.output.commit();
}

}  // namespace segfold
