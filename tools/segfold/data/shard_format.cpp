#include "segfold/data/shard_format.h"

#include <algorithm>
#include <array>

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

ContentDigest::ContentDigest(Size image_size, Size label_size, const std::vector<std::string>& classes) {
  add_text("segfold.shard");
  for (const std::int64_t side : {image_size.height, image_size.width, label_size.height, label_size.width})
    add_number(side);
  add_number(static_cast<std::int64_t>(classes.size()));
  for (const std::string& name : classes) add_text(name);
}

void ContentDigest::add(const std::string& name, const std::string& group, Size true_label_size,
                        std::span<const std::uint8_t> image, std::span<const std::uint8_t> label) {
  add_text(name);
  add_text(group);
  add_number(true_label_size.height);
  add_number(true_label_size.width);
  sha_.update(image.data(), image.size());
  sha_.update(label.data(), label.size());
}

void ContentDigest::add_text(std::string_view text) {
  add_number(static_cast<std::int64_t>(text.size()));
  sha_.update(text);
}

void ContentDigest::add_number(std::int64_t number) {
  std::array<unsigned char, 8> bytes{};
  for (std::size_t i = 0; i < 8; ++i)
    bytes[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(number) >> (8 * i));
  sha_.update(bytes.data(), bytes.size());
}

}  // namespace segfold::shard_format
