#include "segfold/score/upsample_kernels.h"
#include "segfold/score/upsample_kernels_generic.inl"

namespace segfold {

const UpsampleKernels kUpsampleScalar{expand, blend, blend_argmax};

}  // namespace segfold
