#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "segfold/base/error.h"
#include "segfold/nn/tensor_file.h"

namespace segfold::testing {

template <class T>
std::string bytes_of(std::initializer_list<T> values) {
  return std::string(reinterpret_cast<const char*>(std::data(values)), values.size() * sizeof(T));
}

/// One tensor of each type, a scalar, an empty one, and metadata of two kinds.
inline TensorFile sample_file() {
  TensorFile file;
  file.tensors = {
      {"layer1.0.conv1.weight", DType::kFloat32, {2, 3}, bytes_of<float>({1, 2, 3, 4, 5, 6})},
      {"layer1.0.bn1.num_batches_tracked", DType::kInt64, {}, bytes_of<std::int64_t>({-7})},
      {"half", DType::kFloat16, {3}, bytes_of<std::uint16_t>({0x3C00, 0x4000, 0x4200})},
      {"brain", DType::kBFloat16, {1, 1}, bytes_of<std::uint16_t>({0x3F80})},
      {"double", DType::kFloat64, {2}, bytes_of<double>({0.5, -0.25})},
      {"int", DType::kInt32, {2}, bytes_of<std::int32_t>({1, -1})},
      {"byte", DType::kUInt8, {5}, bytes_of<std::uint8_t>({1, 2, 3, 4, 255})},
      {"truth", DType::kBool, {3}, bytes_of<std::uint8_t>({1, 0, 1})},
      {"nothing", DType::kFloat32, {0, 4}, ""},
  };
  file.metadata = {{"segfold", R"({"format":"segfold.model/1","classes":["road"]})"}, {"note", "für Python"}};
  return file;
}

inline void expect_equal_tensors(const TensorFile& found, const TensorFile& expected) {
  ASSERT_EQ(found.tensors.size(), expected.tensors.size());
  for (std::size_t i = 0; i < expected.tensors.size(); ++i) {
    EXPECT_EQ(found.tensors[i].name, expected.tensors[i].name);
    EXPECT_EQ(found.tensors[i].dtype, expected.tensors[i].dtype) << expected.tensors[i].name;
    EXPECT_EQ(found.tensors[i].shape, expected.tensors[i].shape) << expected.tensors[i].name;
    EXPECT_EQ(found.tensors[i].data, expected.tensors[i].data) << expected.tensors[i].name;
  }
}

/// Writes without the care and the cost of write_file.
inline void write_plainly(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// Flips each bit of the weights file at `path`, which holds `expected`: reading it must then fail with an error of
/// ours or give the same tensors. Returns how many flips were noticed.
inline int expect_no_flip_passes(const std::filesystem::path& path, const TensorFile& expected) {
  int noticed = 0;
  const auto bits = static_cast<std::streamoff>(8 * std::filesystem::file_size(path));
  const auto flip = [&path](std::streamoff bit) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    const int byte = file.seekg(bit / 8).peek();
    file.seekp(bit / 8).put(static_cast<char>(byte ^ (1 << (bit % 8))));
  };
  for (std::streamoff bit = 0; bit < bits && !::testing::Test::HasFailure(); ++bit) {
    flip(bit);
    try {
      expect_equal_tensors(read_tensor_file(path), expected);
      EXPECT_FALSE(::testing::Test::HasFailure()) << "with bit " << bit % 8 << " of byte " << bit / 8 << " flipped";
    } catch (const Error&) {
      ++noticed;
    }
    flip(bit);
  }
  return noticed;
}

/// Shortens the weights file at `path` byte by byte: each length must be refused with a DataError.
inline void expect_no_cut_passes(const std::filesystem::path& path) {
  for (std::uintmax_t length = std::filesystem::file_size(path); length-- > 0;) {
    std::filesystem::resize_file(path, length);
    EXPECT_THROW(read_tensor_file(path), DataError) << "cut to " << length << " bytes";
  }
}

}  // namespace segfold::testing
