"""How an instruction may go on, and when a visit's light is a finding. Pure."""

from tasks_app.inspection.choices import InstructionStatus, ReplyKind

# The status after a reply: 已阅知 does not count as an answer, and an answered instruction stays answered.
MOVES: dict[str, dict[str, str]] = {
    InstructionStatus.ISSUED: {
        ReplyKind.SEEN: InstructionStatus.ISSUED,
        ReplyKind.ANSWER: InstructionStatus.ANSWERED,
    },
    InstructionStatus.ANSWERED: {ReplyKind.ANSWER: InstructionStatus.ANSWERED},
    InstructionStatus.CLOSED: {},
}
CLOSABLE = frozenset({InstructionStatus.ISSUED, InstructionStatus.ANSWERED})


def after_reply(status: str, kind: str) -> str | None:
    """The status after a reply of this kind; None where none may be given."""
    return MOVES[status].get(kind)


def may_close(status: str) -> bool:
    return status in CLOSABLE


def differs(verified: str, *others: str) -> bool:
    """Whether what was seen on the spot is another light than one of those that stood beside it ("" is none)."""
    return any(other not in ("", verified) for other in others)
