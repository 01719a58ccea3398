"""Pictures of what people press, choose and fill in, all of it disabled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup, escape

from bot.platforms.slack.rich_text import Json


def all_of(parts: Iterable[Markup], between: str = "\n") -> Markup:
    """The parts, one after the other."""
    return Markup(between).join(parts)


def plain(text: Json) -> str:
    """The text of a plain text object. Raises ValueError for any other, which may hold markup."""
    if text["type"] != "plain_text":
        raise no_picture("text object", text)
    return str(text["text"])


def no_picture(what: str, value: Mapping[str, object]) -> ValueError:
    """The error that says what has none."""
    return ValueError(f"Slack {what} without a picture: {value.get('type')}")


def control(element: Json) -> Markup:
    """An element of an actions or input block. Raises ValueError for one we do not send."""
    match element:
        case {"type": "button", "text": text}:
            return Markup(
                '<button type="button" class="{}" dir="auto" disabled>{}</button>'
            ).format(element.get("style", ""), plain(text))
        case {"type": "plain_text_input", "multiline": multiline}:
            return Markup('<textarea rows="{}" dir="auto" disabled>\n{}</textarea>').format(
                4 if multiline else 1, element.get("initial_value", "")
            )
        case {"type": "datepicker"}:
            date = Markup('<input type="date" value="{}" disabled>')
            return date.format(element.get("initial_date", ""))
        case {"type": "timepicker"}:
            time = Markup('<input type="time" value="{}" disabled>')
            return time.format(element.get("initial_time", ""))
        case {"type": "radio_buttons", "options": options}:
            chosen = [element["initial_option"]] if "initial_option" in element else []
            return _ticks("radio", options, chosen)
        case {"type": "checkboxes", "options": options}:
            return _ticks("checkbox", options, element.get("initial_options", []))
        case {"type": "static_select" | "multi_static_select"}:
            return _menu(element)
        case {"type": "multi_users_select"}:
            return _picked(f"@{user}" for user in element.get("initial_users", ()))
        case {"type": "conversations_select"}:
            if element.get("default_to_current_conversation"):
                return _picked(["The channel that is open"])
            return _picked([f"#{element['initial_conversation']}"])
        case _:
            raise no_picture("element", element)


def _ticks(kind: str, options: list[Json], chosen: list[Json]) -> Markup:
    tick = Markup('<label class="tick"><input type="{}"{} disabled><span>{}</span></label>')
    on = Markup(" checked")
    return Markup('<div class="ticks">{}</div>').format(
        all_of(tick.format(kind, on if o in chosen else "", _option(o)) for o in options)
    )


def _option(option: Json) -> Markup:
    text = escape(plain(option["text"]))
    if "description" not in option:
        return text
    return text + Markup("<small>{}</small>").format(plain(option["description"]))


def _menu(element: Json) -> Markup:
    """A menu that unfolds; folded it shows what is chosen, or asks to choose."""
    initial = [*element.get("initial_options", [])]
    initial += [element["initial_option"]] if "initial_option" in element else []
    chip = Markup('<span class="chip">{}</span>')
    shown = all_of((chip.format(plain(option["text"])) for option in initial), " ")
    groups = element.get("option_groups") or [{"options": element["options"]}]
    lists = [
        Markup("{}<ul>{}</ul>").format(
            Markup("<b>{}</b>").format(plain(group["label"])) if "label" in group else "",
            all_of(Markup('<li dir="auto">{}</li>').format(_option(o)) for o in group["options"]),
        )
        for group in groups
    ]
    return Markup('<details class="menu"><summary>{}</summary>{}</details>').format(
        shown or plain(element["placeholder"]), all_of(lists)
    )


def _picked(names: Iterable[str]) -> Markup:
    chips = [Markup('<span class="chip">{}</span>').format(name) for name in names]
    return Markup('<p class="menu">{}</p>').format(all_of(chips, " ") or "Nobody yet")
