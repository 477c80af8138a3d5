"""The project's random numbers again, from their papers: an independent check of tools/segfold/base/random.cpp.

Philox 4x32-10 (Salmon et al. 2011), keys mixed by SplitMix64's finaliser (Steele et al. 2014) and FNV-1a.
"""

import math

import numpy as np

_MASK64 = (1 << 64) - 1
_GOLDEN64 = 0x9E3779B97F4A7C15
_MASK32 = np.uint64(0xFFFFFFFF)


def philox4x32(counters, keys):
    """Ten rounds for arrays of blocks: counters uint32 [N, 4] and keys uint32 [N, 2] give uint32 [N, 4]."""
    c0, c1, c2, c3 = (np.asarray(counters, dtype=np.uint64)[:, i] for i in range(4))
    k0, k1 = (np.asarray(keys, dtype=np.uint64)[:, i] for i in range(2))
    shift = np.uint64(32)
    for _ in range(10):
        product0, product1 = np.uint64(0xD2511F53) * c0, np.uint64(0xCD9E8D57) * c2
        c0, c1, c2, c3 = ((product1 >> shift) ^ c1 ^ k0, product1 & _MASK32,
                          (product0 >> shift) ^ c3 ^ k1, product0 & _MASK32)
        k0, k1 = (k0 + np.uint64(0x9E3779B9)) & _MASK32, (k1 + np.uint64(0xBB67AE85)) & _MASK32
    return np.stack([c0, c1, c2, c3], axis=1).astype(np.uint32)


def mix(x):
    x = (x + _GOLDEN64) & _MASK64
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK64
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK64
    return x ^ (x >> 31)


def _part(part):
    if isinstance(part, str):
        value = 0xCBF29CE484222325
        for byte in part.encode():
            value = ((value ^ byte) * 0x100000001B3) & _MASK64
        return mix(value ^ 0x5EED)
    return mix(int(part) & _MASK64)


def random_key(*parts):
    """Key of a stream from whole numbers and names, in this order."""
    key = 0
    for part in parts:
        key = mix((key * _GOLDEN64 + _part(part)) & _MASK64)
    return key


class RandomStream:
    """Numbers that are a pure function of a 64-bit key."""

    def __init__(self, key):
        self._key = key
        self._counter = 0
        self._words = np.empty(0, dtype=np.uint32)

    def words(self, count):
        """The next `count` 32-bit values."""
        missing = count - len(self._words)
        if missing > 0:
            blocks = -(-missing // 4)
            index = np.arange(self._counter, self._counter + blocks, dtype=np.uint64)
            counters = np.zeros((blocks, 4), dtype=np.uint64)
            counters[:, 0], counters[:, 1] = index & _MASK32, index >> np.uint64(32)
            keys = np.tile(np.array([[self._key & 0xFFFFFFFF, self._key >> 32]], dtype=np.uint64), (blocks, 1))
            self._counter += blocks
            self._words = np.concatenate([self._words, philox4x32(counters, keys).ravel()])
        taken, self._words = self._words[:count], self._words[count:]
        return taken

    def uniforms(self, count):
        """`count` values in [0, 1) of 53 bits."""
        words = self.words(2 * count).astype(np.uint64).reshape(count, 2)
        whole = (words[:, 0] << np.uint64(32)) | words[:, 1]
        return (whole >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def uniform(self, low=0.0, high=1.0):
        return low + (high - low) * float(self.uniforms(1)[0])

    def normal(self):
        """Mean 0, variance 1 (Box-Muller)."""
        u, v = 1.0 - self.uniform(), self.uniform()
        return math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)

    def below(self, bound):
        """Uniform in [0, bound), without bias."""
        limit = _MASK64 - _MASK64 % bound
        while True:
            high, low = (int(word) for word in self.words(2))
            value = (high << 32) | low
            if value < limit:
                return value % bound


def shuffle(items, stream):
    """Fisher-Yates from the end, in place."""
    for i in range(len(items), 1, -1):
        j = stream.below(i)
        items[i - 1], items[j] = items[j], items[i - 1]


def dropout2d_mask(keys, layer, channels, p):
    """Which channels survive, float32 [N, channels, 1, 1] of 0 and 1 / (1 - p), from one key per sample."""
    kept = np.float32(1.0 / (1.0 - p))
    rows = [np.where(RandomStream(random_key("dropout", key, layer)).uniforms(channels) < p, np.float32(0), kept)
            for key in keys]
    return np.stack(rows)[:, :, None, None].astype(np.float32)
