#include "segfold/data/shard_format.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>

#include "segfold/base/utf8.h"
#include "segfold/data/labels.h"

namespace segfold::shard_format {

bool is_plain_name(std::string_view name) {
  if (name.empty() || name.size() > 255 || name.front() == '.') return false;
  return is_utf8(name) && std::ranges::none_of(name, [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte < 0x20 || byte == 0x7f || c == '/' || c == '\\';
         });
}

std::vector<std::int32_t> id_map() {
  const auto& map = train_id_from_raw_id();
  return {map.begin(), map.begin() + kRawIds};
}

int invalid_label(std::span<const std::uint8_t> label) {
  // Counting first, without a branch, lets the usual case run at the speed of memory.
  std::int64_t invalid = 0;
  for (const std::uint8_t id : label) invalid += (id >= kClasses) & (id != kIgnore);
  if (invalid == 0) return -1;
  return *std::ranges::find_if(label, [](std::uint8_t id) { return id >= kClasses && id != kIgnore; });
}

Checksum checksum(std::span<const std::uint8_t> pixels) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(pixels.data(), pixels.size()));
  return std::to_array(canonical.digest);
}

ShardDigest::ShardDigest(Size image_size, Size label_size, const std::vector<std::string>& classes) {
  add_text("segfold.shard");
  for (const std::int64_t side : {image_size.height, image_size.width, label_size.height, label_size.width})
    add_number(side);
  add_number(static_cast<std::int64_t>(classes.size()));
  for (const std::string& name : classes) add_text(name);
}

void ShardDigest::add(const std::string& name, const std::string& group, Size true_label_size,
                      std::span<const std::byte> first, std::span<const std::byte> second) {
  add_text(name);
  add_text(group);
  add_number(true_label_size.height);
  add_number(true_label_size.width);
  sha_.update(first.data(), first.size());
  sha_.update(second.data(), second.size());
}

void ShardDigest::add_text(std::string_view text) {
  add_number(static_cast<std::int64_t>(text.size()));
  sha_.update(text);
}

void ShardDigest::add_number(std::int64_t number) {
  std::array<unsigned char, 8> bytes{};
  for (std::size_t i = 0; i < 8; ++i)
    bytes[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(number) >> (8 * i));
  sha_.update(bytes.data(), bytes.size());
}

std::string digest_of_tables(const ShardInfo& info, std::span<const Checksums> checksums) {
  static_assert(std::endian::native == std::endian::little, "numbers are digested as they lie in memory");
  ShardDigest digest(info.image_size, info.label_size, info.classes);
  for (std::size_t i = 0; i < info.names.size(); ++i) {
    digest.add(info.names[i], info.groups[i], info.true_label_sizes[i], std::as_bytes(std::span(info.class_pixels[i])),
               std::as_bytes(std::span(checksums[i])));
  }
  return digest.hex();
}

}  // namespace segfold::shard_format
