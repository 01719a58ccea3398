"""The evidence pack as files in a directory."""

from __future__ import annotations

import os
from pathlib import Path

from bot.evidence.cells import csv_bytes
from bot.evidence.data import evidence_json
from bot.evidence.page import evidence_page
from bot.evidence.tables import tables
from bot.service.reporting import RunReport
from bot.words import t


class EvidenceError(Exception):
    """The evidence could not be written; the text says where, why and what to do."""


def write_evidence(report: RunReport, out: Path) -> tuple[Path, ...]:
    """Write the whole pack into ``out``, which is made if need be; the files' paths in order.

    ``evidence.html`` is for reading, ``evidence.json`` has everything exactly, and the CSV files
    are for spreadsheets (see `bot.evidence.cells` for what their cells stand for).
    Each file is replaced whole or not at all. Other files in ``out`` are left alone.
    Raises EvidenceError where the directory cannot be written.
    """
    files = {
        "evidence.html": evidence_page(report),
        "evidence.json": evidence_json(report),
        **{f"{table.name}.csv": csv_bytes(table) for table in tables(report)},
    }
    try:
        out.mkdir(parents=True, exist_ok=True)
        return tuple(_replace(out / name, content) for name, content in files.items())
    except (FileExistsError, NotADirectoryError):
        problem = t("there is a file where the folder should be")
    except OSError as error:
        problem = (error.strerror or type(error).__name__).lower()
    raise EvidenceError(
        t(
            "The evidence could not be written to {folder}: {problem}. Choose another folder.",
            folder=out,
            problem=problem,
        )
    )


def _replace(path: Path, content: bytes) -> Path:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_bytes(content)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return path
