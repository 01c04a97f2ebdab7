"""What CloudWatch refuses of composite alarms and of the alarms that they name. No I/O.

The texts are AWS's own, from cloud-custodian/cloud-custodian#7763, ekristen/aws-nuke#462 and
awsdocs/aws-cloudformation-user-guide#911; the last one has "..." for the list of names, whose form is made up here.
"""

from collections.abc import Collection, Mapping

from localaws.alarms.composite_rule import named


def why_not_deleted(names: Collection[str], rules: Mapping[str, str]) -> str | None:
    """Return why alarms cannot be deleted, None where they can.

    Args:
        names: alarms to delete.
        rules: rules of the composite alarms that exist, by name.
    """
    in_use = set().union(*(_plain(rule) for alarm, rule in rules.items() if alarm not in names))
    held = [name for name in names if name in in_use]
    if not held:
        return None
    pronoun = "it" if len(held) == 1 else "them"
    return f"Cannot delete {','.join(held)} as there are composite alarm(s) depending on {pronoun}."


def why_not_saved(rule: str, names: Collection[str]) -> str | None:
    """Return why a composite alarm of this rule cannot be saved, None where it can; alarms exist by these `names`."""
    missing = sorted(_plain(rule).difference(names))
    if not missing:
        return None
    return f"Could not save the composite alarm as alarms [{', '.join(missing)}] in the alarm rule do not exist"


def _plain(rule: str) -> set[str]:
    return {name.rpartition(":alarm:")[2] for name in named(rule)}
