"""What starts light stays light: which libraries a fresh interpreter has loaded afterwards."""

import subprocess
import sys

import pytest

LOADED = (
    "import sys; print(*sorted({name.partition('.')[0] for name in sys.modules} - sys.stdlib_module_names))"
)


def libraries(code: str, *words: str) -> set[str]:
    """The libraries that are loaded once `code` has run, with `words` as its arguments."""
    script = f"import sys\ntry:\n    {code}\nexcept SystemExit:\n    pass\nprint()\n{LOADED}"
    ran = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.splitlines()[-1].split())
    assert "rnntutor" in loaded
    return loaded


def of_command(*words: str) -> set[str]:
    """The libraries that a command of rnntutor needs."""
    return libraries("from rnntutor.cli import main; main()", *words)


def all_of(package: str) -> str:
    """Code that imports every module of a package."""
    return (
        f"import importlib, pkgutil, {package} as p; "
        f"[importlib.import_module(k.name) for k in pkgutil.walk_packages(p.__path__, '{package}.')]"
    )


def test_the_engine_needs_numpy_alone() -> None:
    loaded = libraries("import rnntutor.engine")
    assert not loaded & {"textual", "rich", "click", "safetensors"}
    modules = {name for name in libraries(all_of("rnntutor.engine")) if not name.startswith("_")}
    assert modules == {"numpy", "rnntutor"}


def test_the_list_needs_no_numpy() -> None:
    """It is on the screen before anything is played, so its start should be as quick as can be."""
    loaded = libraries("import rnntutor.app.app, rnntutor.app.entries")
    assert "textual" in loaded
    assert not loaded & {"numpy", "safetensors"}


def test_drawing_needs_numpy_and_rich() -> None:
    loaded = libraries(all_of("rnntutor.show"))
    assert {"numpy", "rich"} <= loaded
    assert not loaded & {"textual", "click", "safetensors"}


@pytest.mark.parametrize(
    "words", [["--help"], ["-h"], ["--version"], ["train", "--help"], ["show", "--help"]]
)
def test_help_and_version_are_light(words: list[str]) -> None:
    assert not of_command(*words) & {"textual", "rich", "numpy", "safetensors"}


@pytest.mark.parametrize("how", ["text", "json"])
def test_showing_needs_no_screen(how: str) -> None:
    assert "textual" not in of_command("show", "hello", "--format", how)


@pytest.mark.parametrize("words", [["nonesuch"], ["show", "nonesuch"]])
def test_an_error_is_light(words: list[str]) -> None:
    assert not of_command(*words) & {"textual", "numpy"}
