"""The project's random numbers equal the published generator, on both sides."""

import draws
import numpy as np
import pytest
from probe import run_probe


@pytest.mark.parametrize("counter, key, expected", [
    ([0] * 4, [0] * 2, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    ([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0],
     [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]),
])
def test_the_generator_gives_the_published_answers(counter, key, expected):
    assert draws.philox4x32([counter], [key])[0].tolist() == expected


@pytest.mark.parametrize("parts", [("augment", 1, 0), (42, "aachen_000000_000019", -1), (0, 0, 2**62)])
def test_both_sides_draw_the_same(parts):
    count, bound, channels, dropout = 37, 10**18 + 9, 100, 0.1
    tensors, values = run_probe("draws", {}, parts=parts, count=count, bound=bound, channels=channels, dropout=dropout)

    key = draws.random_key(*parts)
    assert int(values["key"]) == key
    stream = draws.RandomStream(key)
    assert values["words"] == stream.words(count).tolist()
    assert values["below"] == [stream.below(bound) for _ in range(count)]
    assert values["uniform"] == stream.uniforms(count).tolist()
    np.testing.assert_allclose(values["normal"], [stream.normal() for _ in range(count)], rtol=0, atol=1e-14)
    order = list(range(count))
    draws.shuffle(order, stream)
    assert values["order"] == order
    mask = draws.dropout2d_mask([key, (key + 1) % 2**64, 7], 3, channels, dropout)
    np.testing.assert_array_equal(tensors["mask"].numpy(), mask)
