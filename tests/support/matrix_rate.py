"""How fast this machine multiplies: what a time or a budget of minutes must be read beside."""

import time

import torch


def matrix_gflops(dtype, size=3072, repeats=4):
    """Billions of floating-point operations per second of a big matrix product on all cores, the best of some."""
    a, b = (torch.randn(size, size).to(dtype) for _ in range(2))
    a @ b
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - start)
    return 2 * size**3 / best / 1e9
