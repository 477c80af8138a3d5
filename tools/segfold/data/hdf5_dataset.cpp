#include <fmt/format.h>

#include <algorithm>

#include "segfold/data/hdf5.h"
#include "segfold/data/hdf5_texts.h"

namespace segfold::hdf5 {
namespace {

constexpr std::size_t kMaxTextWidth = 1024;  // a sample's name is shorter

/// Chunks go straight to the file: a cache would write them late, in an order of its own.
Handle uncached() {
  Handle properties(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
  require_set(H5Pset_chunk_cache(properties.get(), 0, 0, 1.0));
  return properties;
}

}  // namespace

Handle Dataset::text_type(std::size_t bytes) {
  const auto lock = lock_library();
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  require_set(H5Tset_size(type.get(), bytes));
  require_set(H5Tset_strpad(type.get(), H5T_STR_NULLPAD));
  require_set(H5Tset_cset(type.get(), H5T_CSET_UTF8));
  return type;
}

Dataset Dataset::create(File& file, const std::string& name, hid_t file_type, std::vector<hsize_t> dims,
                        hsize_t rows_per_chunk) {
  const auto lock = lock_library();
  Dataset dataset(file, name);
  dataset.dims_ = dims;
  dataset.chunk_ = std::move(dims);
  dataset.chunk_[0] = rows_per_chunk;
  const int rank = static_cast<int>(dataset.dims_.size());
  const Handle space(H5Screate_simple(rank, dataset.dims_.data(), nullptr), H5Sclose);
  const Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  const bool ready = H5Pset_chunk(properties.get(), rank, dataset.chunk_.data()) >= 0 &&
                     H5Pset_fill_time(properties.get(), H5D_FILL_TIME_NEVER) >= 0 &&
                     // Late, HDF5 1.10 forgets where the chunk of a data set lies that has one only and no filter.
                     H5Pset_alloc_time(properties.get(), H5D_ALLOC_TIME_EARLY) >= 0 &&
                     H5Pset_obj_track_times(properties.get(), false) >= 0;
  if (!ready) file.fail(name, "cannot be created");
  const Handle access = uncached();  // outlives the check: closing it would clear HDF5's memory of what went wrong
  dataset.handle_ =
      Handle(H5Dcreate2(file.id(), name.c_str(), file_type, space.get(), H5P_DEFAULT, properties.get(), access.get()),
             H5Dclose);
  file.check(dataset.handle_.get(), name, "cannot be created");
  return dataset;
}

Dataset Dataset::open(const File& file, const std::string& name) {
  const auto lock = lock_library();
  Dataset dataset(file, name);
  H5L_info_t link{};
  file.check(H5Lget_info(file.id(), name.c_str(), &link, H5P_DEFAULT), name, "is missing");
  if (link.type != H5L_TYPE_HARD) file.fail(name, "is a link to somewhere else");
  const Handle access = uncached();  // outlives the check, as above
  dataset.handle_ = Handle(H5Dopen2(file.id(), name.c_str(), access.get()), H5Dclose);
  file.check(dataset.handle_.get(), name, "is no data set, or damaged");
  dataset.require_plain_storage();
  return dataset;
}

void Dataset::require_plain_storage() {
  const Handle properties(H5Dget_create_plist(handle_.get()), H5Pclose);
  file_->check(properties.get(), name_, "is damaged");
  if (H5Pget_external_count(properties.get()) != 0) file_->fail(name_, "keeps its data in another file");
  if (H5Pget_layout(properties.get()) != H5D_CHUNKED) file_->fail(name_, "is not stored in chunks");
  if (H5Pget_nfilters(properties.get()) != 0) file_->fail(name_, "is stored through filters");
  const Handle space(H5Dget_space(handle_.get()), H5Sclose);
  const int rank = H5Sget_simple_extent_ndims(space.get());
  if (H5Sget_simple_extent_type(space.get()) != H5S_SIMPLE || rank < 1 || rank > 8)
    file_->fail(name_, "has no plain extent");
  dims_.resize(static_cast<std::size_t>(rank));
  chunk_.resize(static_cast<std::size_t>(rank));
  file_->check(H5Sget_simple_extent_dims(space.get(), dims_.data(), nullptr), name_, "is damaged");
  if (H5Pget_chunk(properties.get(), rank, chunk_.data()) != rank) file_->fail(name_, "is damaged");
  const Handle type(H5Dget_type(handle_.get()), H5Tclose);
  const std::uint64_t limit = file_->bytes();
  std::uint64_t bytes = H5Tget_size(type.get());
  for (std::size_t i = 0; i < dims_.size(); ++i) {
    if (dims_[i] == 0 || bytes == 0 || dims_[i] > limit / bytes || chunk_[i] > dims_[i]) {
      file_->fail(name_, "declares more data than the file holds, or none");
    }
    bytes *= dims_[i];
  }
}

std::size_t Dataset::elements() const {
  std::size_t count = 1;
  for (const hsize_t extent : dims_) count *= extent;
  return count;
}

bool Dataset::stores(hid_t file_type) const {
  const auto lock = lock_library();
  const Handle type(H5Dget_type(handle_.get()), H5Tclose);
  return H5Tequal(type.get(), file_type) > 0;
}

void Dataset::require_type(hid_t file_type) const {
  if (!stores(file_type)) file_->fail(name_, "has elements of another type");
}

void Dataset::read_all(hid_t memory_type, void* values) const {
  const auto lock = lock_library();
  file_->check(H5Dread(handle_.get(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), name_, "is damaged");
}

std::vector<std::string> Dataset::read_texts() const {
  const auto lock = lock_library();
  const Handle type(H5Dget_type(handle_.get()), H5Tclose);
  const std::size_t width = text_width(type.get());
  if (width == 0 || width > kMaxTextWidth || dims_.size() != 1) {
    file_->fail(name_, "is not a list of fixed-length texts");
  }
  std::vector<char> bytes(elements() * width);
  read_all(type.get(), bytes.data());
  return unpadded(bytes, width);
}

void Dataset::write_rows(hsize_t first, hsize_t count, hid_t memory_type, const void* values) {
  const auto lock = lock_library();
  std::vector<hsize_t> start(dims_.size(), 0);
  std::vector<hsize_t> extent = dims_;
  start[0] = first;
  extent[0] = count;
  const Handle file_space(H5Dget_space(handle_.get()), H5Sclose);
  const Handle memory_space(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), H5Sclose);
  file_->check(H5Sselect_hyperslab(file_space.get(), H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr),
               name_, "cannot be written");
  file_->check(H5Dwrite(handle_.get(), memory_type, memory_space.get(), file_space.get(), H5P_DEFAULT, values), name_,
               "cannot be written");
}

void Dataset::write_texts(File& file, const std::string& name, const std::vector<std::string>& texts) {
  const auto lock = lock_library();
  const std::size_t width = longest(texts);
  const Handle type = text_type(width);
  const hsize_t rows = texts.size();
  Dataset dataset = create(file, name, type.get(), {rows}, rows);
  dataset.write_rows(0, rows, type.get(), padded(texts, width).data());
  dataset.close();
}

std::vector<ChunkPlace> Dataset::chunk_places() const {
  const auto lock = lock_library();
  const Handle type(H5Dget_type(handle_.get()), H5Tclose);
  const Handle space(H5Dget_space(handle_.get()), H5Sclose);
  const std::uint64_t row_bytes = elements() / dims_[0] * H5Tget_size(type.get());
  const std::uint64_t file_bytes = file_->bytes();
  std::vector<ChunkPlace> places(dims_[0]);
  std::vector<hsize_t> corner(dims_.size());
  for (hsize_t i = 0; i < dims_[0]; ++i) {
    unsigned skipped = 0;
    haddr_t offset = HADDR_UNDEF;
    hsize_t size = 0;
    file_->check(H5Dget_chunk_info(handle_.get(), space.get(), i, corner.data(), &skipped, &offset, &size), name_,
                 "is damaged");
    const bool whole = std::all_of(corner.begin() + 1, corner.end(), [](hsize_t x) { return x == 0; });
    if (offset == HADDR_UNDEF || skipped != 0 || size != row_bytes || offset > file_bytes ||
        size > file_bytes - offset || !whole || corner[0] >= dims_[0] || places[corner[0]].bytes != 0) {
      file_->fail(name_, fmt::format("the chunk of sample {} is missing or damaged", i));
    }
    places[corner[0]] = {offset, row_bytes};
  }
  return places;
}

void Dataset::close() {
  const auto lock = lock_library();
  if (!handle_.close()) file_->fail(name_, "could not be written");
}

}  // namespace segfold::hdf5
