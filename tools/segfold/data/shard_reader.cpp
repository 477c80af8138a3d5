#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>

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

enum class Expect { kComplete, kUnfinished };

/// A file that is read without HDF5.
class OpenFile {
 public:
  explicit OpenFile(std::filesystem::path path)
      : path_(std::move(path)), descriptor_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) throw_read_error(path_, errno);
  }
  ~OpenFile() { ::close(descriptor_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  /// Fills the memory from the file's bytes at `offset`, without moving a file position that threads would share.
  void read(std::uint64_t offset, std::span<std::uint8_t> memory) const {
    std::size_t done = 0;
    while (done < memory.size()) {
      const ssize_t got =
          ::pread(descriptor_, memory.data() + done, memory.size() - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw_read_error(path_, errno);
      if (got == 0)
        throw DataError(fmt::format("{}: became shorter while it was read; {}", path_.string(), format::kRemedy));
      done += static_cast<std::size_t>(got);
    }
  }

 private:
  std::filesystem::path path_;
  int descriptor_;
};

Size read_size(const hdf5::File& file, const char* name) {
  const auto sides = file.read_numbers(name);
  if (sides.size() != 2 || std::min(sides[0], sides[1]) < 1 || std::max(sides[0], sides[1]) > kMaxSide) {
    file.fail(name, fmt::format("is not a height and a width from 1 to {}", kMaxSide));
  }
  return {sides[0], sides[1]};
}

void check_version(const hdf5::File& file, Expect expect) {
  const auto version = file.read_numbers(format::kFormat);
  if (version != std::vector<std::int32_t>{kShardFormat}) {
    file.fail(format::kFormat, fmt::format("version {}, this program reads version {}", version.front(), kShardFormat));
  }
  if (expect == Expect::kComplete && file.read_numbers(format::kComplete) != std::vector<std::int32_t>{1}) {
    file.fail(format::kComplete, "the shard was never finished");
  }
}

void require_shape(const hdf5::File& file, const Dataset& dataset, const char* name, hid_t type,
                   const std::vector<hsize_t>& dims) {
  if (!dataset.stores(type) || dataset.dims() != dims) {
    file.fail(name, fmt::format("is of another type or shape than the {} expected", fmt::join(dims, " × ")));
  }
}

std::vector<std::string> read_names(const hdf5::File& file, const char* name) {
  auto names = Dataset::open(file, name).read_texts();
  for (const std::string& text : names) {
    if (!format::is_plain_name(text)) file.fail(name, "holds a text that cannot be part of a file name");
  }
  return names;
}

Json read_seal(const hdf5::File& file) {
  return parse_json(file.read_texts(format::kSeal).front(), file.shown_path().string() + ": " + format::kSeal);
}

ShardInfo read_header(const hdf5::File& file, Expect expect) {
  check_version(file, expect);
  ShardInfo info;
  info.classes = file.read_texts(format::kClassNames);
  if (info.classes != class_names()) file.fail(format::kClassNames, "are other classes");
  if (file.read_numbers(format::kIdMap) != format::id_map()) file.fail(format::kIdMap, "maps ids in another way");
  info.image_size = read_size(file, format::kImageSize);
  info.label_size = read_size(file, format::kLabelSize);
  info.seal = seal_from_json(read_seal(file), file.shown_path().string() + ": " + format::kSeal);
  return info;
}

template <class T>
std::vector<T> read_table(const hdf5::File& file, const char* name, const std::vector<hsize_t>& dims) {
  const Dataset table = Dataset::open(file, name);
  require_shape(file, table, name, hdf5::Element<T>::file(), dims);
  return table.read<T>();
}

void read_tables(const hdf5::File& file, ShardInfo& info) {
  info.names = read_names(file, format::kNames);
  if (std::ranges::adjacent_find(info.names, std::greater_equal<>()) != info.names.end()) {
    file.fail(format::kNames, "are not sorted, or one stands twice");
  }
  info.groups = read_names(file, format::kGroups);
  const hsize_t rows = info.names.size();
  if (info.groups.size() != rows) file.fail(format::kGroups, "are not as many as the names");

  const auto sizes = read_table<std::int32_t>(file, format::kLabelSizes, {rows, 2});
  const auto pixels = read_table<std::uint64_t>(file, format::kClassPixels, {rows, kClasses});
  const auto area = static_cast<std::uint64_t>(info.label_size.area());
  for (std::size_t i = 0; i < rows; ++i) {
    const Size size{sizes[2 * i], sizes[2 * i + 1]};
    if (size.height < 1 || size.width < 1 || size.height > info.label_size.height ||
        size.width > info.label_size.width) {
      file.fail(format::kLabelSizes,
                fmt::format("{} of sample '{}' is outside the stored size", to_string(size), info.names[i]));
    }
    info.true_label_sizes.push_back(size);
    const auto first = pixels.begin() + static_cast<std::ptrdiff_t>(i * kClasses);
    info.class_pixels.emplace_back(first, first + kClasses);
    std::uint64_t sum = 0;
    for (const std::uint64_t count : info.class_pixels.back()) sum += std::min(count, area + 1);
    if (sum > area) file.fail(format::kClassPixels, fmt::format("more pixels than sample '{}' has", info.names[i]));
  }
}

/// @return of each sample image and label, once all tables are known to be those that were sealed
std::vector<format::Checksums> read_checksums(const hdf5::File& file, const ShardInfo& info) {
  const hsize_t rows = info.names.size();
  const auto stored = read_table<std::uint8_t>(file, format::kChecksums, {rows, 2, sizeof(format::Checksum)});
  std::vector<format::Checksums> checksums(rows);
  std::memcpy(checksums.data(), stored.data(), stored.size());
  const std::string found = format::digest_of_tables(info, checksums);
  if (json_value<std::string>(read_seal(file), format::kTables, file.shown_path().string()) != found)
    file.fail(format::kSeal, "names, groups, sizes, class pixels or checksums are others than were sealed");
  return checksums;
}

std::vector<hdf5::ChunkPlace> find_chunks(const hdf5::File& file, const char* name, const std::vector<hsize_t>& dims) {
  const Dataset dataset = Dataset::open(file, name);
  require_shape(file, dataset, name, H5T_STD_U8LE, dims);
  auto chunk = dims;
  chunk[0] = 1;
  if (dataset.chunk() != chunk) file.fail(name, "its chunks are not one sample each");
  return dataset.chunk_places();
}

}  // namespace

struct ShardReader::State {
  State(std::filesystem::path file_path, Expect expect, KeepOpen keep_open) : path(std::move(file_path)) {
    const hdf5::File file(path, hdf5::Access::kRead, format::kRemedy);
    info = read_header(file, expect);
    read_tables(file, info);
    checksums = read_checksums(file, info);
    const auto count = static_cast<hsize_t>(info.samples());
    const auto side = [](std::int64_t pixels) { return static_cast<hsize_t>(pixels); };
    images.places =
        find_chunks(file, format::kImages, {count, side(info.image_size.height), side(info.image_size.width), 3});
    labels.places =
        find_chunks(file, format::kLabels, {count, side(info.label_size.height), side(info.label_size.width)});
    if (keep_open == KeepOpen::kYes) kept.emplace(path);
  }

  struct Pictures {
    const char* what;
    std::size_t column;  ///< of the checksums
    std::vector<hdf5::ChunkPlace> places;
  };

  void read(const Pictures& pictures, std::int64_t sample, std::span<std::uint8_t> memory) const {
    if (sample < 0 || sample >= info.samples())
      throw InternalError(fmt::format("{}: sample {} does not exist", path.string(), sample));
    const auto row = static_cast<std::size_t>(sample);
    const hdf5::ChunkPlace& place = pictures.places[row];
    if (memory.size() != place.bytes)
      throw InternalError(fmt::format("{}: memory of another size than the {}", path.string(), pictures.what));
    if (kept) {
      kept->read(place.offset, memory);
    } else {
      OpenFile(path).read(place.offset, memory);
    }
    if (format::checksum(memory) != checksums[row][pictures.column])
      fail(sample, fmt::format("the {} is damaged (its checksum is wrong)", pictures.what));
  }

  [[noreturn]] void fail(std::int64_t sample, const std::string& problem) const {
    throw DataError(fmt::format("{}: sample '{}': {}; {}", path.string(), info.names[static_cast<std::size_t>(sample)],
                                problem, format::kRemedy));
  }

  std::filesystem::path path;
  ShardInfo info;
  std::vector<format::Checksums> checksums;
  Pictures images{"image", 0, {}};
  Pictures labels{"label", 1, {}};
  std::optional<OpenFile> kept;
};

ShardReader::ShardReader(const std::filesystem::path& path, KeepOpen keep_open)
    : state_(std::make_unique<State>(path, Expect::kComplete, keep_open)) {}
ShardReader::ShardReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
ShardReader::~ShardReader() = default;
ShardReader::ShardReader(ShardReader&&) noexcept = default;

ShardReader ShardReader::open_unfinished(const std::filesystem::path& path) {
  return ShardReader(std::make_unique<State>(path, Expect::kUnfinished, KeepOpen::kYes));
}

const std::filesystem::path& ShardReader::path() const { return state_->path; }
const ShardInfo& ShardReader::info() const { return state_->info; }

void ShardReader::read_image(std::int64_t sample, std::span<std::uint8_t> image) const {
  state_->read(state_->images, sample, image);
}

void ShardReader::read_label(std::int64_t sample, std::span<std::uint8_t> label) const {
  state_->read(state_->labels, sample, label);
  if (const int id = shard_format::invalid_label(label); id >= 0) {
    state_->fail(sample, fmt::format("the label holds {}, which is no train id", id));
  }
}

}  // namespace segfold
