"""Optimisers, the average of weights and learning rates do what PyTorch's do."""

import math

import pytest
import torch
from comparing import assert_equal_to_scale
from probe import run_probe

RATES = [1e-3, 1e-3, 1e-4, 1e-4, 1e-2, 1e-3]
SHAPES = {"encoder.convolution": (6, 5, 3, 3), "bias": (19,), "scalar": (1,)}
# A value and an optimiser's two moments pass through a dozen roundings per step.
ROUNDING = 1e-6
PEERS = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "sgd": lambda parameters, **options: torch.optim.SGD(parameters, momentum=0.9, **options),
}
MOMENTS = {"adam": ("exp_avg", "exp_avg_sq"), "adamw": ("exp_avg", "exp_avg_sq"), "sgd": ("momentum",)}
EMA = 0.7


def make_case(precision, frozen_steps=0):
    """Start values and gradients of every step, from tiny to huge; in bf16 what a bf16 network would give. In the first
    `frozen_steps` the encoder has none."""
    generator = torch.Generator().manual_seed(11)
    weights = {name: torch.randn(shape, generator=generator) for name, shape in SHAPES.items()}
    gradients = [{name: torch.randn(shape, generator=generator) * 10.0 ** (2 * step - 6) for name, shape in SHAPES.items()}
                 for step in range(len(RATES))]
    if precision == "bf16":
        gradients = [{name: g.bfloat16().float() for name, g in step.items()} for step in gradients]
    for step in gradients[:frozen_steps]:
        del step["encoder.convolution"]
    return weights, gradients


def run_ours(weights, gradients, precision, **options):
    tensors = {f"weight:{name}": value for name, value in weights.items()}
    tensors |= {f"grad:{i}:{name}": g for i, step in enumerate(gradients) for name, g in step.items()}
    made, _ = run_probe("optimizer", tensors, names=list(weights), rates=RATES, precision=precision, ema=EMA, **options)
    return {name: tensor for name, tensor in made.items() if name not in ("steps", "ema_updates")}


def warmed_up_average(average, value, updates):
    """As torchvision's ExponentialMovingAverage, whose decay is that of TensorFlow's after so many updates."""
    decay = min(EMA, (1 + int(updates)) / (10 + int(updates)))
    return decay * average + (1 - decay) * value


def run_peer(weights, gradients, dtype, optimizer="adam", weight_decay=0.0, encoder_lr_factor=1.0, clip_norm=0.0):
    parameters = {name: torch.nn.Parameter(value.to(dtype)) for name, value in weights.items()}
    groups = [{"params": [parameter], "factor": encoder_lr_factor if name.startswith("encoder.") else 1.0}
              for name, parameter in parameters.items()]
    peer = PEERS[optimizer](groups, lr=1.0, weight_decay=weight_decay)
    module = torch.nn.ParameterDict({name.replace(".", "_"): p for name, p in parameters.items()})
    average = torch.optim.swa_utils.AveragedModel(module, avg_fn=warmed_up_average)
    for rate, step in zip(RATES, gradients):
        for group in peer.param_groups:
            group["lr"] = rate * group["factor"]
        for name, parameter in parameters.items():
            parameter.grad = step[name].to(dtype) if name in step else None
        if clip_norm:
            torch.nn.utils.clip_grad_norm_(parameters.values(), clip_norm)
        peer.step()
        average.update_parameters(module)
    made = {}
    for name, parameter in parameters.items():
        made[f"master.{name}"] = parameter.detach()
        made[f"ema.{name}"] = average.module[name.replace(".", "_")].detach()
        state = peer.state[parameter]
        made |= {f"{key}.{name}": state["momentum_buffer" if key == "momentum" else key] for key in MOMENTS[optimizer]}
    return made


@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_sgd_takes_every_momentum(momentum):
    weights, gradients = make_case("fp32")
    ours = run_ours(weights, gradients, "fp32", optimizer="sgd", momentum=momentum)
    peers = [torch.nn.Parameter(value.clone()) for value in weights.values()]
    peer = torch.optim.SGD(peers, lr=1.0, momentum=momentum)
    for rate, step in zip(RATES, gradients):
        peer.param_groups[0]["lr"] = rate
        for parameter, gradient in zip(peers, step.values()):
            parameter.grad = gradient
        peer.step()
    made = {name: ours[f"master.{name}"] for name in weights}
    assert_equal_to_scale(made, dict(zip(weights, (p.detach() for p in peers))), ROUNDING)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("weight_decay", [0, 1e-2])
@pytest.mark.parametrize("optimizer", PEERS)
def test_optimisers_are_pytorch_s(optimizer, precision, weight_decay):
    weights, gradients = make_case(precision)
    options = dict(optimizer=optimizer, weight_decay=weight_decay)
    ours = run_ours(weights, gradients, precision, **options)
    parameters = {name: ours.pop(f"parameter.{name}") for name in SHAPES}
    assert_equal_to_scale(ours, run_peer(weights, gradients, torch.float64, **options), ROUNDING)
    assert_equal_to_scale(ours, run_peer(weights, gradients, torch.float32, **options), ROUNDING)
    for name, parameter in parameters.items():
        held = ours[f"master.{name}"].to(torch.bfloat16 if precision == "bf16" else torch.float32)
        assert torch.equal(parameter, held)


@pytest.mark.parametrize("optimizer", PEERS)
@pytest.mark.parametrize("options", [
    dict(encoder_lr_factor=0.1, frozen_steps=0),
    dict(encoder_lr_factor=1.0, frozen_steps=2),
    dict(clip_norm=1.0, frozen_steps=0),
    dict(clip_norm=1e6, weight_decay=1e-2, encoder_lr_factor=0.5, frozen_steps=3),
], ids=["a slower encoder", "a frozen encoder", "clipped", "all together"])
def test_groups_frozen_weights_and_clipping_are_pytorch_s(optimizer, options):
    weights, gradients = make_case("fp32", frozen_steps=options["frozen_steps"])
    options = {name: value for name, value in options.items() if name != "frozen_steps"} | {"optimizer": optimizer}
    ours = run_ours(weights, gradients, "fp32", **options)
    for name in SHAPES:
        del ours[f"parameter.{name}"]
    assert_equal_to_scale(ours, run_peer(weights, gradients, torch.float32, **options), ROUNDING)


def make_schedule(kind, optimizer, power, floor, warmup_steps, warmup_factor, updates):
    rest = updates - warmup_steps
    main = {
        "constant": lambda: torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0),
        "poly": lambda: torch.optim.lr_scheduler.PolynomialLR(optimizer, total_iters=rest, power=power),
        "cosine": lambda: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=rest, eta_min=floor),
    }[kind]()
    if not warmup_steps:
        return main
    warmup = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=warmup_factor, total_iters=warmup_steps)
    return torch.optim.lr_scheduler.SequentialLR(optimizer, [warmup, main], milestones=[warmup_steps])


@pytest.mark.filterwarnings("ignore:.*EPOCH_DEPRECATION_WARNING", "ignore:.*lr_scheduler.step")
@pytest.mark.parametrize("warmup_steps", [0, 7])
@pytest.mark.parametrize("kind,floor", [("constant", 0.0), ("poly", 0.0), ("cosine", 0.0), ("cosine", 1e-3)])
def test_learning_rates_are_pytorch_s(kind, floor, warmup_steps):
    options = dict(power=0.9, floor=floor, warmup_steps=warmup_steps, warmup_factor=0.01, updates=50)
    made, _ = run_probe("learning-rate", {}, kind=kind, lr=0.02, **options)

    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.02)
    schedule = make_schedule(kind, optimizer, **options)
    rates = []
    for _ in range(options["updates"]):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    assert torch.allclose(made["rates"], torch.tensor(rates, dtype=torch.float64), rtol=1e-9, atol=1e-12)


PLATEAU = {
    "falls": [1 / (1 + i) for i in range(30)],
    "stalls": [1.0] * 40,
    "improves by less than the threshold": [1 - 5e-5 * i for i in range(40)],
    "improves by just more": [(1 - 1.1e-4) ** i for i in range(40)],
    "is sometimes not a number": [1.0, math.nan, 0.9, *[math.nan] * 15, 0.8, math.inf, 0.7],
    "rises": [float(i) for i in range(25)],
    "below zero": [-1 - 0.01 * (i % 7) for i in range(40)],
}


@pytest.mark.parametrize("losses", PLATEAU.values(), ids=PLATEAU.keys())
@pytest.mark.parametrize("options", [
    dict(factor=0.1, patience=10, threshold=1e-4),
    dict(factor=0.5, patience=2, threshold=1e-2),
    dict(factor=0.3, patience=0, threshold=0.0),
], ids=["PyTorch's defaults", "patience 2", "patience 0"])
def test_the_plateau_schedule_is_pytorch_s(losses, options):
    made, _ = run_probe("schedule", {"losses": torch.tensor(losses, dtype=torch.float64)}, lr=1e-4, **options)

    optimizer = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], lr=1e-4)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **options)
    rates = []
    for loss in losses:
        schedule.step(loss)
        rates.append(optimizer.param_groups[0]["lr"])
    assert made["rates"].tolist() == rates
