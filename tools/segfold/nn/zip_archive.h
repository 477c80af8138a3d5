#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct zip;

namespace segfold {

/// A zip archive from an untrusted hand. Only stored (uncompressed) records can be read, and their sizes together are
/// at most the file's, so that none can be a bomb. Local and central headers are compared when it is opened.
class ZipReader {
 public:
  /// @throws DataError if it is damaged, cut short or has a name twice; as read_file.
  explicit ZipReader(const std::filesystem::path& path);

  struct Record {
    std::uint64_t index = 0;  ///< in the archive's directory
    std::uint64_t bytes = 0;
    bool stored = false;  ///< neither compressed nor encrypted
  };
  const std::map<std::string, Record>& records() const { return records_; }  ///< by name
  bool has(const std::string& name) const { return records_.contains(name); }
  std::uint64_t file_bytes() const { return file_bytes_; }

  /// A whole record, its CRC-32 verified. @throws DataError if it is damaged, missing or not stored.
  std::string read(const std::string& name) const;

 private:
  std::filesystem::path path_;
  std::uint64_t file_bytes_ = 0;
  std::unique_ptr<zip, void (*)(zip*)> archive_;
  std::map<std::string, Record> records_;
};

struct ZipRecord {
  std::string name;          ///< UTF-8
  std::string_view content;  ///< must outlive the writing
};

/// Writes stored records with fixed dates, each record's content at a multiple of 64 bytes as PyTorch lays them out for
/// mapping; whole or not at all. @throws as AtomicFile; IoError when the disk is full.
void write_zip(const std::filesystem::path& path, std::span<const ZipRecord> records);

}  // namespace segfold
