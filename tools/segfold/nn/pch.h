#pragma once

// Precompiled once for every file that uses LibTorch: its headers take half a minute to read.
#include <fmt/ranges.h>
#include <torch/torch.h>
