#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "segfold/nn/tensor_file.h"

namespace segfold {

/// Largest header that readers of the format accept, in bytes.
inline constexpr std::uint64_t kMaxSafetensorsHeader = 100'000'000;

/// The header's key under which metadata stand; no tensor can have this name.
inline constexpr const char* kSafetensorsMetadata = "__metadata__";

/// One tensor of the header; its data are the bytes [begin, end) behind the header.
struct SafetensorsEntry {
  std::string name;
  DType dtype = DType::kFloat32;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// The JSON part of a safetensors file. Source: github.com/huggingface/safetensors, "Format".
struct SafetensorsHeader {
  std::deque<SafetensorsEntry> entries;  ///< no vector: one of tiny entries would double beyond twice the file
  std::map<std::string, std::string> metadata;
};

/// Memory, whatever the header asks for, the text itself included: at most twice the file's size and 64 KiB in one
/// piece, five times its size and 64 KiB in all. Tensors always fit into that; many short metadata, or a text longer
/// than a third of a file beyond some kilobytes, do not and are refused.
/// @param data_bytes  what lies behind the header: the tensors must cover it without hole or overlap.
/// @throws DataError naming `origin`, the tensor and the remedy.
SafetensorsHeader parse_safetensors_header(std::string_view json, std::uint64_t data_bytes, const std::string& origin);

/// JSON text, padded with spaces to a multiple of 8 bytes.
std::string safetensors_header_text(const SafetensorsHeader& header);

}  // namespace segfold
