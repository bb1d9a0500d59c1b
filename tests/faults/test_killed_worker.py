"""Real processes: the monitor hears the worker; when it is killed, the web process tells by e-mail, once."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from tests.faults.workers import ROOT
from tests.house import Home
from tests.stand_in.services import MailServer, WebService

PATIENCE = 60.0
QUICK = """
import sys
from datetime import timedelta
from messages import watch, watching
watching.LOOK_EVERY, watching.AWAKE_AFTER, watching.HEARTBEAT_EVERY = 0.2, timedelta(0), timedelta(seconds=0.2)
watch.CLOCK_AFTER = timedelta(seconds=4)
from bot.cli import main
sys.argv = ["hearback", *sys.argv[1:]]
main()
"""


def until(true: Callable[[], bool], what: str) -> None:
    end, pause = monotonic() + PATIENCE, threading.Event()
    while not true():
        assert monotonic() < end, what
        pause.wait(0.05)


@pytest.fixture
def start(home: Home, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start one of our processes, whose watch looks five times a second."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(*words: str, **environment: str) -> subprocess.Popen[bytes]:
        fixed = {
            "PATH": os.environ["PATH"], "TMPDIR": str(tmp_path), "no_proxy": "127.0.0.1",
            "HEARBACK_DATABASE_URL": home.house.settings.database_url, "HEARBACK_SECRET_KEY": "s" * 40,
            "HEARBACK_PUBLIC_URL": "http://localhost:9",
            "HEARBACK_ENCRYPTION_KEYS": "test:" + b64encode(bytes(range(32))).decode(),
        }  # fmt: skip
        command = [sys.executable, "-c", QUICK, *words]
        running.append(subprocess.Popen(command, cwd=ROOT, env=fixed | environment, stdout=subprocess.DEVNULL))
        return running[-1]

    yield begin
    for process in running:
        process.send_signal(signal.SIGTERM)
    for process in running:
        process.wait(PATIENCE)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_when_the_worker_is_killed_the_monitor_hears_no_more_and_the_web_process_tells_once(
    home: Home, start: Callable[..., subprocess.Popen[bytes]]
) -> None:
    with socket.socket() as free, MailServer() as mail, WebService() as monitor:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        told = {
            "HEARBACK_SMTP_URL": mail.url, "HEARBACK_SMTP_FROM": "hearback@hospital.example",
            "HEARBACK_ALARM_TO": "operator@hospital.example", "HEARBACK_HEARTBEAT_URL": f"{monitor.url}/beat",
        }  # fmt: skip
        worker = start("work", "--threads", "4", **told)
        until(lambda: len(monitor.taken) > 2, "a heartbeat")
        start("serve", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", **told)
        worker.kill()
        worker.wait(PATIENCE)
        heard = len(monitor.taken)
        until(lambda: len(mail.taken) > 0, "an e-mail")
        assert len(mail.taken) == 1
        assert "The clock stands still" in mail.taken[0]
        assert len(monitor.taken) <= heard + 1
