"""Messages that nobody reads any more: a pipe whose reader ends, a closed or full stream. The work goes on to its end."""

from study import WRITERS, look
from support import Try, compare, judge, parts

ABOUT = "readers that go away"
MESSAGES = {
    "head": '"$@" 2>&1 | head -n 1 >/dev/null; exit ${PIPESTATUS[0]}',
    "nobody": '"$@" 2>&1 | true; exit ${PIPESTATUS[0]}',
    "tee that dies": '"$@" 2>&1 | tee log | head -n 1 >/dev/null; exit ${PIPESTATUS[0]}',
    "closed messages": '"$@" 2>&-',
    "closed output": '"$@" >&-',
    "all closed": '"$@" <&- >&- 2>&-',
    "full messages": '"$@" 2>/dev/full',
    "log on a full disk": '"$@" >/dev/full 2>&1',
}
# What a tool prints is its result: that it could not be printed is an error.
RESULT = {
    "head": ('"$@" | head -n 1 >/dev/null; exit ${PIPESTATUS[0]}', {0, 74}),
    "nobody": ('"$@" | true; exit ${PIPESTATUS[0]}', {0, 74}),
    "closed": ('"$@" >&-', {74}),
    "full": ('"$@" >/dev/full', {74}),
}


def unread(place, name, shell, allowed):
    done = place.call(name, wrap=["bash", "-c", shell, "bash"], quiet=False)
    judge(done, allowed)
    compare(parts(look(place.out)), parts(place.study.outputs(name)), f"ends with {done.status}, but")


def tries(long):
    for how, shell in MESSAGES.items():
        for name in WRITERS if long else ("train-fold", "preprocess", "score"):
            yield Try(f"{how}/{name}", unread, name, shell, {0})
    for how, given in RESULT.items():
        yield Try(f"{how}/model-info", unread, "model-info", *given)
