#pragma once

#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// A thin layer over HDF5's C interface, 1.10 to 2.x: typed errors, checked closing, one lock for the whole library.
/// Files are written so that all that HDF5 adds to the data is covered by its checksums (new-style headers, no
/// variable-length data; the data itself is the caller's to check) and so that equal content gives equal bytes (no
/// timestamps).
namespace segfold::hdf5 {

/// HDF5 runs one call at a time, also in its thread-safe build; every object below takes this lock by itself.
std::unique_lock<std::recursive_mutex> lock_library();

/// An HDF5 identifier that is closed when it goes out of scope; close() reports what a destructor cannot.
class Handle {
 public:
  using Closer = herr_t (*)(hid_t);
  Handle() = default;
  Handle(hid_t id, Closer closer) : id_(id), closer_(closer) {}
  ~Handle() { close(); }
  Handle(Handle&& other) noexcept;
  Handle& operator=(Handle&& other) noexcept;
  hid_t get() const { return id_; }
  /// @return false if HDF5 could not close it: what it held may be lost.
  bool close();

 private:
  hid_t id_ = H5I_INVALID_HID;
  Closer closer_ = nullptr;
};

/// @throws InternalError if HDF5 did not take a property: the file would lack its checksums, or differ from equal ones.
void require_set(herr_t status);

enum class Access { kCreate, kRead, kUpdate };

class File {
 public:
  /// @param remedy  what a reader of an error should do, e.g. "run preprocess again"
  /// @param shown   the path that errors name, where it is another (of an output that is not in place yet)
  /// @throws NotFoundError, PermissionError, DataError if it is no HDF5 file or damaged; CannotCreateError, IoError.
  File(const std::filesystem::path& path, Access access, std::string remedy, const std::filesystem::path& shown = {});
  File(const File&) = delete;  // data sets point to it
  File& operator=(const File&) = delete;
  ~File() = default;

  const std::filesystem::path& shown_path() const { return shown_; }
  hid_t id() const { return handle_.get(); }
  /// Size in bytes: no honest file declares more data than that, for nothing in it is compressed.
  std::uint64_t bytes() const;
  /// @throws IoError if what was written may not be in the file.
  void close();

  /// Attributes of the root group.
  void write_numbers(const std::string& name, std::span<const std::int32_t> values);
  std::vector<std::int32_t> read_numbers(const std::string& name) const;
  void write_texts(const std::string& name, const std::vector<std::string>& texts);
  std::vector<std::string> read_texts(const std::string& name) const;
  /// Changes an attribute in place.
  void overwrite_numbers(const std::string& name, std::span<const std::int32_t> values);

  /// Throws what the system said if HDF5's last call failed by that (IoError, …); else DataError (reading) or IoError
  /// (writing): "file: place: problem; remedy".
  [[noreturn]] void fail(const std::string& place, const std::string& problem) const;
  template <class Result>
  Result check(Result result, const std::string& place, const std::string& problem) const {
    if (result < 0) fail(place, problem);
    return result;
  }

 private:
  std::filesystem::path shown_;
  Access access_;
  std::string remedy_;
  Handle handle_;
};

/// Element types that data sets may have; numbers are stored little-endian.
template <class T>
struct Element;
template <>
struct Element<std::uint8_t> {
  static hid_t memory() { return H5T_NATIVE_UINT8; }
  static hid_t file() { return H5T_STD_U8LE; }
};
template <>
struct Element<std::int32_t> {
  static hid_t memory() { return H5T_NATIVE_INT32; }
  static hid_t file() { return H5T_STD_I32LE; }
};
template <>
struct Element<std::uint64_t> {
  static hid_t memory() { return H5T_NATIVE_UINT64; }
  static hid_t file() { return H5T_STD_U64LE; }
};

/// Where a chunk's bytes lie in the file.
struct ChunkPlace {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

/// A chunked data set of fixed extent, without filters. The first dimension counts rows (samples). Its File must
/// outlive it.
class Dataset {
 public:
  /// Makes a new one. @param rows_per_chunk  rows that share one chunk
  static Dataset create(File& file, const std::string& name, hid_t file_type, std::vector<hsize_t> dims,
                        hsize_t rows_per_chunk);
  /// Makes and writes one of texts, all in one chunk.
  static void write_texts(File& file, const std::string& name, const std::vector<std::string>& texts);
  /// Opens one and refuses whatever a hostile file could hold instead: links, external or virtual storage, filters,
  /// more data than the file has bytes.
  static Dataset open(const File& file, const std::string& name);

  const std::vector<hsize_t>& dims() const { return dims_; }
  const std::vector<hsize_t>& chunk() const { return chunk_; }
  bool stores(hid_t file_type) const;

  void write_rows(hsize_t first, hsize_t count, hid_t memory_type, const void* values);
  /// The whole of it. @throws DataError if its elements are not T's.
  template <class T>
  std::vector<T> read() const {
    require_type(Element<T>::file());
    std::vector<T> values(elements());
    read_all(Element<T>::memory(), values.data());
    return values;
  }
  std::vector<std::string> read_texts() const;
  /// By row; only where a chunk holds one row.
  std::vector<ChunkPlace> chunk_places() const;
  void close();

  /// The type of fixed-length UTF-8 texts of at most `bytes` bytes, padded with zeros.
  static Handle text_type(std::size_t bytes);

 private:
  Dataset(const File& file, std::string name) : file_(&file), name_(std::move(name)) {}
  std::size_t elements() const;
  void require_type(hid_t file_type) const;
  void require_plain_storage();
  void read_all(hid_t memory_type, void* values) const;

  const File* file_;
  std::string name_;
  Handle handle_;
  std::vector<hsize_t> dims_;
  std::vector<hsize_t> chunk_;
};

}  // namespace segfold::hdf5
