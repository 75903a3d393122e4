"""The aiogram peer: its environment, made when first needed, and how it is started."""

import hashlib
import subprocess
import sys
from pathlib import Path

from bench.conversation import TELEGRAM_SECRET
from bench.place import Command, Place

_ROOT = Path(__file__).resolve().parents[2]
_PEERS = _ROOT / "bench" / "peers"
_VENV = _ROOT / ".venv-peers"


def missing() -> str:
    """Install the peer's lock when it is not the one installed last; why that failed, or nothing."""
    lock = _PEERS / "requirements.txt"
    stamp, wanted = _VENV / "installed", hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return ""
    install = ["-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r", str(lock)]
    for argv in ([sys.executable, "-m", "venv", "--clear", str(_VENV)], [str(_VENV / "bin" / "python"), *install]):
        done = subprocess.run(argv, capture_output=True, text=True, timeout=600, check=False)
        if done.returncode:
            return f"the peer's environment could not be made: {done.stderr.strip()[-500:]}"
    (_VENV / ".gitignore").write_text("*\n")
    stamp.write_text(wanted)
    return ""


def serve(place: Place) -> Command:
    """On the standard event loop, as aiogram's documentation starts it."""
    script = str(_PEERS / "aiogram_bot.py")
    where = ("--port", str(place.port), "--api", f"http://127.0.0.1:{place.sink_port}")
    stores = ("--database", place.database, "--redis", place.redis_url, "--secret", TELEGRAM_SECRET)
    return Command((str(_VENV / "bin" / "python"), script, *where, *stores), {})


def serve_on_uvloop(place: Place) -> Command:
    """The same on the loop that zalobot uses."""
    command = serve(place)
    return Command((*command.argv, "--uvloop"), command.env)
