"""The service as a real process, `python -m zalobot serve`, which can be killed and started again.

The one rule: it knows the simulator by its settings only, as it would know Zalo.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import aiohttp

from tests.services import tied
from zalobot.simulator.app import Simulator

ROOT = Path(__file__).parent.parent.parent


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def environment(folder: Path, database_url: str, simulator: Simulator, port: int, **more: str) -> dict[str, str]:
    """The settings of product.md, and nothing else but what Python needs."""
    zalo = simulator.settings
    given = {
        "DATABASE_URL": database_url,
        "PORT": str(port),
        "SECRET_KEY": "proofs only",
        "ZALO_APP_ID": zalo.app_id,
        "ZALO_APP_SECRET": zalo.app_secret,
        "ZALO_OA_ID": zalo.oa_id,
        "ZALO_OA_SECRET": zalo.oa_secret,
        "ZALO_OPENAPI_URL": simulator.base_url,
        "ZALO_OAUTH_URL": simulator.base_url,
        "ZALO_ACCESS_TOKEN": simulator.grant.access,
        "ZALO_REFRESH_TOKEN": simulator.grant.refresh,
        "ZALO_CALLS_PER_MINUTE": "1000000",
        "ATTACHMENT_HOSTS": simulator.base_url.removeprefix("http://"),
        "FILES_FOLDER": str(folder / "files"),
        "BURST_SECONDS": "0",
        **more,
    }
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), **{f"ZALOBOT_{name}": value for name, value in given.items()}}


class BotProcess:
    """One life after another of a service. `arguments` go to `serve`."""

    def __init__(self, folder: Path, settings: dict[str, str], *arguments: str) -> None:
        self.folder, self.settings, self.arguments = folder, settings, arguments
        self.url = f"http://127.0.0.1:{settings['ZALOBOT_PORT']}"
        self.log = folder / f"bot{''.join(arguments)}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin a life; returns before it answers."""
        command = tied(sys.executable, "-m", "zalobot", "serve", *self.arguments)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self.folder, env=self.settings, stdout=log, stderr=log)

    async def answers(self, seconds: float = 150.0) -> None:
        """Wait until it answers; RuntimeError with its log when it ended or takes too long."""
        until = time.monotonic() + seconds
        async with aiohttp.ClientSession() as http:
            while time.monotonic() < until and self.alive:
                try:
                    async with http.get(f"{self.url}/healthz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.05)
        raise RuntimeError(f"the service does not answer:\n{self.log.read_text()[-3000:]}")

    @property
    def alive(self) -> bool:
        """Whether it lives."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    async def stop(self, seconds: float = 30.0) -> int:
        """SIGTERM, as a service manager does; gives back the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return await self.ended(seconds)

    async def ended(self, seconds: float = 30.0) -> int:
        """Wait for its end; gives back the exit code."""
        assert self._process is not None
        code = await asyncio.to_thread(self._process.wait, seconds)
        self._process = None
        return code
