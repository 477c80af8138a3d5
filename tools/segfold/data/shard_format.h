#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "segfold/base/sha256.h"
#include "segfold/data/shard.h"

/// What the writer and the reader of shards agree on; nobody else includes this.
namespace segfold::shard_format {

inline constexpr const char* kImages = "images";             ///< uint8 [N, h, w, 3], one sample per chunk
inline constexpr const char* kLabels = "labels";             ///< uint8 [N, H, W], one sample per chunk
inline constexpr const char* kNames = "names";               ///< text [N]
inline constexpr const char* kGroups = "groups";             ///< text [N]
inline constexpr const char* kLabelSizes = "label_sizes";    ///< int32 [N, 2]
inline constexpr const char* kClassPixels = "class_pixels";  ///< uint64 [N, C]

inline constexpr const char* kChecksums = "checksums";  ///< uint8 [N, 2, 16], checksum() of image and label

inline constexpr const char* kFormat = "format";               ///< int32 [1], kShardFormat
inline constexpr const char* kClassNames = "classes";          ///< text [C]
inline constexpr const char* kIdMap = "train_id_from_raw_id";  ///< int32 [34]
inline constexpr const char* kImageSize = "image_size";        ///< int32 [2], height and width
inline constexpr const char* kLabelSize = "label_size";        ///< int32 [2]
inline constexpr const char* kSeal = "seal";                   ///< text [1], JSON, with kTables
inline constexpr const char* kComplete = "complete";           ///< int32 [1], 1 once the file was read back

inline constexpr const char* kTables = "tables";  ///< ShardDigest of the tables: what is not pixels

inline constexpr const char* kRemedy = "run preprocess again";

/// Whether a name may be a sample's or group's: not empty, at most 255 bytes, and usable as part of a file name.
bool is_plain_name(std::string_view name);

/// The id map as its attribute holds it.
std::vector<std::int32_t> id_map();

/// The first label value that is neither a class nor kIgnore, or −1.
int invalid_label(std::span<const std::uint8_t> label);

using Checksum = std::array<std::uint8_t, 16>;
using Checksums = std::array<Checksum, 2>;  ///< of a sample's image and label

/// XXH3-128, in its canonical byte order: finds damage as fast as memory is read.
Checksum checksum(std::span<const std::uint8_t> pixels);

/// SHA-256 over sizes and classes, then every sample's name, group, true size and two more parts: image and label for
/// seal.content; class pixels and checksums for kTables, which a reader can check without reading pixels.
class ShardDigest {
 public:
  ShardDigest(Size image_size, Size label_size, const std::vector<std::string>& classes);
  void add(const std::string& name, const std::string& group, Size true_label_size, std::span<const std::byte> first,
           std::span<const std::byte> second);
  std::string hex() { return sha_.hex(); }

 private:
  void add_text(std::string_view text);
  void add_number(std::int64_t number);

  Sha256 sha_;
};

/// What the seal holds under kTables. @param checksums  of each sample
std::string digest_of_tables(const ShardInfo& info, std::span<const Checksums> checksums);

}  // namespace segfold::shard_format
