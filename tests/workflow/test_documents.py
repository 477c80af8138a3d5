"""Every command, every setting and every Python snippet of docs/, run as a reader would; every link of every page."""

import json
import re

import h5py
import pytest

from documents import PAGES, blocks, follow, run
from sandbox import REPOSITORY

DOCS = REPOSITORY / "docs"
# What is run instead of commands that take long, need a machine of their own or change the repository.
SHORTER = {
    "envs/run ctest --test-dir build": "ctest --test-dir build -N",
    "envs/run ctest --test-dir build -L unit": "ctest --test-dir build -L unit -N",
    "envs/run ctest --test-dir build -R unit.score": "ctest --test-dir build -R unit.score -N",
    "envs/run tests/coverage": "tests/coverage --help",  # builds everything anew
    "envs/run tests/coverage --rooms base data": "tests/coverage --rooms base data --help",
    ".ci/run": "bash -n .ci/run",
    "envs/run ctest --test-dir build -L style": "ctest --test-dir build -L style -N",
    "envs/run tests/tidy": "tests/tidy --help",
    "envs/run tests/tidy --since main": "tests/tidy --help",
    "git ls-files -z '*.cpp' '*.h' | envs/run xargs -0 clang-format -i": (
        "git ls-files -z 'tools/score.cpp' | xargs -0 clang-format --dry-run --Werror"
    ),
    "envs/run snakefmt Snakefile config/workflow/*.smk": "snakefmt --check Snakefile config/workflow/*.smk",
    "envs/run docs/make_reference": "test -x docs/make_reference",  # test_reference.py runs it
    'grep -rln "Architecture::k" tools': 'grep -rln "Architecture::k" tools',
    'grep -rln "LossKind::" tools': 'grep -rln "LossKind::" tools',
    "envs/run tests/mutate/run": "tests/mutate/run --list",
    "envs/run tests/fault/run": "tests/fault/run --help",  # a test of its own
    "envs/run tests/fault/run --long": "tests/fault/run --long --help",
    "envs/run tests/bench/run": "tests/bench/run --help",  # test_readme.py measures with it
    # test_slurm.py runs these on a cluster
    "envs/run snakemake --profile config/profiles/slurm": "test -f config/profiles/slurm/config.yaml",
    "srun build/bin/train-fold --version": "train-fold --version",
    "envs/run snakemake --profile config/profiles/slurm --forcerun results/unet/fold1/unet_fold1.pth": (
        "test -f config/profiles/slurm/config.yaml"
    ),
}


@pytest.fixture
def study(real_study, tmp_path):
    return real_study.copy(tmp_path / "study")


def named(paths):
    return [str(path.relative_to(REPOSITORY)) for path in paths]


@pytest.mark.parametrize("page", PAGES, ids=named(PAGES))
def test_every_step_of_the_page_can_be_followed(page, study):
    left = follow(page, study)
    assert {(block.language, block.label) for block in left} <= {("sh", "long"), ("text", "")}


def test_each_long_command_is_known_and_its_shorter_form_runs(real_study):
    long = [line for page in PAGES for block in blocks(page.read_text(), "sh") if block.label == "long"
            for line in block.commands()]  # fmt: skip
    assert set(long) == set(SHORTER)
    for shorter in SHORTER.values():
        said = run(shorter, real_study, REPOSITORY).stdout
        assert "Total Tests: 0" not in said, shorter


def test_every_block_is_run_or_a_picture_made_of_letters():
    for page in PAGES:
        assert {block.language for block in blocks(page.read_text())} <= {"sh", "yaml", "python", "text"}, page
        assert page.read_text().count("```") == 2 * len(blocks(page.read_text())), page


def anchors(page):
    """The names by which headings can be linked to, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


ALL_PAGES = [*sorted(DOCS.rglob("*.md")), REPOSITORY / "README.md", REPOSITORY / "CHANGELOG.md"]


@pytest.mark.parametrize("page", ALL_PAGES, ids=named(ALL_PAGES))
def test_every_link_leads_somewhere(page):
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text()):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_can_be_found_from_the_readme():
    found, ahead = set(), [REPOSITORY / "README.md"]
    while ahead:
        page = ahead.pop()
        links = {(page.parent / link.split("#")[0]).resolve() for link in re.findall(r"\]\(([^)]+)\)", page.read_text())}
        ahead += [link for link in links - found if link.suffix == ".md" and link.is_file()]
        found |= links
    assert set(ALL_PAGES) <= found | {REPOSITORY / "README.md"}


def test_the_pictures_are_what_the_tools_draw_today():
    version = json.loads((REPOSITORY / "tools" / "results_versions.json").read_text())["visualize"]
    for picture in (DOCS / "images").glob("*.png"):
        assert f'"tool":"visualize","results_version":{version},'.encode() in picture.read_bytes(), picture.name


def test_the_page_on_own_data_has_the_ids_of_the_classes(real_study):
    text = (DOCS / "howto" / "data.md").read_text()
    told = {int(id): name for id, name in re.findall(r"\| (\d+) \| ([a-z ]+) (?=\|)", text)}
    with h5py.File(min((real_study.results / "shards").glob("*/val-0.h5"))) as shard:
        names = shard.attrs["classes"].astype(str)
        ids = {raw: names[train] for raw, train in enumerate(shard.attrs["train_id_from_raw_id"]) if train != 255}
    assert told == ids
