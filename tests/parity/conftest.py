import sys
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

# As many threads as the probe takes; some of the comparisons are of results that depend on the number.
torch.set_num_threads(2)
