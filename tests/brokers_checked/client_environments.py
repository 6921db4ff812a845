"""Environments of their own for clients that others wrote: their dependencies agree with nobody's."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import pytest


@dataclass(frozen=True)
class Client:
    """A client: what is installed, in steps, each the arguments of one installation."""

    name: str
    installs: tuple[tuple[str, ...], ...]

    @property
    def folder(self) -> Path:
        """Give where its environment lies; another list of packages is another environment."""
        digest = hashlib.sha256(repr(self.installs).encode()).hexdigest()[:12]
        return platformdirs.user_cache_path("tickwise") / "client-environments" / f"{self.name}-{digest}"

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"


CLIENTS = (
    Client("v20", (("v20==3.0.25.0", "pyyaml"),)),
    Client("oandapyv20", (("oandapyV20==0.7.2", "requests", "six"),)),
    Client("fivetwenty", (("fivetwenty==0.5.1",),)),
    Client(
        "async_v20",
        (
            ("setuptools<81", "wheel", "ujson", "aiohttp", "pandas", "yarl", "async_timeout", "tzlocal"),
            ("--no-build-isolation", "--no-deps", "async-v20==8.0.0b1"),
        ),
    ),
)


def environment(client: Client) -> Path:
    """Give a client's Python, made once; skip where it cannot be made."""
    if shutil.which("uv") is None:
        pytest.skip("uv is not here to make an environment with")
    made = client.folder / "made"
    if not made.exists():
        _run("uv", "venv", "--quiet", "--clear", "--python", "3.11", str(client.folder))
        for packages in client.installs:
            _run("uv", "pip", "install", "--quiet", "--python", str(client.python), *packages)
        made.touch()
    return client.python


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        last = (done.stderr.strip() or "it said nothing").splitlines()[-1]
        pytest.skip(f"no environment for this client: {' '.join(command[:3])}: {last}")
