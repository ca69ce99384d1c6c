"""Child processes: started with a log each, watched together, stopped in reverse order with their own signal."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from .folder import ROOT
from .problem import Problem, last_line

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass
class Child:
    """One running child process. Those that are stopped `together` are all asked before the first is waited for."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals
    grace: float
    together: bool = False
    asked: bool = False

    def check(self) -> None:
        """Raise Problem if the process has ended."""
        if self.process.poll() is not None:
            status = self.process.returncode
            how = f"signal {-status}" if status < 0 else f"status {status}"
            raise Problem(f"{self.name} ended unexpectedly ({how}): read {self.log}")

    def ask(self) -> None:
        """Ask the process to end, once: a worker that is asked twice drops its task."""
        if not self.asked and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            self.asked = True

    def stop(self) -> None:
        """Ask, wait for the grace period, then kill the whole process group."""
        self.ask()
        if self.process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(self.grace)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class Children:
    """All children of one start."""

    running: list[Child] = field(default_factory=list)

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        environment: dict[str, str] | None = None,
        user: dict[str, int] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        grace: float = 10,
        together: bool = False,
    ) -> Child:
        """Start a child in a process group of its own, so that Ctrl-C reaches it through `stop_all` and in order."""
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/" if user else ROOT,
                env=environment,
                start_new_session=True,
                preexec_fn=_end_with_parent(stop_signal),
                user=user["user"] if user else None,
                group=user["group"] if user else None,
                extra_groups=[] if user else None,
            )
        child = Child(name, process, log, stop_signal, grace, together)
        self.running.append(child)
        return child

    def check(self) -> None:
        for child in self.running:
            child.check()

    def wait_until(self, ready: Callable[[], bool], *, what: str, log: Path, seconds: float) -> None:
        """Poll `ready` while all children live. Raises Problem when one ends or the time is over."""
        until = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > until:
                raise Problem(f"{what} did not answer within {seconds:.0f} seconds: read {log}")
            time.sleep(0.1)

    def stop_all(self) -> None:
        """Stop the children, the last one first; a second Ctrl-C does not interrupt this."""
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        for child in self.running:
            if child.together:
                child.ask()
        while self.running:
            self.running.pop().stop()


def _end_with_parent(stop_signal: signal.Signals) -> Callable[[], None] | None:
    """Let the kernel signal the child when this process is killed, so that nothing is left running on the data."""
    if LIBC is None:
        return None
    prctl = LIBC.prctl
    return lambda: prctl(PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)


def run_step(command: Sequence[str | Path], *, log: Path, environment: dict[str, str]) -> str:
    """Run one command to its end and return its output. Raises Problem with the log's last line when it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environment,
        cwd=ROOT,
        check=False,
    )
    with log.open("a") as file:
        file.write(f"$ {' '.join(str(part) for part in command)}\n{done.stdout}\n")
    if done.returncode != 0:
        shown = " ".join(str(part) for part in command[1:])
        raise Problem(f"`{shown}` failed ({last_line(log)}): read {log}")
    return done.stdout


def hand_over(*commands: Sequence[str], environment: dict[str, str]) -> list[int]:
    """Run commands side by side in the foreground and return their exit statuses; Ctrl-C is theirs to handle.

    The first writes to the terminal as it goes; what the others wrote follows one after the other.
    """
    with contextlib.ExitStack() as opened:
        kept = [opened.enter_context(tempfile.TemporaryFile()) for _command in commands[1:]]
        pairs = zip(commands, (None, *kept), strict=True)
        processes = [_in_foreground(command, output, environment) for command, output in pairs]

        def pass_on(number: int, _frame: FrameType | None) -> None:
            for each in processes:
                each.send_signal(number)

        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for name in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, pass_on)
        statuses = []
        for process, output in zip(processes, (None, *kept), strict=True):
            status = process.wait()
            statuses.append(status if status >= 0 else 128 - status)
            if output is not None:
                output.seek(0)
                shutil.copyfileobj(output, sys.stdout.buffer)
    return statuses


def _in_foreground(
    command: Sequence[str], output: IO[bytes] | None, environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command, env=environment, cwd=ROOT, preexec_fn=_end_with_parent(signal.SIGTERM),
            stdout=output, stderr=output and subprocess.STDOUT,
        )  # fmt: skip
    except OSError as error:
        raise Problem(f"cannot run {command[0]} ({error.strerror}): check the command's name") from error
