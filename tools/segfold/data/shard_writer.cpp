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
        image_size(image),
        label_size(label),
        expected(samples),
        digest(image, label, class_names()),
        file(output.temporary(), hdf5::Access::kCreate, format::kRemedy, path),
        images(Dataset::create(file, format::kImages, H5T_STD_U8LE, image_extent(samples, image), 1)),
        labels(Dataset::create(file, format::kLabels, H5T_STD_U8LE, extent(samples, label), 1)) {}

  void write_tables();
  void write_attributes(const Seal& seal);
  void verify(const std::string& content) const;
  void mark_complete() const;

  AtomicFile output;
  Size image_size;
  Size label_size;
  std::int64_t expected;
  format::ContentDigest digest;
  hdf5::File file;
  Dataset images;
  Dataset labels;
  std::vector<std::string> names;
  std::vector<std::string> groups;
  std::vector<std::int32_t> true_sizes;     // [N][2]
  std::vector<std::uint64_t> class_pixels;  // [N][C]
};

void ShardWriter::State::write_tables() {
  const auto rows = static_cast<hsize_t>(names.size());
  Dataset::write_texts(file, format::kNames, names);
  Dataset::write_texts(file, format::kGroups, groups);
  Dataset sizes = Dataset::create(file, format::kLabelSizes, H5T_STD_I32LE, {rows, 2}, rows);
  sizes.write_rows(0, rows, H5T_NATIVE_INT32, true_sizes.data());
  sizes.close();
  Dataset pixels = Dataset::create(file, format::kClassPixels, H5T_STD_U64LE, {rows, kClasses}, rows);
  pixels.write_rows(0, rows, H5T_NATIVE_UINT64, class_pixels.data());
  pixels.close();
}

void ShardWriter::State::write_attributes(const Seal& seal) {
  file.write_numbers(format::kFormat, std::array{std::int32_t{kShardFormat}});
  file.write_texts(format::kClassNames, class_names());
  file.write_numbers(format::kIdMap, format::id_map());
  file.write_numbers(format::kImageSize, pair(image_size));
  file.write_numbers(format::kLabelSize, pair(label_size));
  file.write_texts(format::kSeal, {compact_json(seal_to_json(seal))});
  file.write_numbers(format::kComplete, std::array{std::int32_t{0}});
}

void ShardWriter::State::verify(const std::string& content) const {
  const ShardReader reader = ShardReader::open_unfinished(output.temporary());
  const ShardInfo& info = reader.info();
  format::ContentDigest found(info.image_size, info.label_size, info.classes);
  std::vector<std::uint8_t> image(static_cast<std::size_t>(image_size.area()) * 3);
  std::vector<std::uint8_t> label(static_cast<std::size_t>(label_size.area()));
  for (std::size_t i = 0; i < info.names.size(); ++i) {
    reader.read_image(static_cast<std::int64_t>(i), image);
    reader.read_label(static_cast<std::int64_t>(i), label);
    found.add(info.names[i], info.groups[i], info.true_label_sizes[i], image, label);
  }
  if (found.hex() != content) throw DataError("its content is another than was written");
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
  if (static_cast<std::int64_t>(state.names.size()) == state.expected) throw wrong("one more than was announced");
  if (!state.names.empty() && sample.name <= state.names.back()) throw wrong("out of order, or stands twice");
  if (sample.image.size() != static_cast<std::size_t>(state.image_size.area()) * 3)
    throw wrong("image of another size");
  if (sample.label.size() != static_cast<std::size_t>(state.label_size.area())) throw wrong("label of another size");
  const Size true_size = sample.true_label_size;
  if (true_size.height < 1 || true_size.width < 1 || true_size.height > state.label_size.height ||
      true_size.width > state.label_size.width) {
    throw wrong("true label size outside the stored one");
  }
  if (format::invalid_label(sample.label) >= 0) throw wrong("a label value that is no train id");

  const hsize_t row = state.names.size();
  state.images.write_rows(row, 1, H5T_NATIVE_UINT8, sample.image.data());
  state.labels.write_rows(row, 1, H5T_NATIVE_UINT8, sample.label.data());
  state.digest.add(sample.name, sample.group, true_size, sample.image, sample.label);
  state.names.push_back(sample.name);
  state.groups.push_back(sample.group);
  for (const std::int32_t side : pair(true_size)) state.true_sizes.push_back(side);
  for (const std::uint64_t pixels : count_classes(sample.label)) state.class_pixels.push_back(pixels);
}

void ShardWriter::finish(Seal seal) {
  State& state = *state_;
  if (static_cast<std::int64_t>(state.names.size()) != state.expected) {
    throw InternalError(fmt::format("{} samples were announced, {} came", state.expected, state.names.size()));
  }
  seal.content = state.digest.hex();
  state.images.close();
  state.labels.close();
  state.write_tables();
  state.write_attributes(seal);
  state.file.close();
  try {
    state.verify(seal.content);
  } catch (const DataError& error) {
    throw IoError(fmt::format("{}: does not read back as it was written ({}); check the disk and run again",
                              state.output.target().string(), error.what()));
  }
  state.mark_complete();
  state.output.commit();
}

}  // namespace segfold
