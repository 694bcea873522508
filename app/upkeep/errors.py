"""Why a copy is not made or not put back, as sentences for the operator's terminal."""

from __future__ import annotations


class UpkeepRefused(Exception):
    """Nothing was changed; the message says why and what to do."""


class BackupBroken(UpkeepRefused):
    """The folder is not a whole backup: `findings` says what is wrong, a line each."""

    def __init__(self, findings: list[str]):
        self.findings = findings
        super().__init__("This is not a whole backup:\n" + "\n".join(f"  {line}" for line in findings))


class ChecksFailed(UpkeepRefused):
    """What was restored contradicts itself: `findings` says where, a line each."""

    def __init__(self, findings: list[str], what_now: str):
        self.findings = findings
        super().__init__("\n".join([*(f"  {line}" for line in findings), what_now]))
