"""The two networks in plain PyTorch, with the parameter names of tools/segfold/nn/.

The encoder's names below `encoder.` are torchvision's, so that ImageNet weights drop in; torchvision itself is not
needed. Dropout comes as a mask from outside: float [N, channels, 1, 1] of 0 and 1 / (1 - p), or None.
"""

import torch
import torch.nn.functional as F
from torch import nn


def conv3x3(inputs, outputs, stride=1):
    return nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)


def resize(x, size):
    return F.interpolate(x, size=size, mode="bilinear", align_corners=False)


class DoubleConv(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1, self.bn1 = conv3x3(inputs, outputs), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = conv3x3(outputs, outputs), nn.BatchNorm2d(outputs)

    def forward(self, x, mask=None):
        x = F.relu(self.bn1(self.conv1(x)))
        if mask is not None:
            x = x * mask.to(x.dtype)
        return F.relu(self.bn2(self.conv2(x)))


class UpBlock(nn.Module):
    """One step of the decoder: up by two, to the tap's size where sides are odd, joined with the tap."""

    def __init__(self, inputs, tap, outputs):
        super().__init__()
        self.up = nn.ConvTranspose2d(inputs, outputs, 2, stride=2)
        self.conv1, self.bn1 = conv3x3(outputs + tap, outputs), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = conv3x3(outputs, outputs), nn.BatchNorm2d(outputs)

    def forward(self, x, tap):
        x = self.up(x)
        if x.shape[2:] != tap.shape[2:]:
            x = resize(x, tap.shape[2:])
        x = torch.cat([x, tap], dim=1)
        x = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(x)))


class Bottleneck(nn.Module):
    """1x1, 3x3 with the stride, 1x1 ("v1.5")."""

    def __init__(self, inputs, planes, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, planes, 1, bias=False), nn.BatchNorm2d(planes)
        self.conv2, self.bn2 = conv3x3(planes, planes, stride), nn.BatchNorm2d(planes)
        self.conv3, self.bn3 = nn.Conv2d(planes, planes * 4, 1, bias=False), nn.BatchNorm2d(planes * 4)
        self.downsample = None
        if stride != 1 or inputs != planes * 4:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, planes * 4, 1, stride=stride, bias=False),
                                            nn.BatchNorm2d(planes * 4))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


def _stage(inputs, planes, blocks, stride):
    return nn.Sequential(Bottleneck(inputs, planes, stride),
                         *(Bottleneck(planes * 4, planes, 1) for _ in range(blocks - 1)))


class ResNet50Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layer1, self.layer2 = _stage(64, 64, 3, 1), _stage(256, 128, 4, 2)
        self.layer3, self.layer4 = _stage(512, 256, 6, 2), _stage(1024, 512, 3, 2)

    def forward(self, x):
        taps = [F.relu(self.bn1(self.conv1(x)))]
        x = F.max_pool2d(taps[0], 3, stride=2, padding=1)
        for layer in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = layer(x)
            taps.append(x)
        return taps


class UNetResNet50(nn.Module):
    bottleneck_channels = 1024

    def __init__(self, classes=19):
        super().__init__()
        self.encoder = ResNet50Encoder()
        self.bottleneck = DoubleConv(2048, self.bottleneck_channels)
        self.decoder = nn.ModuleList([UpBlock(1024, 1024, 512), UpBlock(512, 512, 256), UpBlock(256, 256, 128),
                                      UpBlock(128, 64, 64)])
        self.head = nn.Conv2d(64, classes, 1)

    def forward_head(self, images, mask=None):
        *taps, x = self.encoder(images)
        x = self.bottleneck(x, mask)
        for block, tap in zip(self.decoder, reversed(taps)):
            x = block(x, tap)
        return self.head(x)

    def forward(self, images, mask=None):
        return resize(self.forward_head(images, mask), images.shape[2:])


class UNet(nn.Module):
    def __init__(self, classes=19, width=64):
        super().__init__()
        channels = [width * 2**i for i in range(5)]
        self.bottleneck_channels = channels[4]
        self.encoder = nn.ModuleList(DoubleConv(i, o) for i, o in zip([3, *channels[:3]], channels[:4]))
        self.bottleneck = DoubleConv(channels[3], channels[4])
        self.decoder = nn.ModuleList(UpBlock(channels[i + 1], channels[i], channels[i]) for i in (3, 2, 1, 0))
        self.head = nn.Conv2d(width, classes, 1)

    def forward_head(self, images, mask=None):
        taps, x = [], images
        for block in self.encoder:
            taps.append(block(x))
            x = F.max_pool2d(taps[-1], 2)
        x = self.bottleneck(x, mask)
        for block, tap in zip(self.decoder, reversed(taps)):
            x = block(x, tap)
        return self.head(x)

    forward = forward_head


def make_model(arch, classes=19, width=64):
    return UNet(classes, width) if arch == "unet" else UNetResNet50(classes)


def randomise(model, seed):
    """Weights and running statistics that show every parameter's effect: PyTorch's initial values leave BatchNorm at
    one and zero, where a forgotten one would go unnoticed."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if tensor.dim() == 4:
                fan_in = tensor[0].numel() if ".up." not in name else tensor.shape[0]
                tensor.normal_(0, (2.0 / fan_in) ** 0.5, generator=generator)
            elif name.endswith("running_mean") or name.endswith("bias"):
                tensor.normal_(0, 0.1, generator=generator)
            elif tensor.dim() == 1:
                tensor.uniform_(0.8, 1.2, generator=generator)
    return model
