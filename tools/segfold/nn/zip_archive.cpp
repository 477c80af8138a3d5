#include "segfold/nn/zip_archive.h"

#include <fmt/format.h>
#include <zip.h>

#include <cerrno>
#include <cstdio>
#include <new>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/sha256.h"
#include "segfold/nn/tensor_checks.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kAlignment = 64;
constexpr std::uint64_t kLocalHeaderBytes = 30;
constexpr zip_uint16_t kPaddingField = 0x4246;   // "FB", the extra field that PyTorch pads with
constexpr zip_uint16_t kDosDate = (1 << 5) | 1;  // 1980-01-01, the format's first day
constexpr zip_uint32_t kAttributes = 0100644u << 16;

[[noreturn]] void throw_damaged(const fs::path& path, std::string_view what) {
  sha256_file(path);  // libzip takes what it cannot read for the file's end: reading it all tells a disk that fails
  throw DataError(fmt::format("{}: {}; fetch or make the file again", path.string(), what));
}

/// An error of libzip while it reads: the system's where reading itself failed, otherwise the archive is damaged (a
/// directory that points beyond the file makes a seek fail with EINVAL).
[[noreturn]] void throw_zip_error(const fs::path& path, zip_error_t* error, std::string_view place) {
  const int code = zip_error_code_zip(error);
  if (code == ZIP_ER_MEMORY) throw std::bad_alloc();
  const int system = zip_error_system_type(error) == ZIP_ET_SYS ? zip_error_code_system(error) : 0;
  if (system != 0 && system != EINVAL) throw_read_error(path, system);
  throw_damaged(path, fmt::format("{}is damaged or cut short ({})", place, zip_error_strerror(error)));
}

std::unique_ptr<zip, void (*)(zip*)> open_for_reading(const fs::path& path) {
  int code = 0;
  std::unique_ptr<zip, void (*)(zip*)> archive(zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code), zip_discard);
  if (archive == nullptr) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::unique_ptr<zip_error_t, void (*)(zip_error_t*)> cleanup(&error, zip_error_fini);
    throw_zip_error(path, &error, "");
  }
  return archive;
}

/// One record of the directory. @param left  bytes of the file that no stored record claimed yet.
ZipReader::Record checked_record(const fs::path& path, zip_uint64_t index, const zip_stat_t& record,
                                 std::uint64_t& left) {
  constexpr zip_uint64_t kMethods = ZIP_STAT_NAME | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  constexpr zip_uint64_t kSizes = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_CRC;
  if ((record.valid & kMethods) != kMethods) throw_damaged(path, "has a record without a name or method");
  if (record.comp_method != ZIP_CM_STORE || record.encryption_method != ZIP_EM_NONE) return {index, 0, false};
  if ((record.valid & kSizes) != kSizes || record.size != record.comp_size) {
    throw_damaged(path, fmt::format("record '{}' has no clear size or checksum", printable(record.name)));
  }
  if (record.size > left) throw_damaged(path, "has records that are larger than the file or overlap");
  left -= record.size;
  return {index, record.size, true};
}

std::map<std::string, ZipReader::Record> all_records(zip* archive, const fs::path& path, std::uint64_t file_bytes) {
  std::map<std::string, ZipReader::Record> records;
  const auto count = static_cast<zip_uint64_t>(zip_get_num_entries(archive, 0));
  for (zip_uint64_t i = 0; i < count; ++i) {
    zip_stat_t record;
    if (zip_stat_index(archive, i, 0, &record) != 0) throw_zip_error(path, zip_get_error(archive), "");
    const ZipReader::Record checked = checked_record(path, i, record, file_bytes);
    if (!records.emplace(record.name, checked).second) {
      throw_damaged(path, fmt::format("record '{}' stands twice", printable(record.name)));
    }
  }
  return records;
}

/// Closing is what writes; an archive that goes out of scope unclosed leaves nothing behind.
void close_archive(zip* archive, const fs::path& path) {
  if (zip_close(archive) == 0) return;
  zip_error_t* error = zip_get_error(archive);
  const int code = zip_error_code_zip(error);
  const int system = zip_error_system_type(error) == ZIP_ET_SYS ? zip_error_code_system(error) : 0;
  const std::string reason = zip_error_strerror(error);
  zip_discard(archive);
  if (code == ZIP_ER_MEMORY) throw std::bad_alloc();
  if (system != 0) throw_write_error(path, system);
  throw IoError(fmt::format("{}: cannot write: {}", path.string(), reason));
}

/// Adds one record, its content at a multiple of kAlignment if the archive is `offset` bytes long before it.
/// Returns the archive's length after it, 0 if libzip refuses.
std::uint64_t add_record(zip* archive, const ZipRecord& record, std::uint64_t offset) {
  zip_source_t* source = zip_source_buffer(archive, record.content.data(), record.content.size(), 0);
  if (source == nullptr) return 0;
  const zip_int64_t added = zip_file_add(archive, record.name.c_str(), source, ZIP_FL_ENC_UTF_8);
  if (added < 0) {
    zip_source_free(source);
    return 0;
  }
  const auto index = static_cast<zip_uint64_t>(added);
  offset += kLocalHeaderBytes + record.name.size();
  constexpr std::uint64_t kFieldHeader = 4;
  std::uint64_t padding = (kAlignment - offset % kAlignment) % kAlignment;
  if (padding > 0 && padding < kFieldHeader) padding += kAlignment;
  const std::string zeros(padding > 0 ? padding - kFieldHeader : 0, '\0');
  const bool done =
      zip_set_file_compression(archive, index, ZIP_CM_STORE, 0) == 0 &&
      zip_file_set_dostime(archive, index, 0, kDosDate, 0) == 0 &&
      zip_file_set_external_attributes(archive, index, 0, ZIP_OPSYS_UNIX, kAttributes) == 0 &&
      (padding == 0 || zip_file_extra_field_set(archive, index, kPaddingField, ZIP_EXTRA_FIELD_NEW,
                                                reinterpret_cast<const zip_uint8_t*>(zeros.data()),
                                                static_cast<zip_uint16_t>(zeros.size()), ZIP_FL_LOCAL) == 0);
  return done ? offset + padding + record.content.size() : 0;
}

std::uint64_t bytes_of_file(const fs::path& path) {
  require_file(path);
  return file_bytes(path);
}

}  // namespace

ZipReader::ZipReader(const fs::path& path)
    : path_(path), file_bytes_(bytes_of_file(path)), archive_(nullptr, zip_discard) {
  archive_ = open_for_reading(path);
  records_ = all_records(archive_.get(), path, file_bytes_);
}

std::string ZipReader::read(const std::string& name) const {
  const auto found = records_.find(name);
  if (found == records_.end()) throw_damaged(path_, fmt::format("record '{}' is missing", printable(name)));
  const std::string place = fmt::format("record '{}' ", printable(name));
  if (!found->second.stored) {
    throw DataError(fmt::format("{}: {}is compressed or encrypted, which torch.save never does; save the weights again",
                                path_.string(), place));
  }
  const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(zip_fopen_index(archive_.get(), found->second.index, 0),
                                                               zip_fclose);
  if (file == nullptr) throw_zip_error(path_, zip_get_error(archive_.get()), place);
  std::string content(found->second.bytes, '\0');
  std::uint64_t done = 0;
  while (done < content.size()) {
    const zip_int64_t got = zip_fread(file.get(), content.data() + done, content.size() - done);
    if (got < 0) throw_zip_error(path_, zip_file_get_error(file.get()), place);
    if (got == 0) throw_damaged(path_, place + "is cut short");
    done += static_cast<std::uint64_t>(got);
  }
  // libzip compares the checksum when it meets the end, so one more byte is asked for.
  char beyond = 0;
  const zip_int64_t more = zip_fread(file.get(), &beyond, 1);
  if (more < 0) throw_zip_error(path_, zip_file_get_error(file.get()), place);
  if (more > 0) throw_damaged(path_, place + "is longer than its header says");
  return content;
}

void write_zip(const fs::path& path, std::span<const ZipRecord> records) {
  AtomicFile output(path);
  int code = 0;
  std::unique_ptr<zip, void (*)(zip*)> archive(zip_open(output.temporary().c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code),
                                               zip_discard);
  if (archive == nullptr) throw_write_error(path, errno);
  std::uint64_t offset = 0;
  for (const ZipRecord& record : records) {
    offset = add_record(archive.get(), record, offset);
    if (offset == 0) {
      throw InternalError(
          fmt::format("{}: record '{}': {}", path.string(), printable(record.name), zip_strerror(archive.get())));
    }
  }
  close_archive(archive.release(), path);
  output.commit();
}

}  // namespace segfold
