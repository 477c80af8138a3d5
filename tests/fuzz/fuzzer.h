#pragma once

#include <cstddef>
#include <cstdint>

/// For is_accepted: a kilobyte of pickle made for it can fill a hundred of lists, and fuzzers make such.
inline constexpr std::size_t kFuzzedListBytes = std::size_t{1} << 20;

// The functions that libFuzzer calls, and those that it offers. Reference: llvm.org/docs/LibFuzzer.html.
extern "C" {
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned int seed);
std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);
}
