"""What is typed in the two-minute note, and about notes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, SelectField, TimeField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

from app.coaching.forms import DayField, has_come
from app.coaching.levels import Level
from app.coaching.path_words import ATTENDANCE_WORDS
from app.coaching.rules import ActivityKind, Attendance
from app.coaching.words import ACTIVITY_WORDS, LEVEL_WORDS
from app.core.forms import BaseForm, LineField, TextField, choices_of

ONLY_A_NOTE = "note"
LONGEST_NOTE = 8000


class NoteForm(BaseForm):
    """One field matters: `text`. The rest is filled in."""

    kind = SelectField(
        _l("Ce qui s’est passé"),
        choices=choices_of([*ACTIVITY_WORDS.items(), (ONLY_A_NOTE, _l("Une note, sans échange"))]),
        default=ActivityKind.INTERVIEW,
    )
    happened_on = DayField(_l("Le"), [InputRequired(_l("Indiquez le jour."))])
    duration_min = IntegerField(
        _l("Durée en minutes"),
        [Optional(), NumberRange(0, 1440, _l("La durée est entre 0 et 1440 minutes."))],
        default=45,
    )
    text = TextField(_l("Ce qu’il faut retenir"), max_length=LONGEST_NOTE)
    visibility = RadioField(
        _l("Qui lit ces mots"), default=Level.HOLDER, validators=[InputRequired(_l("Dites qui lira."))]
    )
    next_action = LineField(_l("Prochaine étape"), max_length=200)
    next_action_on = DayField(_l("Pour le"), [Optional()])
    attendance = SelectField(
        _l("La rencontre"),
        choices=choices_of((a.value, w) for a, w in ATTENDANCE_WORDS.items() if a != Attendance.PLANNED),
        default=Attendance.HELD,
    )
    session_id = HiddenField(validators=[Optional(), Regexp(r"^\d{1,9}$")])  # the appointment that took place
    meet_on = DayField(_l("Prochain rendez-vous le"), [Optional()])
    meet_at = TimeField(_l("à"), [Optional()])
    place = LineField(_l("Lieu"), max_length=120)
    draft_id = HiddenField(validators=[DataRequired(), Length(min=16, max=30)])

    def validate_happened_on(self, field: DayField) -> None:
        """Somebody who cancelled may have done so before the day."""
        if self.kind.data != ONLY_A_NOTE and self.attendance.data in {Attendance.HELD, Attendance.NO_SHOW}:
            has_come(self, field)

    def offer(self, levels: tuple[Level, ...]) -> None:
        self.visibility.choices = choices_of((level.value, LEVEL_WORDS[level]) for level in levels)

    @property
    def activity_kind(self) -> ActivityKind | None:
        """None when only a note is written."""
        return None if self.kind.data == ONLY_A_NOTE else ActivityKind(self.kind.data)


class OpenNoteForm(BaseForm):
    visibility = SelectField(
        _l("Ouvrir à"), choices=choices_of((level.value, LEVEL_WORDS[level]) for level in (Level.HOLDER, Level.TEAM))
    )


class GlassForm(BaseForm):
    reason = TextField(
        _l("Pourquoi devez-vous lire ces notes ?"),
        [DataRequired(_l("Écrivez pourquoi."))],
        description=_l("Le ou la référent·e et les responsables de la structure liront cette raison."),
        max_length=300,
    )
