"""What a person may type about sequences of follow-ups. Nothing is saved here."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from setia.accounts.models import User
from setia.core.text import line, paragraph
from setia.sales.actions import MOST_STEPS, Step
from setia.sales.models import ANSWERS, Activity, Pipeline, Prospect, Sequence, SequenceStep
from setia.sales.pipeline_forms import NameForm
from setia.sales.queries import pipelines

_MOST_DAYS = 365
_BLANK = 3
"""So many steps a new sequence begins with."""
_ANSWERS = [(one.value, one.label) for one in Activity.Outcome if one.value in ANSWERS]
_STATES = (Prospect.Status.NEW, Prospect.Status.WORKING, Prospect.Status.QUALIFIED)


class SequenceForm(NameForm):
    """A sequence's facts. `where` says what it is for: a pipeline, a stage, or prospects (of a state)."""

    where = forms.ChoiceField(label=pgettext_lazy("sequence", "For"), choices=())
    starts_itself = forms.BooleanField(
        label=gettext_lazy("Starts by itself when an opportunity enters the stage"), required=False
    )
    working_days = forms.BooleanField(
        label=gettext_lazy("Working days only"),
        required=False,
        help_text=gettext_lazy("Counts the firm's working days alone; they are set under “Who gets which prospect”."),
    )
    ends_on = forms.MultipleChoiceField(
        label=gettext_lazy("Ends when an activity is done with"),
        choices=_ANSWERS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("An activity with the customer counts, whether it is a step of the sequence or not."),
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, present: Sequence | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.there = {one.pk: one for one in pipelines()}
        if present is not None and present.pipeline is not None:
            self.there.setdefault(present.pipeline.pk, present.pipeline)
        self.stages = {stage.pk: (stage, one) for one in self.there.values() for stage in getattr(one, "shown", [])}
        if present is not None and present.stage is not None and present.pipeline is not None:
            self.stages.setdefault(present.stage.pk, (present.stage, present.pipeline))
        self.fields["where"].choices = self._choices()  # type: ignore[attr-defined]

    def _choices(self) -> list[tuple[str, Any]]:
        groups: list[tuple[str, Any]] = [(one.name, self._of(one)) for one in self.there.values()]
        states = [(f"prospect-{one.value}", str(one.label)) for one in _STATES]
        return [*groups, (str(_("Prospects")), [("prospect-", _("Any open prospect")), *states])]

    def _of(self, pipeline: Pipeline) -> list[tuple[str, str]]:
        stages = [(f"stage-{key}", stage.name) for key, (stage, of) in self.stages.items() if of.pk == pipeline.pk]
        return [(f"pipeline-{pipeline.pk}", _("%(name)s: any stage") % {"name": pipeline.name}), *stages]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("starts_itself") and not str(data.get("where", "")).startswith("stage-"):
            self.add_error("starts_itself", _("Choose the stage it starts in, or start it by hand."))
        return data

    def facts(self) -> dict[str, Any]:
        """By the names of `actions.sequences.SequenceFacts`."""
        data = {name: self.cleaned_data[name] for name in ("name", "starts_itself", "working_days", "ends_on")}
        what, _dash, key = self.cleaned_data["where"].partition("-")
        stage, of = self.stages[int(key)] if what == "stage" else (None, None)
        pipeline = of or (self.there[int(key)] if what == "pipeline" else None)
        return data | {"pipeline": pipeline, "stage": stage, "status": key if what == "prospect" else ""}


class StepForm(forms.Form):
    """One step: what, and how many days after the start or the step before."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[one for one in Activity.Kind.choices if one[0] != Activity.Kind.NOTE],
        initial=Activity.Kind.CALL,
    )
    title = forms.CharField(label=pgettext_lazy("activity", "What"), required=False, max_length=200)
    days = forms.IntegerField(
        label=pgettext_lazy("sequence", "Days"), required=False, min_value=0, max_value=_MOST_DAYS, initial=2
    )
    counted = forms.ChoiceField(
        label=pgettext_lazy("sequence", "Counted"), choices=SequenceStep.Counted, required=False
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 2})
    )

    @property
    def is_empty(self) -> bool:
        """Whether nobody typed anything here."""
        return not any(line(str(self.data.get(f"{self.prefix}-{name}") or "")) for name in ("title", "note"))

    def value(self) -> Step:
        """The step as typed; valid forms only."""
        data = self.cleaned_data
        counted = data["counted"] or SequenceStep.Counted.BEFORE.value
        return Step(data["kind"], line(data["title"]), data["days"] or 0, counted, paragraph(data["note"]))


class SequenceEntry:
    """A sequence's form with its steps. A step without words is none."""

    def __init__(self, data: Mapping[str, str] | None, *, user: User, sequence: Sequence | None = None) -> None:
        self.user, self.sequence, self.data = user, sequence, data
        if data is None:
            self.form = SequenceForm(present=sequence, initial=_initial(sequence))
            rows = _steps(sequence) if sequence else [{} for _each in range(_BLANK)]
            self.steps = [StepForm(prefix=f"step-{at}", initial=row) for at, row in enumerate(rows)]
        else:
            self.form = SequenceForm(data, present=sequence)
            self.steps = [StepForm(data, prefix=f"step-{at}") for at in range(_count(data))]

    def is_valid(self) -> bool:
        """Whether all of it can be saved. Says what is wrong where it is."""
        right = all([self.form.is_valid(), *(one.is_valid() for one in self._filled())])
        if not self._filled():
            self.form.add_error(None, _("Say in words what at least one step is."))
            return False
        return right

    def values(self) -> list[Step]:
        """The steps, for the actions; valid entries only."""
        return [one.value() for one in self._filled()]

    def changed(self, do: str) -> "SequenceEntry":
        """The same as typed so far, not judged yet, with a step more (`add`) or one less (`remove-2`)."""
        data: Any = self.data or {}
        rows = [
            {name: data.get(f"step-{at}-{name}", "") for name in StepForm.base_fields} for at in range(_count(data))
        ]
        if do == "add" and len(rows) < MOST_STEPS:
            rows.append({})
        elif do.startswith("remove-") and do[7:].isdecimal() and int(do[7:]) < len(rows):
            rows.pop(int(do[7:]))
        other = SequenceEntry(None, user=self.user, sequence=self.sequence)
        get = getattr(data, "getlist", lambda name: [data.get(name, "")])
        other.form.initial = {
            name: get(name) if name == "ends_on" else data.get(name, "") for name in other.form.fields
        }
        other.steps = [StepForm(prefix=f"step-{at}", initial=row) for at, row in enumerate(rows or [{}])]
        return other

    def errors(self) -> int:
        """How many things need another look."""
        return len(self.form.errors) + sum(len(one.errors) for one in self._filled() if one.is_bound)

    def _filled(self) -> list[StepForm]:
        return [one for one in self.steps if not one.is_empty]


def _count(data: Mapping[str, str]) -> int:
    said = data.get("steps", "")
    return min(int(said), MOST_STEPS) if said.isdecimal() and len(said) < 4 else 0


def _initial(sequence: Sequence | None) -> dict[str, Any]:
    if sequence is None:
        return {"working_days": True, "ends_on": list(ANSWERS)}
    where = f"stage-{sequence.stage_id}" if sequence.stage_id else f"pipeline-{sequence.pipeline_id}"
    if sequence.pipeline_id is None:
        where = f"prospect-{sequence.status}"
    names = ("name", "starts_itself", "working_days", "ends_on")
    return {name: getattr(sequence, name) for name in names} | {"where": where}


def _steps(sequence: Sequence) -> list[dict[str, Any]]:
    names = ("kind", "title", "days", "counted", "note")
    return [{name: getattr(one, name) for name in names} for one in sequence.steps.order_by("position")]
