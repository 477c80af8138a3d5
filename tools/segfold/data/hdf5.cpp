#include "segfold/data/hdf5.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/data/hdf5_texts.h"

namespace segfold::hdf5 {
namespace {

constexpr hssize_t kMaxAttributeValues = 4096;  // attributes hold a handful, never a table
constexpr std::size_t kMaxTextBytes = 60000;    // an attribute beyond 64 KiB would leave the checksummed object header

constexpr const char* kWholeFile = "";  // the place of what concerns no part of the file

/// The number after "errno = " in the descriptions of HDF5's error stack, 0 if there is none.
int errno_of_error_stack() {
  const auto lock = lock_library();
  int found = 0;
  const auto visit = [](unsigned, const H5E_error2_t* error, void* result) -> herr_t {
    const std::string_view text = error->desc == nullptr ? "" : error->desc;
    const auto at = text.find("errno = ");
    if (at != std::string_view::npos) *static_cast<int*>(result) = std::atoi(text.data() + at + 8);
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, visit, &found);
  return found;
}

Handle access_properties() {
  Handle properties(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  // The newest format that every supported library knows: its headers carry checksums, the oldest format's do not.
  require_set(H5Pset_libver_bounds(properties.get(), H5F_LIBVER_V110, H5F_LIBVER_V110));
  require_set(H5Pset_fclose_degree(properties.get(), H5F_CLOSE_STRONG));
#if H5_VERSION_GE(1, 10, 7)
  // Files appear by renaming and never change, and network file systems may know no locks.
  require_set(H5Pset_file_locking(properties.get(), false, true));
#endif
  return properties;
}

Handle creation_properties() {
  Handle properties(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
  require_set(H5Pset_obj_track_times(properties.get(), false));  // of the root group; equal content gives equal bytes
  return properties;
}

void require_signature(const std::filesystem::path& path, const std::string& remedy) {
  require_file(path);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw_read_error(path, errno);
  char found[8] = {};
  const ssize_t got = ::read(descriptor, found, sizeof found);
  const int reason = errno;
  ::close(descriptor);
  if (got < 0) throw_read_error(path, reason);
  if (got != 8 || std::string_view(found, 8) != std::string_view("\x89HDF\r\n\x1a\n", 8)) {
    throw DataError(fmt::format("{}: is no HDF5 file; name one, or {}", path.string(), remedy));
  }
}

}  // namespace

void require_set(herr_t status) {
  if (status < 0) throw InternalError("HDF5 refuses a property that files are written and read with");
}

std::unique_lock<std::recursive_mutex> lock_library() {
  static std::recursive_mutex mutex;
  std::unique_lock lock(mutex);
  static const bool once = [] {
    // After a full disk the library's exit handler would try to write once more, and can loop.
    H5dont_atexit();
    // A file must not choose code to be loaded.
    H5PLset_loading_state(0);
    return true;
  }();
  static_cast<void>(once);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // per thread, hence every time: errors are ours to tell
  return lock;
}

Handle::Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), closer_(other.closer_) {}

Handle& Handle::operator=(Handle&& other) noexcept {
  if (this != &other) {
    close();
    id_ = std::exchange(other.id_, H5I_INVALID_HID);
    closer_ = other.closer_;
  }
  return *this;
}

bool Handle::close() {
  if (id_ < 0) return true;
  const auto lock = lock_library();
  return closer_(std::exchange(id_, H5I_INVALID_HID)) >= 0;
}

File::File(const std::filesystem::path& path, Access access, std::string remedy, const std::filesystem::path& shown)
    : shown_(shown.empty() ? path : shown), access_(access), remedy_(std::move(remedy)) {
  if (access_ != Access::kCreate) require_signature(path, remedy_);
  const auto lock = lock_library();
  // They outlive the check: closing them would clear HDF5's memory of what went wrong.
  const Handle access_list = access_properties();
  const Handle creation_list = creation_properties();
  const unsigned flags = access_ == Access::kRead ? H5F_ACC_RDONLY : H5F_ACC_RDWR;
  const hid_t id_of_file = access_ == Access::kCreate
                               ? H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation_list.get(), access_list.get())
                               : H5Fopen(path.c_str(), flags, access_list.get());
  handle_ = Handle(id_of_file, H5Fclose);
  check(id(), kWholeFile, access_ == Access::kCreate ? "cannot be created" : "is damaged or incomplete");
  const Handle made(check(H5Fget_create_plist(id()), kWholeFile, "cannot be read"), H5Pclose);
  hsize_t user_block = 0;
  if (H5Pget_userblock(made.get(), &user_block) < 0 || user_block != 0)
    fail(kWholeFile, "holds something before the data");
}

std::uint64_t File::bytes() const {
  const auto lock = lock_library();
  hsize_t size = 0;
  check(H5Fget_filesize(id(), &size), kWholeFile, "its size cannot be read");
  return size;
}

void File::close() {
  const auto lock = lock_library();
  if (!handle_.close()) fail(kWholeFile, "could not be closed");
}

void File::fail(const std::string& place, const std::string& problem) const {
  const bool reading = access_ == Access::kRead;
  if (const int number = errno_of_error_stack(); number != 0)
    reading ? throw_read_error(shown_, number) : throw_write_error(shown_, number);
  const std::string where = shown_.string() + (place.empty() ? "" : ": " + place);
  if (reading) throw DataError(fmt::format("{}: {}; {}", where, problem, remedy_));
  throw IoError(fmt::format("{}: {}; check the disk and run again", where, problem));
}

void File::write_numbers(const std::string& name, std::span<const std::int32_t> values) {
  const auto lock = lock_library();
  const hsize_t count = values.size();
  const Handle space(check(H5Screate_simple(1, &count, nullptr), name, "cannot be written"), H5Sclose);
  Handle attribute(check(H5Acreate2(id(), name.c_str(), H5T_STD_I32LE, space.get(), H5P_DEFAULT, H5P_DEFAULT), name,
                         "cannot be written"),
                   H5Aclose);
  check(H5Awrite(attribute.get(), H5T_NATIVE_INT32, values.data()), name, "cannot be written");
  if (!attribute.close()) fail(name, "cannot be written");
}

void File::overwrite_numbers(const std::string& name, std::span<const std::int32_t> values) {
  const auto lock = lock_library();
  if (read_numbers(name).size() != values.size()) fail(name, "has another length");
  Handle attribute(check(H5Aopen(id(), name.c_str(), H5P_DEFAULT), name, "is missing"), H5Aclose);
  check(H5Awrite(attribute.get(), H5T_NATIVE_INT32, values.data()), name, "cannot be written");
  if (!attribute.close()) fail(name, "cannot be written");
}

std::vector<std::int32_t> File::read_numbers(const std::string& name) const {
  const auto lock = lock_library();
  const Handle attribute(check(H5Aopen(id(), name.c_str(), H5P_DEFAULT), name, "is missing"), H5Aclose);
  const Handle type(H5Aget_type(attribute.get()), H5Tclose);
  const Handle space(H5Aget_space(attribute.get()), H5Sclose);
  const hssize_t count = H5Sget_simple_extent_npoints(space.get());
  if (H5Tequal(type.get(), H5T_STD_I32LE) <= 0 || count < 1 || count > kMaxAttributeValues) {
    fail(name, "is not a short list of int32 numbers");
  }
  std::vector<std::int32_t> values(static_cast<std::size_t>(count));
  check(H5Aread(attribute.get(), H5T_NATIVE_INT32, values.data()), name, "cannot be read");
  return values;
}

void File::write_texts(const std::string& name, const std::vector<std::string>& texts) {
  const auto lock = lock_library();
  const std::size_t width = longest(texts);
  if (width * texts.size() > kMaxTextBytes) throw InternalError(fmt::format("the attribute '{}' is too long", name));
  const hsize_t count = texts.size();
  const Handle type = Dataset::text_type(width);
  const Handle space(check(H5Screate_simple(1, &count, nullptr), name, "cannot be written"), H5Sclose);
  Handle attribute(check(H5Acreate2(id(), name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT), name,
                         "cannot be written"),
                   H5Aclose);
  check(H5Awrite(attribute.get(), type.get(), padded(texts, width).data()), name, "cannot be written");
  if (!attribute.close()) fail(name, "cannot be written");
}

std::vector<std::string> File::read_texts(const std::string& name) const {
  const auto lock = lock_library();
  const Handle attribute(check(H5Aopen(id(), name.c_str(), H5P_DEFAULT), name, "is missing"), H5Aclose);
  const Handle stored(H5Aget_type(attribute.get()), H5Tclose);
  const Handle space(H5Aget_space(attribute.get()), H5Sclose);
  const hssize_t count = H5Sget_simple_extent_npoints(space.get());
  const std::size_t width = text_width(stored.get());
  if (width == 0 || count < 1 || count > kMaxAttributeValues ||
      width > kMaxTextBytes / static_cast<std::size_t>(count)) {
    fail(name, "is not a short list of fixed-length texts");
  }
  std::vector<char> bytes(width * static_cast<std::size_t>(count));
  check(H5Aread(attribute.get(), stored.get(), bytes.data()), name, "cannot be read");
  return unpadded(bytes, width);
}

}  // namespace segfold::hdf5
