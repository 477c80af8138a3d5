#include "tests/fuzz/stored_zip.h"

#include <zlib.h>

#include <cstdint>
#include <cstring>

namespace segfold::testing {
namespace {

constexpr std::string_view kLocal = "PK\x03\x04";
constexpr std::string_view kCentral = "PK\x01\x02";
constexpr std::string_view kEnd = "PK\x05\x06";
constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kCentralBytes = 46;
constexpr std::size_t kEndBytes = 22;

template <class T>
T number_at(std::string_view bytes, std::size_t place) {
  T value;
  std::memcpy(&value, bytes.data() + place, sizeof(T));
  return value;
}

template <class... T>
void put(std::string& bytes, T... values) {
  (bytes.append(reinterpret_cast<const char*>(&values), sizeof(T)), ...);
}

/// What local and central headers have in common: version, flags (UTF-8), method (stored), date, sizes.
void put_record(std::string& bytes, const std::string& name, const std::string& content) {
  const auto crc = crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()));
  put(bytes, std::uint16_t{20}, std::uint16_t{0x800}, std::uint16_t{0}, std::uint32_t{0x210000});
  put(bytes, static_cast<std::uint32_t>(crc), static_cast<std::uint32_t>(content.size()),
      static_cast<std::uint32_t>(content.size()), static_cast<std::uint16_t>(name.size()), std::uint16_t{0});
}

}  // namespace

std::optional<StoredRecords> records_of(std::string_view archive) {
  const std::size_t end = archive.rfind(kEnd);
  if (end == std::string_view::npos || archive.size() - end < kEndBytes) return std::nullopt;
  std::size_t next = number_at<std::uint32_t>(archive, end + 16);
  StoredRecords records;
  while (next < end && end - next >= kCentralBytes && archive.substr(next).starts_with(kCentral)) {
    // From the directory: the local headers of PyTorch's archives leave the sizes open.
    const std::size_t bytes = number_at<std::uint32_t>(archive, next + 20);
    const std::size_t name = number_at<std::uint16_t>(archive, next + 28);
    const std::size_t local = number_at<std::uint32_t>(archive, next + 42);
    if (next + kCentralBytes + name > end || local + kLocalBytes > end) break;
    const std::size_t start = local + kLocalBytes + number_at<std::uint16_t>(archive, local + 26) +
                              number_at<std::uint16_t>(archive, local + 28);
    if (start + bytes > end) break;
    records.emplace_back(archive.substr(next + kCentralBytes, name), archive.substr(start, bytes));
    next += kCentralBytes + name + number_at<std::uint16_t>(archive, next + 30) +
            number_at<std::uint16_t>(archive, next + 32);
  }
  if (records.empty()) return std::nullopt;
  return records;
}

std::string archive_of(const StoredRecords& records) {
  std::string archive;
  std::string directory;
  for (const auto& [name, content] : records) {
    directory += kCentral;
    put(directory, std::uint16_t{20});
    put_record(directory, name, content);
    put(directory, std::uint16_t{0}, std::uint16_t{0}, std::uint16_t{0}, std::uint32_t{0},
        static_cast<std::uint32_t>(archive.size()));
    directory += name;
    archive += kLocal;
    put_record(archive, name, content);
    archive += name + content;
  }
  const auto count = static_cast<std::uint16_t>(records.size());
  const auto start = static_cast<std::uint32_t>(archive.size());
  archive += directory;
  archive += kEnd;
  put(archive, std::uint32_t{0}, count, count, static_cast<std::uint32_t>(directory.size()), start, std::uint16_t{0});
  return archive;
}

}  // namespace segfold::testing
