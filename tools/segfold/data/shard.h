#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "segfold/base/seal.h"
#include "segfold/base/size.h"

namespace segfold {

/// Version of the shard format; a reader refuses others.
inline constexpr int kShardFormat = 2;

/// What a shard says of itself.
struct ShardInfo {
  Size image_size;                                       ///< of every image
  Size label_size;                                       ///< of every stored label map (padding included)
  std::vector<std::string> names;                        ///< city_seq_frame, sorted, unique within a shard
  std::vector<std::string> groups;                       ///< city of each sample
  std::vector<Size> true_label_sizes;                    ///< of each sample; the rest of its map is kIgnore
  std::vector<std::vector<std::uint64_t>> class_pixels;  ///< [N][C] pixels of each class in the stored map
  std::vector<std::string> classes;                      ///< names by train id
  Seal seal;                                             ///< seal.content digests names, images and labels

  std::int64_t samples() const { return static_cast<std::int64_t>(names.size()); }
};

/// One sample as it is stored.
struct ShardSample {
  std::string name;
  std::string group;
  Size true_label_size;
  std::vector<std::uint8_t> image;  ///< [h, w, 3] RGB
  std::vector<std::uint8_t> label;  ///< [H, W] train ids, kIgnore outside true_label_size
};

/// Writes one shard: samples in the order given, then finish(). Nothing appears at the path before finish() has
/// closed, re-read and verified the whole file.
class ShardWriter {
 public:
  /// @param samples  how many will come
  ShardWriter(const std::filesystem::path& path, Size image_size, Size label_size, std::int64_t samples);
  ~ShardWriter();
  /// @throws DataError if the name or the group cannot be part of a file's name; InternalError if a sample comes out of
  /// order, has another size or holds a label that is no train id; IoError.
  void add(const ShardSample& sample);
  /// @throws IoError if the disk is full or the file does not read back as it was written.
  void finish(Seal seal);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Whether a reader holds its file open. One that does not opens it for each sample, so that any number of shards can
/// be read; one that does goes on where its file was removed or replaced.
enum class KeepOpen { kYes, kNo };

/// Reads one shard, checked before anything is allocated by its word. Reading samples is safe from many threads and
/// takes no HDF5 lock: pixels come by pread at the chunk's place, and their checksum is verified.
class ShardReader {
 public:
  /// @throws NotFoundError, PermissionError, IoError, DataError if it is damaged, unfinished or of another format.
  explicit ShardReader(const std::filesystem::path& path, KeepOpen keep_open = KeepOpen::kYes);
  ~ShardReader();
  ShardReader(ShardReader&&) noexcept;

  const std::filesystem::path& path() const;
  const ShardInfo& info() const;
  /// @param image  image_size.area() × 3 bytes. @throws DataError naming file and sample if damaged.
  void read_image(std::int64_t sample, std::span<std::uint8_t> image) const;
  /// @param label  label_size.area() bytes
  void read_label(std::int64_t sample, std::span<std::uint8_t> label) const;

 private:
  friend class ShardWriter;
  struct State;
  explicit ShardReader(std::unique_ptr<State> state);
  /// For the writer's own check, of a file that is not marked complete yet.
  static ShardReader open_unfinished(const std::filesystem::path& path);

  std::unique_ptr<State> state_;
};

/// Several shards as one data set: samples in the order of their names, whatever the order of the files.
/// @throws as ShardReader; UsageError without files, DataError if sizes differ or a name stands twice.
class ShardSet {
 public:
  explicit ShardSet(const std::vector<std::filesystem::path>& paths);

  std::int64_t size() const { return static_cast<std::int64_t>(entries_.size()); }
  Size image_size() const { return readers_.front().info().image_size; }
  Size label_size() const { return readers_.front().info().label_size; }
  const std::vector<std::string>& classes() const { return readers_.front().info().classes; }
  const std::string& name(std::int64_t i) const { return info(i).names[at(i).sample]; }
  const std::string& group(std::int64_t i) const { return info(i).groups[at(i).sample]; }
  Size true_label_size(std::int64_t i) const { return info(i).true_label_sizes[at(i).sample]; }
  const std::vector<std::uint64_t>& class_pixels(std::int64_t i) const { return info(i).class_pixels[at(i).sample]; }
  void read_image(std::int64_t i, std::span<std::uint8_t> image) const;
  void read_label(std::int64_t i, std::span<std::uint8_t> label) const;

  /// Index of a sample by name; nothing if it is not there.
  std::optional<std::int64_t> find(std::string_view name) const;

  /// Digest over the contents of all shards, independent of the order in which they were given.
  const std::string& digest() const { return digest_; }

 private:
  struct Entry {
    std::size_t reader;
    std::size_t sample;
  };
  const Entry& at(std::int64_t i) const { return entries_[static_cast<std::size_t>(i)]; }
  const ShardInfo& info(std::int64_t i) const { return readers_[at(i).reader].info(); }

  std::vector<ShardReader> readers_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::int64_t> index_;
  std::string digest_;
};

}  // namespace segfold
