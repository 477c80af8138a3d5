// Compiled with -mavx2: the same loops as the scalar level, vectorised by the compiler.
#include "segfold/score/upsample_kernels.h"
#include "segfold/score/upsample_kernels_generic.inl"

namespace segfold {

const UpsampleKernels kUpsampleAvx2{expand, blend, blend_argmax};

}  // namespace segfold
