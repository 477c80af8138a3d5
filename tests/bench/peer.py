"""Python's PyTorch, driven like tests/bench/bench.cpp: requests on stdin, one JSON object a line."""

import json
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / name) for name in ("support", "parity")]

import torch  # noqa: E402  (what follows is found through the path above)
import torch.nn.functional as F  # noqa: E402
from draws import dropout2d_mask  # noqa: E402
from matrix_rate import matrix_gflops  # noqa: E402
from probe import read_exchange  # noqa: E402
from reference import make_model  # noqa: E402

IGNORE = 255
MEAN, STD = (torch.tensor(values).view(1, 3, 1, 1) for values in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
LAYOUTS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


class Training:
    """A network in training. Its batches are normalised and its masks drawn before the clock starts."""

    def __init__(self, input, precision, layout, fused):
        tensors, values = read_exchange(input)
        self.precision = precision
        self.model = make_model(values["arch"], values["classes"], values["width"])
        self.model.load_state_dict({name.removeprefix("weight:"): tensor for name, tensor in tensors.items()
                                    if name.startswith("weight:")})
        self.model.to(memory_format=LAYOUTS[layout]).train()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=values["lr"], fused=fused or None)
        self.batches = [self._prepare(tensors, f"batch:{i}:", layout, values["dropout"]) for i in range(values["batches"])]
        self.steps = 0

    def _prepare(self, tensors, prefix, layout, dropout):
        images = (tensors[prefix + "images"].permute(0, 3, 1, 2).float() / 255 - MEAN) / STD
        keys = [int(key) % 2**64 for key in tensors[prefix + "keys"]]
        mask = torch.from_numpy(dropout2d_mask(keys, 0, self.model.bottleneck_channels, dropout))
        return images.contiguous(memory_format=LAYOUTS[layout]), tensors[prefix + "labels"].long(), mask

    def step(self):
        images, labels, mask = self.batches[self.steps % len(self.batches)]
        self.steps += 1
        start = time.perf_counter()
        self.optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=self.precision == "bf16"):
            loss = F.cross_entropy(self.model(images, mask), labels, ignore_index=IGNORE)
        loss.backward()
        self.optimizer.step()
        loss = loss.item()
        return {"seconds": time.perf_counter() - start, "loss": loss}


def best_by_max(logits):
    return logits.max(1).indices


def best_by_argmax(logits):
    return logits.argmax(1)


class Evaluation:
    """Upsample, choose, count: the chain of operators from one image's logits to its confusion matrix."""

    CHOICES = {"max": best_by_max, "argmax": best_by_argmax}

    def __init__(self, input):
        tensors, _ = read_exchange(input)
        self.logits, self.labels = tensors["logits"][None], tensors["labels"][None].long()
        self.classes = self.logits.shape[1]

    def upsampled(self):
        return F.interpolate(self.logits, size=self.labels.shape[1:], mode="bilinear", align_corners=False)

    def evaluate(self, choice):
        start = time.perf_counter()
        prediction = self.CHOICES[choice](self.upsampled())
        # Void pixels are counted in rows of their own and cut off: cheaper than to pick the others out first.
        pairs = self.labels * self.classes + prediction
        counts = torch.bincount(pairs.flatten(), minlength=(IGNORE + 1) * self.classes)[: self.classes**2].tolist()
        return {"seconds": time.perf_counter() - start, "confusion": counts}

    def undecided(self, gap):
        """Pixels whose two largest logits are nearer than `gap`."""
        top = self.upsampled().topk(2, dim=1).values
        return {"pixels": int((top[:, 0] - top[:, 1] < gap).sum())}


class Peer:
    """Answers one request after the other."""

    def __init__(self):
        self.training = self.evaluation = None

    def answer(self, do, **values):
        if do == "open training":
            self.training = None
            self.training = Training(**values)
        elif do == "open evaluation":
            self.evaluation = Evaluation(**values)
        elif do == "close":
            self.training = self.evaluation = None
        elif do == "step":
            return self.training.step()
        elif do == "evaluate":
            with torch.inference_mode():
                return self.evaluation.evaluate(**values)
        elif do == "undecided":
            return self.evaluation.undecided(**values)
        elif do == "matrix rate":
            return {"gflops": matrix_gflops(getattr(torch, values["dtype"]))}
        else:
            raise ValueError(f"unknown request '{do}'")
        return {}


def main():
    torch.set_num_threads(int(sys.argv[1]))
    peer = Peer()
    for line in sys.stdin:
        print(json.dumps(peer.answer(**json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
