"""The evidence pack, as files in a directory or in one zip file."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from bot.evidence.cells import csv_bytes
from bot.evidence.data import evidence_json
from bot.evidence.page import evidence_page
from bot.evidence.tables import tables
from bot.service.reporting import RunReport
from bot.words import t


class EvidenceError(Exception):
    """The evidence could not be written; the text says where, why and what to do."""


def evidence_files(report: RunReport) -> dict[str, bytes]:
    """The whole pack: each file's name and content, in order.

    ``evidence.html`` is for reading, ``evidence.json`` has everything exactly, and the CSV files
    are for spreadsheets (see `bot.evidence.cells` for what their cells stand for).
    """
    return {
        "evidence.html": evidence_page(report),
        "evidence.json": evidence_json(report),
        **{f"{table.name}.csv": csv_bytes(table) for table in tables(report)},
    }


def evidence_zip(report: RunReport) -> bytes:
    """The whole pack in one zip file."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as file:
        for name, content in evidence_files(report).items():
            file.writestr(name, content)
    return packed.getvalue()


def write_evidence(report: RunReport, out: Path) -> tuple[Path, ...]:
    """Write the whole pack into ``out``, which is made if need be; the files' paths in order.

    Each file is replaced whole or not at all. Other files in ``out`` are left alone.
    Raises EvidenceError where the directory cannot be written.
    """
    files = evidence_files(report)
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
