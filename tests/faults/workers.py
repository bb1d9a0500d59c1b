"""Real `hearback work` processes on a test's database, texting the stand-in for Twilio."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from messages.carriers.twilio import TwilioCarrier
from tests.house import Home
from tests.stand_in import TwilioStandIn

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds; what takes so long has hung


@dataclass
class Workers:
    """Starts, stops and kills processes; `logs` is what they wrote."""

    home: Home
    twilio: TwilioStandIn
    folder: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    started: int = 0

    def start(self, count: int = 1) -> list[subprocess.Popen[bytes]]:
        """Processes with four threads each, two of which take check-ins; they have begun when this returns."""
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONFAULTHANDLER": "1",
            "NO_PROXY": "127.0.0.1",
            "HEARBACK_DATABASE_URL": self.home.house.settings.database_url,
            "HEARBACK_PUBLIC_URL": self.twilio.public_url,
            "HEARBACK_ENCRYPTION_KEYS": "test:" + b64encode(bytes(range(32))).decode(),
            "HEARBACK_TWILIO_API_URL": self.twilio.url,
            "TWILIO_ACCOUNT_SID": self.twilio.account_sid,
            "TWILIO_AUTH_TOKEN": self.twilio.auth_token,
        }
        command = [sys.executable, "-m", "bot.cli", "work", "--threads", "4"]
        begun = []
        for _ in range(count):
            self.started += 1
            with (self.folder / f"work-{self.started}.log").open("wb") as log:
                begun.append(
                    subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
                )
        self.running += begun
        self.until(lambda: self.logs().count("Working;") == self.started, "a start")
        return begun

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """As the machine's power would."""
        process.kill()
        process.wait(PATIENCE)
        self.running.remove(process)

    def stop(self, *processes: subprocess.Popen[bytes]) -> None:
        """Ask them to finish what they have in hand, and see that they end well."""
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            try:
                ended = process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGABRT)  # each thread says where it stands
                ended = process.wait(PATIENCE)
            assert ended == 0, self.logs()
            self.running.remove(process)

    def logs(self) -> str:
        return "\n".join(file.read_text() for file in sorted(self.folder.glob("work-*.log")))

    def until(self, true: Callable[[], bool], what: str) -> None:
        """Wait until it is so, looking often."""
        end, pause = monotonic() + PATIENCE, threading.Event()
        while not true():
            assert monotonic() < end, f"{what} did not happen\n{self.logs()}"
            pause.wait(0.02)

    def carrier(self) -> TwilioCarrier:
        """The carrier as the processes have it."""
        twilio = self.twilio
        return TwilioCarrier(twilio.account_sid, twilio.auth_token, twilio.public_url, twilio.url)
