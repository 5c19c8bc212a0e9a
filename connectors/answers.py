"""Every file of an extract is answered once, and every row of it is accounted for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from connectors.conformed import Conformed, SourceFile, refused
from connectors.csvfiles import FileRefused
from records.verdicts import BalanceError, FileVerdict


def all_refused(files: Sequence[SourceFile]) -> Conformed:
    """The answer to files that are known beforehand to be of no use."""
    return Conformed(
        verdicts=[refused(file, FileRefused(file.refusal)) for file in files]
    )


def noted(verdicts: Sequence[FileVerdict], loose: frozenset[str]) -> list[FileVerdict]:
    """The verdicts; those of files that the manifest does not name say so."""
    return [
        replace(verdict, notes=("not_in_manifest", *verdict.notes))
        if verdict.file in loose
        else verdict
        for verdict in verdicts
    ]


def check_balance(
    authority: str, files: Sequence[SourceFile], conformed: Conformed
) -> None:
    """Every file is answered once, and every rejected row is in the rejects.

    Raises:
        BalanceError: it is not so.
    """
    answered = Counter(verdict.file for verdict in conformed.verdicts)
    sent = Counter(file.name for file in files)
    if answered != sent:
        raise BalanceError(
            f"{authority}: files {sorted((sent - answered) + (answered - sent))} are "
            "not answered exactly once"
        )
    rejects = Counter(reject.file for reject in conformed.rejects)
    for verdict in conformed.verdicts:
        if rejects[verdict.file] != verdict.rejected:
            raise BalanceError(
                f"{authority}/{verdict.file}: {verdict.rejected} rows rejected and "
                f"{rejects[verdict.file]} reasons given"
            )
