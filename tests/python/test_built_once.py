"""What several processes of a test session need is built once, and a failure is not tried again."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import built_once


def test_the_second_who_asks_gets_what_the_first_built(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    builds = []

    def build(folder: Path) -> None:
        builds.append(folder)
        (folder / "file").write_text("built")

    first = built_once(tmp_path_factory, "a_build", build)
    second = built_once(tmp_path_factory, "a_build", build)

    assert builds == [first] == [second]
    assert (second / "file").read_text() == "built"


def test_a_build_that_failed_fails_all_who_need_it(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    def build(_: Path) -> None:
        raise RuntimeError("dbt cannot read the project")

    with pytest.raises(RuntimeError):
        built_once(tmp_path_factory, "a_broken_build", build)
    with pytest.raises(AssertionError, match=r"a_broken_build was not built.*cannot read"):
        built_once(tmp_path_factory, "a_broken_build", lambda _: None)
