"""What is wrong with a protocol, in the page's language.

The checks say it in English, with the values in it. Here is each of their sentences with holes, once: what fits one is
said by its translation, what fits none stays English. A test holds the checks to this list.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.web.language import _, page_language, spoken

SAYS = (
    spoken("the language %(a)s is there twice. Name it once."),
    spoken("the text in %(a)s is missing. Add it, or change languages."),
    spoken("%(a)s is not in languages. %(mend)s"),
    spoken(
        "Hearback does not read %(a)s: only picked numbers count, every word goes to a person, and its own answers "
        "come in another language. Take it out, unless somebody reads it day and night."
    ),
    spoken("nothing is written here yet. Write the words."),
    spoken("braces have no place here. Write plain words."),
    spoken("a brace stands alone. Write placeholders like {hospital}, and no other braces."),
    spoken("{menu} stands here without numbered answers. Take it out or add a menu."),
    spoken("there is no placeholder %(a)s. %(mend)s"),
    spoken("the numbered answers have no place. Write {menu} once where they go."),
    spoken("YES restarts texting at the carrier and cannot be an answer. Offer numbers."),
    spoken("%(a)s as an answer starts or stops texting, or is HELP. Ask for another word."),
    spoken('no word of whom to call in an emergency. Add "Emergency: call {emergency}."'),
    spoken("it does not say how to end the texts. Add: Reply STOP to end."),
    spoken("%(a)s is a text of its own. Give the question another name."),
    spoken("a single numbered answer is no choice. Add another, or take the menu out."),
    spoken("a sign is never ok. Write review or more."),
    spoken("%(a)s as an answer starts or stops texting. Use another word."),
    spoken("there is no question %(a)s. %(mend)s"),
    spoken("%(a)s is asked twice in one check-in. Ask it once."),
    spoken("%(a)s is not in the menu, which has %(b)s. Pick one of those."),
    spoken('nothing says which number is meant. Give the question "number: pain".'),
    spoken("an earlier line always fits before this one. Put this line above it."),
    spoken("these questions lead back to each other without end. Take one out."),
    spoken("%(a)s alone starts or stops texting, or is HELP. It cannot mean something else."),
    spoken("a present sign is never ok. Write review, urgent or emergency."),
    spoken("the days %(a)s to %(b)s run backwards. Swap them."),
    spoken("a trend only raises a level. Write urgent or emergency."),
    spoken("another meaning of %(a)s says the same. Keep one."),
    spoken("another meaning of %(a)s says %(b)s of the same. Keep one."),
    spoken("it never counts: a wider meaning of %(a)s says %(b)s. Take it out."),
    spoken("lasts, rises and returns_after are three different trends. Keep one in each line."),
    spoken("one day is no trend. Write 2 or more, or take it out."),
    spoken("%(a)s has no number that could rise. Only fever and pain have."),
    spoken("at_most %(a)s is below at_least %(b)s. Swap them."),
    spoken("%(a)s has no number. Only fever and pain have; take it out."),
    spoken("%(a)s is not degrees Celsius. Write %(b)s to %(c)s."),
    spoken("%(a)s is not the pain score. Write %(b)s to %(c)s."),
    spoken("advice goes with review and urgent, not with %(a)s. Take it out."),
    spoken("%(a)s: advice never tells a dose or a medicine. Take it out."),
    spoken("%(a)s judges how the child is. Say only what to do."),
    spoken("it could be too late before it leaves. Make it longer than spread."),
    spoken("%(a)s (with the spread of %(b)s) is in the quiet hours, %(c)s to %(d)s. Choose another time."),
    spoken("%(a)s is in the quiet hours, %(c)s to %(d)s. Choose another time."),
    spoken("day %(a)s at %(b)s is already asked by %(c)s. Change one."),
    spoken("the last check-in is on day %(a)s. Say goodbye on a later day."),
    spoken("%(a)s is too long. Spread the texts over 3 h at most."),
    spoken("a check-in could be too late before it leaves. Make it longer than spread."),
    spoken("the hours %(a)s to %(b)s run backwards. Swap them."),
    spoken("%(a)s is in the quiet hours. Choose another time."),
    spoken("it is more than there is from `from` to `to`. Make it shorter."),
    spoken("the times of this protocol need %(a)s, 30 minutes apart. Make it longer."),
    spoken("%(a)s is in the quiet hours. Choose a time before %(b)s."),
    spoken("the second caregiver is asked before the reminder. Make it longer."),
    spoken("silence is never ok. Write review, urgent or emergency."),
    spoken("an ok text never extends the daily texts. Take it out."),
    spoken("%(a)s is in no phase: there is nothing to %(b)s. Take it out."),
    spoken("a question is stopped and started by the same answer. Take one out."),
    spoken("nothing is changed. Add stop, start, add or finish."),
    spoken("nothing must be told. Give a sign or a question."),
    spoken("a number or a trend needs its sign. Add sign: pain or sign: fever."),
    spoken("a number is picked, but of which question is not said. Add question."),
    spoken("%(a)s is not in the menu of %(b)s. Pick another."),
    spoken("only a picked number may end the follow-up. Give question and pick."),
    spoken("%(a)s is too near to %(b)s, when something is asked. Keep 30 minutes."),
    spoken("%(a)s segments (%(b)s), and the limit is %(c)s. Say less."),
    spoken("%(a)s segments, and carriers take %(b)s at most. Say less."),
    spoken("it reads at school year %(a)s, and the limit is %(b)s. Use short words and short sentences."),
    spoken("nothing asks this question. Take it out, or ask it."),
    spoken("it never counts beside %(a)s. Take it out."),
    spoken("it is not sent until somebody approves it. Write approved_by: and a name."),
    spoken(
        "it asks about danger at %(a)s, when nobody of the hospital answers (every day). Choose a time "
        "that is covered, or see to it that somebody is there."
    ),
    spoken(
        "it asks about danger at %(a)s, when nobody of the hospital answers (%(b)s). Choose a time that "
        "is covered, or see to it that somebody is there."
    ),
    spoken("there is no key %(a)s here. %(mend)s"),
    spoken("the key %(a)s is missing. Add it."),
    spoken("%(a)s is not known here. %(mend)s"),
    spoken("%(a)s is not a possible answer. Use one digit, 0 to 9."),
    spoken("%(a)s is not a possible name. Use small letters, digits, - and _, beginning with a letter."),
    spoken("%(a)s is not a possible language. Write its code, like en or es."),
    spoken("the text is missing. Write it."),
    spoken("%(a)s is not text. Put it in quotes."),
    spoken("%(a)s is empty. Write a text."),
    spoken("%(a)s is too long. Use %(b)s characters at most."),
    spoken("%(a)s is not a whole number. Write one without quotes."),
    spoken("%(a)s is not a number. Write one without quotes."),
    spoken("%(a)s is neither true nor false. Write one of the two."),
    spoken("%(a)s is too small. The least is %(b)s."),
    spoken("%(a)s is too large. The most is %(b)s."),
    spoken("%(a)s is not enough. Give %(b)s or more."),
    spoken("%(a)s is too much. Give %(b)s at most."),
    spoken("%(a)s stands where a list is needed. Write it like [a, b]."),
    spoken("%(a)s stands where keys and values are needed. Write them below, indented."),
    spoken('%(a)s is not a time of day. Write it like "9:00" or "18:30".'),
    spoken('%(a)s is not a span of time. Write it like "20 min", "3 h" or "2 days".'),
    spoken("The days %(a)s run backwards. Write %(b)s."),
    spoken('%(a)s is not a day or a range of days. Write "1-3", 5, or a list like [1, 3, "7-9"].'),
    spoken("Day %(a)s is too far away. The last possible day is %(b)s."),
    spoken('No day is given. Write "1-3", 5, or a list like [1, 3, "7-9"].'),
    spoken("A day is given twice. Name every day once."),
    spoken('%(a)s is not a day of the week. Write "mon-fri", sat, or a list like [mon, thu].'),
    spoken("A day of the week is given twice. Name every day once."),
    spoken("%(a)s is not a sign. %(mend)s"),
    spoken("%(a)s is not a risk. %(mend)s"),
    spoken("%(a)s has no place in a part. Write it in the protocol."),
    spoken("this is no list of parts. Write it like [parts/cast-care.yaml]."),
    spoken("%(a)s is not a part. Write it like parts/cast-care.yaml."),
    spoken("there is no part %(a)s. %(mend)s"),
    spoken("%(a)s says %(b)s too. Use one of the two parts, or write %(c)s yourself."),
    spoken('the file is empty. Begin with "name: my-protocol".'),
    spoken('a protocol is a list of keys and values. Begin with "name: my-protocol".'),
    spoken("the key %(a)s is there twice. Keep one of the two."),
    spoken("a tab where spaces are needed. Replace the tab by spaces."),
    spoken("a colon where none is expected. Quote texts that hold a colon, and check the indentation."),
    spoken("a second document begins here. Keep one protocol in a file and delete the line ---."),
    spoken("the file is not valid YAML: %(a)s. Check quotes, brackets and the indentation here."),
    spoken("a character that has no place in a text file. Type the line again."),
    spoken("a tag (!) has no place in a protocol. Delete it."),
    spoken("the file unfolds into far too much. Do without aliases (* and &)."),
    spoken("brackets are nested too deep. A protocol needs only a few levels."),
    spoken("the file is too large. Keep it under %(a)s KB."),
    spoken('the reader does not know %(a)s. Say it with words that it knows, such as "swelling" or "fell".'),
    spoken("%(a)s is read %(b)s. Try another meaning than %(c)s, or a fuller example."),
    spoken("%(a)s is read %(b)s. Say less with these words, or more narrowly."),
    spoken('a typographic quote is no quotation mark here. Type straight quotes: ".'),
    spoken("Did you mean %(a)s?"),
    spoken("Known: %(a)s."),
)
_HOLE = re.compile(r"%\\\((\w+)\\\)s")


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The longest first: of two that fit, the one that says more."""
    longest = sorted(SAYS, key=lambda says: len(re.sub(r"%\(\w+\)s", "", says)), reverse=True)
    return tuple((re.compile(_HOLE.sub(r"(?P<\1>.+?)", re.escape(says)), re.DOTALL), says) for says in longest)


def template_of(english: str) -> tuple[str, dict[str, str]] | None:
    """The sentence that this is, and what fills its holes."""
    for pattern, says in _patterns():
        if found := pattern.fullmatch(english):
            return says, found.groupdict()
    return None


def in_language(english: str) -> str:
    """What a check said, in the page's language."""
    found = template_of(english) if page_language() != "en" else None
    if found is None:
        return english
    says, holes = found
    return _(says) % {name: in_language(value) if name == "mend" else value for name, value in holes.items()}
