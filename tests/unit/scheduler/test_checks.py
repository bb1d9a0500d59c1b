"""What would be otherwise than was meant stops a protocol; what should be looked at is shown: each with its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.checking import check_protocol, coverage_of
from bot.web.protocols.findings import template_of
from messages.people import Absence, Hospital, Shift, Staff
from scheduler.load import check_text
from scheduler.warn import Coverage, DatedCoverage

SOURCE = (Path(__file__).parent / "everything.yaml").read_text(encoding="utf-8")
WEEK, EVERY_DAY = (0, 1, 2, 3, 4), tuple(range(7))
OFFICE = Coverage(((WEEK, time(8), time(18)),))


def errors(old: str, new: str) -> list[str]:
    assert old in SOURCE
    return [str(one).split(": ", 1)[1] for one in check_text(SOURCE.replace(old, new, 1), "e.yaml").errors]


def warnings(old: str = "name: everything", new: str = "name: everything", who: Coverage | None = None) -> list[str]:
    assert old in SOURCE
    checked = check_text(SOURCE.replace(old, new, 1), "e.yaml", who)
    assert not checked.errors, checked.errors
    return [str(one).split(": ", 1)[1] for one in checked.warnings if not one.key.startswith("advice.1")]


RISES = "{name: pain rising on two days, sign: pain, rises: 2, level: urgent}"
SETTLED = "{name: pain has settled, when: {sign: pain, at_most: 2, lasts: 3}, stop: [pain_score]}"
ADD = 'add: {ask: temperature, at: "15:00", days: 2}'
HEALED = "{name: healed, when: {question: daily, pick: 3}, finish: true}"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[daily, pain_score, drinking]", "[daily, pain_scor]",
         "phases.0.ask.1: there is no question 'pain_scor'. Did you mean 'pain_score'?"),
        ("[daily, pain_score, drinking]", "[daily, daily]",
         "phases.0.ask.1: 'daily' is asked twice in one check-in. Ask it once."),
        ("weekdays: [wed]", "weekdays: [wendsday]",
         "phases.3.weekdays: 'wendsday' is not a day of the week. Write \"mon-fri\", sat, or a list like [mon, thu]."),
        ("lateness: 30 min", "lateness: 0 min",
         "phases.1.lateness: it could be too late before it leaves. Make it longer than spread."),
        ("{pick: 2, ask: where}", "{pick: 7, ask: where}",
         "questions.daily.then.0.pick: 7 is not in the menu, which has 1, 2, 3, 0. Pick one of those."),
        ("{pick: 2, ask: where}", "{ask: where}\n      - {pick: 2, ask: drinking}",
         "questions.daily.then.1: an earlier line always fits before this one. Put this line above it."),
        ("{pick: 2, ask: where}", "{ask: where}\n  sore:\n    text: {en: a, es: b}\n    then: [{ask: sore}]",
         "questions.sore.then: these questions lead back to each other without end. Take one out."),
        ("{pick: 2, ask: where}", "{pick: 2, ask: were}",
         "questions.daily.then.0.ask: there is no question 'were'. Did you mean 'where'?"),
        ("    number: pain\n", "",
         'questions.pain_score.then.0.at_least: nothing says which number is meant. Give the question "number: pain".'),
        (RISES, RISES.replace("urgent", "review"),
         "meanings.3.level: a trend only raises a level. Write urgent or emergency."),
        (RISES, RISES.replace("pain, r", "cough, r"),
         "meanings.3.rises: cough has no number that could rise. Only fever and pain have."),
        (RISES, RISES.replace("rises: 2", "rises: 2, lasts: 2"),
         "meanings.3: lasts, rises and returns_after are three different trends. Keep one in each line."),
        (RISES, f"{RISES}\n  - {RISES}", "meanings.4: another meaning of pain says the same. Keep one."),
        (RISES, f"{RISES}\n  - {RISES.replace('urgent', 'emergency')}",
         "meanings.4: another meaning of pain says urgent of the same. Keep one."),
        (RISES, "{sign: pain, level: emergency}\n  - {sign: pain, from_day: 3, level: review}",
         "meanings.4: it never counts: a wider meaning of pain says emergency. Take it out."),
        (SETTLED, SETTLED.replace("[pain_score]", "[where]"),
         "changes.0.stop.0: 'where' is in no phase: there is nothing to stop. Take it out."),
        (SETTLED, SETTLED.replace("at_most: 2", "at_least: 5, at_most: 2"),
         "changes.0.when.at_most: at_most 2 is below at_least 5. Swap them."),
        (SETTLED, "{name: a, when: {sign: pain}}", "changes.0: nothing is changed. Add stop, start, add or finish."),
        (SETTLED, "{name: a, when: {}, stop: [daily]}",
         "changes.0.when: nothing must be told. Give a sign or a question."),
        (HEALED, HEALED.replace(", pick: 3", ""),
         "changes.3.finish: only a picked number may end the follow-up. Give question and pick."),
        (ADD, ADD.replace("15:00", "22:00"), "changes.2.add.at: 22:00 is in the quiet hours. Choose another time."),
        (ADD, ADD.replace("15:00", "9:15"),
         "changes.2.add.at: 9:15 is too near to 9:00, when something is asked. Keep 30 minutes."),
        ("Keep the leg up on a pillow.", "Give 5 ml of Tylenol.",
         "advice.0.text.en: '5 ml': advice never tells a dose or a medicine. Take it out."),
        ("Mantenga la pierna en alto.", "Puede darle ibuprofeno.",
         "advice.0.text.es: 'ibuprofeno': advice never tells a dose or a medicine. Take it out."),
        ("Keep the leg up on a pillow.", "Do not worry.",
         "advice.0.text.en: 'Do not worry' judges how the child is. Say only what to do."),
        ("    approved_by: Dr. Okafor\n  - sign", "    level: [emergency]\n    approved_by: Dr. Okafor\n  - sign",
         "advice.0.level.0: advice goes with review and urgent, not with emergency. Take it out."),
        ("says: [zorbly]", "says: [Stop]",
         "words.0.says.0: 'Stop' alone starts or stops texting, or is HELP. It cannot mean something else."),
        ("Where does it hurt {about}?", "Reply HELP if it hurts.",
         "questions.where.text.en: HELP as an answer starts or stops texting, or is HELP. Ask for another word."),
        ("parts/every-day.yaml", "parts/everyday.yaml",
         "use.0: there is no part 'parts/everyday.yaml'. Did you mean 'parts/every-day.yaml'?"),
        ("parts/every-day.yaml", "../../secret.yaml",
         "use.0: '../../secret.yaml' is not a part. Write it like parts/cast-care.yaml."),
        ("Where does it hurt {about}? Emergency: call {emergency}.", "Where does it hurt {about}?",
         'questions.where.text.en: no word of whom to call in an emergency. Add "Emergency: call {emergency}."'),
        (" Reply STOP to end.", "", "welcome.text.en: it does not say how to end the texts. Add: Reply STOP to end."),
        ("Emergency: call {emergency}. Reply STOP", "Reply STOP",
         'welcome.text.en: no word of whom to call in an emergency. Add "Emergency: call {emergency}."'),
        ("It is Wednesday, please answer {about}. Emergency: call {emergency}.", "It is Wednesday.",
         'phases.3.reminder.text.en: no word of whom to call in an emergency. Add "Emergency: call {emergency}."'),
        ("Where does it hurt {about}?", "í" * 700,
         "questions.where.text.en: 11 segments, and carriers take 10 at most. Say less."),
        ('flag_at: "16:00"', 'flag_at: "22:00"',
         "phases.3.silence.flag_at: 22:00 is in the quiet hours. Choose a time before 21:00."),
        ("second_caregiver_after: never", "second_caregiver_after: 30 min",
         "phases.3.second_caregiver_after: the second caregiver is asked before the reminder. Make it longer."),
        ("level: urgent, last_check_in: true", "level: ok",
         "phases.3.silence.rules.0.level: silence is never ok. Write review, urgent or emergency."),
    ],
)  # fmt: skip
def test_a_mistake_stops_the_protocol_and_says_the_mend(old: str, new: str, told: str) -> None:
    assert told in errors(old, new)


def test_a_mistake_is_told_at_its_own_line(tmp_path: Path) -> None:
    (found,) = check_text(SOURCE.replace("[daily, pain_score, drinking]", "[daily, pain_scor]"), "e.yaml").errors
    line = SOURCE.splitlines()[found.line - 1]
    assert line[found.column - 1 :].startswith("pain_score, drinking")


def test_a_good_file_has_nothing_to_look_at() -> None:
    assert warnings() == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Where does it hurt {about}?", "Describe comprehensively the particular anatomical localization {about}.",
         "questions.where.text.en: it reads at school year"),
        ("¿Dónde le duele {about}?", "Especifique detalladamente la localización anatómica correspondiente {about}.",
         "questions.where.text.es: it reads at school year"),
        ("Where does it hurt {about}?", "Where does it hurt, and how? " * 18,
         "questions.where.text.en: 4 segments (GSM-7), and the limit is 3. Say less."),
        ("      - {at_least: 4, ask: where}", 
         "      - {at_least: 4, ask: drinking}\n  idle: {text: {en: 'x {emergency}', es: 'x {emergency}'}}",
         "questions.idle: nothing asks this question. Take it out, or ask it."),
    ],
)  # fmt: skip
def test_what_should_be_looked_at_stops_nothing(old: str, new: str, told: str) -> None:
    assert any(one.startswith(told) for one in warnings(old, new)), warnings(old, new)


def test_a_language_that_hearback_does_not_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.checking.LANGUAGES", ("en",))
    found = check_protocol(SOURCE, "e.yaml")
    assert not found.errors, found.errors
    assert str(found.warnings[0]).split(": ", 1)[1].startswith("languages.1: Hearback does not read 'es'")
    assert template_of(found.warnings[0].what) is not None


def test_advice_that_nobody_approved_is_told() -> None:
    found = [str(one) for one in check_text(SOURCE, "e.yaml").warnings]
    assert any("it is not sent until somebody approves it" in one for one in found)


class TestCoverage:
    """A danger is asked about only when somebody answers."""

    def test_an_evening_question_in_an_office_that_closes_at_six_is_told(self) -> None:
        (told,) = [one for one in warnings(who=OFFICE) if "phases.1.at.0" in one]
        assert "it asks about danger at 18:00, when nobody of the hospital answers (every day)" in told

    def test_weekends_without_anybody_are_named(self) -> None:
        (told,) = [one for one in warnings(who=OFFICE) if "phases.0.at.0" in one]
        assert "at 9:00, when nobody of the hospital answers (sat, sun)" in told

    def test_a_phase_on_covered_days_and_a_text_without_danger_are_not_told(self) -> None:
        assert not [one for one in warnings(who=OFFICE) if "phases.3" in one or "phases.2" in one]

    def test_somebody_on_call_at_all_hours_covers_everything(self) -> None:
        assert warnings(who=Coverage((*OFFICE.stretches, (EVERY_DAY, time(0), time(0))))) == []

    def test_a_night_shift_reaches_into_the_next_morning(self) -> None:
        night = Coverage((((0,), time(19), time(7)),))
        assert night.covers(0, time(23))
        assert night.covers(1, time(6))
        assert not night.covers(0, time(6))
        assert not night.covers(1, time(7))


class TestADatedRota:
    """Publishing follows the dates of the rota, not only its week."""

    def test_a_weekday_that_is_bare_on_every_date_is_named_and_a_single_date_by_itself(self) -> None:
        monday = date(2026, 11, 23)
        office = [
            (datetime.combine(day, time(8), UTC), datetime.combine(day, time(20), UTC))
            for n in range(28)
            if (day := monday + timedelta(days=n)).weekday() != 6 and day != date(2026, 11, 26)
        ]
        who = DatedCoverage((), tuple(office), UTC, monday)
        assert who.bare((0, 1, 2), time(9), time(10)) == ""
        assert who.bare(EVERY_DAY, time(9), time(10)) == "sun, Thu 26 Nov"
        assert who.bare(EVERY_DAY, time(19, 30), time(20, 30)) == "every day"

    def test_a_question_about_danger_on_a_date_when_everybody_is_away_is_warned_of(self) -> None:
        hospital = Hospital("h", "h", "Harbor", "America/Chicago", "+1", "555")
        now = datetime(2026, 11, 23, 15, tzinfo=UTC)
        night = Staff("a", "h", "a", "+1", shifts=(Shift("a", EVERY_DAY, time(0), time(0)),))
        off = Absence("x", datetime(2026, 11, 26, 6, tzinfo=UTC), datetime(2026, 11, 27, 6, tzinfo=UTC))
        assert warnings(who=coverage_of(hospital, [night], now)) == []
        found = warnings(who=coverage_of(hospital, [replace(night, away=(off,))], now))
        assert found
        assert all("nobody of the hospital answers (Thu 26 Nov)" in one for one in found)
