"""Forms as HTML. The form itself travels along, signed, so that it can be drawn again.

That way a person's words stay in it when something is to be corrected, or nothing could be saved.
"""

from __future__ import annotations

import dataclasses
import zlib
from collections.abc import Mapping
from typing import assert_never

from markupsafe import Markup

from bot.chat import codec
from bot.chat.callback import BadCallback, Callback
from bot.chat.message import (
    ChoiceField,
    DateField,
    Field,
    Form,
    PeopleField,
    PlaceField,
    TextField,
    TimeField,
)
from bot.pages.signing import Signer
from bot.platforms.room.draw import Controls, hidden, option_label, text_block, verbatim
from bot.words import t

Values = Mapping[str, tuple[str, ...]]


def seal_form(signer: Signer, form: Form, person: str) -> str:
    """The form without what it was filled with, as text that only we can make."""
    parts = tuple(_emptied(part) if isinstance(part, Field) else part for part in form.parts)
    text = codec.dumps(dataclasses.replace(form, parts=parts))
    return signer.seal(f"form {person}", zlib.compress(text.encode()))


def unseal_form(signer: Signer, sealed: str, person: str) -> Form | None:
    """The form that was sealed for this person; ``None`` for any other text."""
    data = signer.unseal(f"form {person}", sealed)
    form = codec.loads(zlib.decompress(data).decode()) if data is not None else None
    return form if isinstance(form, Form) else None


def draw_form(
    form: Form,
    sealed: str,
    controls: Controls,
    *,
    values: Values | None = None,
    errors: Mapping[str, str] | None = None,
) -> Markup:
    """The form, with ``values`` instead of its own if given, and errors beside their fields."""
    drawn: list[Markup] = []
    for number, part in enumerate(form.parts):
        if isinstance(part, Field):
            value = values.get(part.id, ()) if values is not None else _value(part)
            drawn.append(_field(part, f"field-{number}", value, (errors or {}).get(part.id, "")))
        else:
            drawn.append(text_block(part))
    strays = {id: why for id, why in (errors or {}).items() if id not in _ids(form)}
    return Markup(
        '<form class="form" method="post" action="{}/form"'
        ' data-live data-form data-keeps="{}">'
        '{}<input type="hidden" name="form" value="{}">'
        '<h2 tabindex="-1">{}</h2>{}{}<div class="buttons">'
        '<button class="primary">{}</button></div></form>'
    ).format(
        controls.base,
        _draft(form.callback),
        hidden(form.callback, controls),
        sealed,
        form.title,
        Markup("").join(_error(f"stray-{n}", why) for n, why in enumerate(strays.values())),
        Markup("\n").join(drawn),
        form.submit,
    )


def _draft(callback: str) -> str:
    """The name under which a browser keeps what is written in a form: the same wherever the form
    was opened from, and whatever has changed since."""
    try:
        of = Callback.decode(callback)
    except BadCallback:
        return f"form {callback}"
    return f"form {of.verb} {of.target} {of.item}"


def _ids(form: Form) -> set[str]:
    return {field.id for field in form.fields}


def _emptied(field: Field) -> Field:
    match field:
        case ChoiceField():
            return dataclasses.replace(field, value=())
        case TextField() | DateField() | TimeField():
            return dataclasses.replace(field, value=None)
        case PeopleField():
            return dataclasses.replace(field, value=())
        case PlaceField():
            return dataclasses.replace(field, value="")
        case _:
            assert_never(field)


def _value(field: Field) -> tuple[str, ...]:
    match field:
        case TextField():
            return (field.value.text,) if field.value else ()
        case ChoiceField():
            return field.value
        case DateField():
            return (field.value.isoformat(),) if field.value else ()
        case TimeField():
            return (field.value.strftime("%H:%M"),) if field.value else ()
        case PeopleField():
            return (", ".join(field.value),) if field.value else ()
        case PlaceField():
            return (field.value,) if field.value else ()
        case _:
            assert_never(field)


def _error(id: str, why: str) -> Markup:
    return Markup('<p class="error" id="{}">{}</p>').format(id, why) if why else Markup("")


def _field(field: Field, id: str, value: tuple[str, ...], why: str) -> Markup:
    error = _error(f"{id}-error", why)
    optional = (
        Markup("")
        if field.required
        else Markup(' <span class="aside">{}</span>').format(t("(if you like)"))
    )
    if isinstance(field, ChoiceField):
        return _choice(field, id, value, error, optional)
    hint = getattr(field, "hint", "")
    described = " ".join(
        name for name, there in ((f"{id}-hint", hint), (f"{id}-error", why)) if there
    )
    attributes = Markup(' id="{}" name="f.{}"{}{}{}').format(
        id,
        field.id,
        Markup(" required") if field.required else "",
        Markup(' aria-describedby="{}"').format(described) if described else "",
        Markup(' aria-invalid="true"') if why else "",
    )
    return Markup('<div class="field"><label for="{}">{}{}</label>{}{}{}</div>').format(
        id,
        field.label,
        optional,
        Markup('<p class="hint" id="{}-hint">{}</p>').format(id, hint) if hint else "",
        error,
        _input(field, attributes, value[0] if value else ""),
    )


def _input(
    field: TextField | DateField | TimeField | PeopleField | PlaceField,
    attributes: Markup,
    value: str,
) -> Markup:
    # A one-line input would swallow line breaks that are there already.
    if isinstance(field, TextField) and (field.multiline or "\n" in value):
        # The parser drops the first newline after the tag.
        return Markup('<textarea rows="6" dir="auto" autocomplete="off"{}>\n{}</textarea>').format(
            attributes, verbatim(value)
        )
    kind = {DateField: "date", TimeField: "time"}.get(type(field), "text")
    return Markup('<input type="{}" dir="auto" autocomplete="off" value="{}"{}>').format(
        kind, verbatim(value), attributes
    )


def _choice(
    field: ChoiceField, id: str, value: tuple[str, ...], error: Markup, optional: Markup
) -> Markup:
    kind = "checkbox" if field.multiple else "radio"
    must = Markup(" required") if field.required and not field.multiple else ""
    options = [(option.id, option_label(option)) for option in field.options]
    if not field.required and not field.multiple:
        options.append(("", Markup("<span>{}</span>").format(t("No answer"))))
    rows = Markup("").join(
        Markup(
            '<label class="tick"><input type="{}" name="f.{}" value="{}"{}{}> {}</label>'
        ).format(kind, field.id, key, Markup(" checked") if key in value else "", must, label)
        for key, label in options
    )
    return Markup('<fieldset class="field" id="{}"{}><legend>{}{}</legend>{}{}</fieldset>').format(
        id,
        Markup(' aria-describedby="{}-error"').format(id) if error else "",
        field.label,
        optional,
        error,
        rows,
    )
