"""What a worker does with an activation."""


def work_on_due(*, budget: float) -> bool:
    return False
