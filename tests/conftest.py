import os
import signal

# OpenMP's threads spin while they wait, by default: beside other tests, and on one core, they are most of the time spent.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

# A run in the background (`… &`, nohup) inherits that these are ignored, and hands it on to the programs under test.
for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
