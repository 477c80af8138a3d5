"""Both networks compute what the reference computes: logits, gradients and running statistics."""

import pytest
import torch
from comparing import assert_equal_to_scale
from draws import dropout2d_mask
from probe import run_probe, weights_of
from reference import make_model, randomise

DROPOUT = 0.1
FLOAT32_TOLERANCE = 1e-4  # of the scale, the project's own bar
DOUBLE_TOLERANCE = 1e-9  # double's rounding, grown by the BatchNorms

# Sides that no power of two up to 32 divides, so that every step up meets an odd tap.
NETWORKS = {"unet": dict(width=8, batch=2, size=(50, 71)), "unet-resnet50": dict(width=64, batch=2, size=(43, 70))}
TORCHVISION_RESNET50_PARAMETERS = 25_557_032 - (2048 * 1000 + 1000)  # without the classifier


class Case:
    """A network, its input and the direction in which gradients are taken."""

    def __init__(self, arch):
        shape = NETWORKS[arch]
        self.arch, self.width, self.classes = arch, shape["width"], 19
        self.model = randomise(make_model(arch, self.classes, self.width), seed=1)
        generator = torch.Generator().manual_seed(2)
        self.images = torch.randn(shape["batch"], 3, *shape["size"], generator=generator)
        self.cotangent = torch.randn(shape["batch"], self.classes, *shape["size"], generator=generator)
        self.keys = torch.tensor([123456789, -5])[: shape["batch"]]
        self._reference = {}

    def tensors(self, training):
        keys = self.keys if training else self.keys[:0]
        return {**weights_of(self.model), "images": self.images, "cotangent": self.cotangent, "keys": keys}

    def probe(self, training, dtype):
        return run_probe("forward", self.tensors(training), arch=self.arch, classes=self.classes, width=self.width,
                         dropout=DROPOUT, training=training, dtype=dtype)[0]

    def reference(self, training, dtype):
        """Like probe(), by PyTorch."""
        if (training, dtype) not in self._reference:
            self._reference[training, dtype] = self._compute(training, dtype)
        return self._reference[training, dtype]

    def _compute(self, training, dtype):
        model = make_model(self.arch, self.classes, self.width).to(dtype)
        model.load_state_dict(self.model.state_dict())
        model.train(training)
        images = self.images.clone().to(dtype).requires_grad_(True)
        mask = None
        if training:
            keys = [int(key) % 2**64 for key in self.keys]
            mask = torch.from_numpy(dropout2d_mask(keys, 0, model.bottleneck_channels, DROPOUT))
        logits = model(images, mask)
        (logits * self.cotangent.to(dtype)).sum().backward()
        made = {"logits": logits.detach(), "grad:images": images.grad}
        made |= {f"grad:{name}": parameter.grad for name, parameter in model.named_parameters()}
        made |= {f"state:{name}": buffer for name, buffer in model.named_buffers()}
        return made


@pytest.fixture(scope="module", params=sorted(NETWORKS))
def case(request):
    return Case(request.param)


@pytest.mark.parametrize("training", [False, True], ids=["evaluation", "training"])
def test_in_float32_logits_and_gradients_equal_pytorch_s(case, training):
    assert_equal_to_scale(case.probe(training, "float32"), case.reference(training, torch.float32), FLOAT32_TOLERANCE,
                          arbiter=case.reference(training, torch.float64))


def test_in_double_the_networks_are_the_same_function(case):
    assert_equal_to_scale(case.probe(True, "float64"), case.reference(True, torch.float64), DOUBLE_TOLERANCE)


def test_the_encoder_is_torchvision_s_resnet50():
    encoder = make_model("unet-resnet50").encoder
    assert sum(parameter.numel() for parameter in encoder.parameters()) == TORCHVISION_RESNET50_PARAMETERS
    shapes = {name: tuple(value.shape) for name, value in encoder.state_dict().items()}
    assert shapes["conv1.weight"] == (64, 3, 7, 7)
    assert shapes["layer1.0.downsample.0.weight"] == (256, 64, 1, 1)
    assert shapes["layer3.5.conv2.weight"] == (256, 256, 3, 3)
    assert shapes["layer4.0.downsample.1.running_var"] == (2048,)
    assert encoder.layer2[0].conv1.stride == (1, 1) and encoder.layer2[0].conv2.stride == (2, 2)  # "v1.5"
