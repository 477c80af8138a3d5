#include "segfold/score/upsample_kernels.h"

#include <cstdlib>
#include <string>

#include "segfold/base/cpu.h"

namespace segfold {

const UpsampleKernels& upsample_kernels() {
#ifdef __x86_64__
  const char* wanted = std::getenv("SEGFOLD_SIMD");
  const std::string most = wanted != nullptr ? wanted : "avx512";
  const std::string best = simd_level();
  if (best == "avx512" && most == "avx512") return kUpsampleAvx512;
  if (best != "scalar" && most != "scalar") return kUpsampleAvx2;
#endif
  return kUpsampleScalar;
}

}  // namespace segfold
