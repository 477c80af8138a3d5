#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "segfold/base/error.h"
#include "segfold/data/hdf5.h"
#include "segfold/data/shard.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_shard.h"
#include "tests/support/temporary_folder.h"

namespace segfold::testing {

/// A valid shard after `change` was done to it by HDF5's own functions.
inline void write_changed_shard(const std::filesystem::path& path, const std::function<void(hid_t)>& change) {
  write_noise_shard(path, sample_names(1, 3));
  const auto lock = hdf5::lock_library();
  const hdf5::Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110);
  const hdf5::Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, access.get()), H5Fclose);
  ASSERT_GE(file.get(), 0);
  change(file.get());
}

/// Puts another data set in the place of `name`.
inline void replace_dataset(hid_t file, const char* name, const std::vector<hsize_t>& dims, hid_t type,
                            hid_t creation) {
  ASSERT_GE(H5Ldelete(file, name, H5P_DEFAULT), 0);
  const hdf5::Handle space(H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr), H5Sclose);
  const hdf5::Handle dataset(H5Dcreate2(file, name, type, space.get(), H5P_DEFAULT, creation, H5P_DEFAULT), H5Dclose);
  ASSERT_GE(dataset.get(), 0);
}

/// How a data set is stored that nothing is wrong with.
inline hdf5::Handle chunked_storage(const std::vector<hsize_t>& chunk) {
  hdf5::Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data());
  return creation;
}

/// Expects that such a shard cannot be opened, with a message that holds every one of `parts`.
inline void expect_changed_shard_refused(const std::function<void(hid_t)>& change,
                                         std::initializer_list<std::string> parts) {
  const TemporaryFolder folder;
  write_changed_shard(folder / "a.h5", change);
  expect_error<DataError>([&] { ShardReader(folder / "a.h5"); }, parts);
}

}  // namespace segfold::testing
