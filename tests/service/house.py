"""A house for the tests of the service: everything from the store to the platform, put together.

The clocks stand still until a test moves them. People act as they do on a platform: they press
what stands in a post, and get back an answer.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import event

from bot.chat.address import Person, Place, PostRef
from bot.chat.answer import Answer
from bot.chat.callback import Callback
from bot.chat.event import (
    Commanded,
    Event,
    FormRequested,
    FormSubmitted,
    Joined,
    Left,
    Picked,
    Replied,
    ReplyDeleted,
    ReplyEdited,
)
from bot.chat.message import Buttons, Message
from bot.chat.plain import plain
from bot.chat.platform import Capabilities
from bot.chat.text import UserText
from bot.clock import SteppedClock
from bot.facilitation.activities import KINDS
from bot.facilitation.state import Opening, Participant, Response, Run
from bot.lessons.lesson import Lesson
from bot.lessons.library import CONTENT, Library
from bot.platforms.memory import MemoryPlatform, MemoryPost
from bot.service.cueing import Cueing
from bot.service.group_commit import GroupCommit
from bot.service.hearing import Hearing
from bot.service.managing import Managing
from bot.service.sending import Sending
from bot.service.store import Delivery
from bot.storage.store import SqlStore, open_store
from tests.core.making import START, a_lesson, a_phase, an_activity

MOST_STEPS = 2_000
"""More moments than any run of a test has."""

RUN = "r1"
Who = str | Person
"""Somebody, by their id on this platform or in full."""
Doing = Callable[[Place | Person], Awaitable[None]]


def seconds(count: float) -> timedelta:
    """So many seconds."""
    return timedelta(seconds=count)


def minutes(count: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


def one_of(kind: str, **spec: Any) -> Lesson:
    """A lesson of one activity of ten minutes, called as its kind."""
    return a_lesson(a_phase("Engage", an_activity(kind, id=kind, **spec)))


def of_each_kind(**poll: Any) -> Lesson:
    """A lesson of one activity of each kind, ten minutes each, called as their kinds."""
    kinds = ("prompt", "poll", "discussion", "reflection")
    specs: dict[str, dict[str, Any]] = {"poll": poll}
    return a_lesson(
        a_phase("Engage", *(an_activity(k, id=k, **specs.get(k, {})) for k in kinds)),
        welcome="Welcome.",
        closing="Goodbye.",
    )


@dataclass
class Stage(MemoryPlatform):
    """A platform in memory that can be held up: ``before`` a post lands, and ``after`` it has."""

    before: Doing | None = None
    after: Doing | None = None
    under_way: dict[str, int] = field(default_factory=dict)
    most_at_once: dict[str, int] = field(default_factory=dict)

    async def post(self, to: Place | Person, message: Message, *, key: str) -> PostRef:
        """Post, counting how many posts of a lane are under way at once."""
        lane = self.lane(to).id
        self.under_way[lane] = self.under_way.get(lane, 0) + 1
        self.most_at_once[lane] = max(self.most_at_once.get(lane, 0), self.under_way[lane])
        try:
            if self.before:
                await self.before(to)
            ref = await MemoryPlatform.post(self, to, message, key=key)
            if self.after:
                await self.after(to)
        finally:
            self.under_way[lane] -= 1
        return ref


class House:
    """One run, ``RUN``, in the channel C1, led by fay; more can be scheduled."""

    def __init__(self, url: str, store: SqlStore, stage: Stage, clock: SteppedClock) -> None:
        self.url = url
        self.store = store
        self.stage = stage
        self.lesson = clock
        self.machine = SteppedClock(clock.now())
        self.managing = Managing(store, self.lesson, lambda platform: stage.capabilities)
        self.library = Library(CONTENT, lambda: KINDS)
        self._processes = count()
        self.hearing = self.another_hearing()
        stage.hear = self.hearing.hear
        self.cueing = Cueing(store, self.lesson, lambda platform: stage.capabilities)
        self.sending = self.another_sending("w1")
        self.main = stage.place("C1")
        self.fay = stage.person("fay")
        self._numbers = count(1)

    def another_hearing(self) -> Hearing:
        """What another process hears with; it gives people other ids than the first does."""
        number = next(self._processes)
        suffix = f"-{number}" if number else ""
        return Hearing(
            self.store,
            GroupCommit(self.store),
            self.managing,
            lambda platform: self.stage.capabilities,
            lambda run, who: f"{run}-{who.id}{suffix}",
            self.library,
        )

    def another_sending(self, owner: str, width: int = 2) -> Sending:
        """The hands of another worker."""
        return Sending(
            self.store,
            {self.stage.name: self.stage},
            lesson=self.lesson,
            machine=self.machine,
            owner=owner,
            width=width,
        )

    # -- time

    @property
    def now(self) -> datetime:
        """Lesson time."""
        return self.lesson.now()

    def step(self, by: timedelta) -> None:
        """Let time pass on both clocks; nothing is done meanwhile."""
        self.lesson.step_to(self.lesson.now() + by)
        self.machine.step_to(self.machine.now() + by)

    async def work(self) -> None:
        """Do all that can be done now."""
        for _ in range(MOST_STEPS):
            if not await self.cueing.run_due() + await self.sending.send_due():
                return
        raise AssertionError("there is no end to what is to be done at one moment")

    async def run_to(self, moment: datetime) -> None:
        """Work from each moment at which something is due to the next, until this one."""
        for _ in range(MOST_STEPS):
            await self.work()
            if self.now >= moment:
                return
            ahead = [wait for wait in await self._waits() if wait > timedelta(0)]
            self.step(min([moment - self.now, *ahead]))
        raise AssertionError(f"the run does not come to {moment}")

    async def _waits(self) -> list[timedelta]:
        async with self.store.reading() as reading:
            due = await reading.due()
        lesson = [at - self.lesson.now() for at in (due.cue_at, due.delivery_at) if at]
        machine = [due.lane_at - self.machine.now()] if due.lane_at else []
        return lesson + machine

    async def run_for(self, time: timedelta) -> None:
        """`run_to` so much later."""
        await self.run_to(self.now + time)

    # -- the run

    async def schedule(
        self, lesson: Lesson | None = None, *, id: str = RUN, main: Place | None = None
    ) -> Run:
        """A run that begins now."""
        return await self.managing.schedule(
            lesson or of_each_kind(),
            run_id=id,
            main=main or self.main,
            facilitators=(self.fay,),
            zone="UTC",
            start=self.now,
        )

    async def run(self, id: str = RUN) -> Run:
        """The run as it stands."""
        async with self.store.reading() as reading:
            run = await reading.run(id)
        assert run
        return run

    async def opening(self, activity: str, id: str = RUN) -> Opening:
        """The newest opening of an activity."""
        async with self.store.reading() as reading:
            return [o for o in await reading.openings(id) if o.activity == activity][-1]

    async def deliveries(self, id: str = RUN) -> tuple[Delivery, ...]:
        """All that was ever owed."""
        async with self.store.reading() as reading:
            return await reading.deliveries(id)

    async def delivery(self, activity: str, id: str = RUN) -> Delivery:
        """The post in which an activity's newest opening stands."""
        opening = await self.opening(activity, id)
        found = [d for d in await self.deliveries(id) if d.owed.opening == opening.post]
        return next(d for d in found if d.owed.purpose == "activity")

    async def owed(self, purpose: str, id: str = RUN) -> list[Delivery]:
        """All that was owed for this purpose."""
        return [d for d in await self.deliveries(id) if d.owed.purpose == purpose]

    async def responses(self, activity: str, id: str = RUN) -> tuple[Response, ...]:
        """Those that stand in the activity's newest opening."""
        opening = await self.opening(activity, id)
        async with self.store.reading() as reading:
            return await reading.responses(opening.id)

    async def versions(self, id: str = RUN) -> tuple[Response, ...]:
        """Every version of every response."""
        async with self.store.reading() as reading:
            return await reading.versions(id)

    async def people(self, id: str = RUN) -> dict[str, Participant]:
        """The participants, by the platform's ids."""
        async with self.store.reading() as reading:
            return {p.person.id: p for p in await reading.participants(id)}

    async def audits(self, id: str = RUN) -> list[str]:
        """What was done to the run."""
        async with self.store.reading() as reading:
            return [audit.what for audit in await reading.audits(id)]

    # -- what can be seen

    def posts(self, key: str) -> list[MemoryPost]:
        """What was posted under this key."""
        return [post for post in self.stage.posts if post.key == key]

    async def post(self, activity: str, id: str = RUN) -> MemoryPost:
        """The activity's one post."""
        (post,) = self.posts((await self.delivery(activity, id)).owed.key)
        return post

    async def text(self, activity: str, id: str = RUN) -> str:
        """What the activity's post shows now."""
        return plain((await self.post(activity, id)).message)

    def told(self, person: Person | None = None) -> list[str]:
        """What fay (or somebody else) was told in private, as it reads now."""
        return [plain(post.message) for post in self.stage.posted(person or self.fay)]

    def trouble(self) -> MemoryPost:
        """Fay's one message about troubles."""
        private = self.stage.posted(self.fay)
        (post,) = [p for p in private if "Please have a look" in plain(p.message)]
        return post

    # -- what people do

    def head(self, who: Who, **more: Any) -> dict[str, Any]:
        """What every event has: a new id, the present moment, the main channel."""
        head = {
            "id": f"e{next(self._numbers):05}",
            "at": self.now,
            "who": self.stage.person(who) if isinstance(who, str) else who,
            "place": self.main,
        }
        return head | more

    async def hear(self, event: Event) -> Answer:
        """The platform hears of this."""
        return await self.stage.say(event)

    async def callback(self, activity: str, verb: str, item: str = "", id: str = RUN) -> str:
        """What a button in the activity's post carries."""
        delivery = await self.delivery(activity, id)
        opening = await self.opening(activity, id)
        return Callback(verb, opening.id, item, delivery.owed.key).encode()

    async def a_vote(self, who: Who, *options: str, activity: str = "poll", **more: Any) -> Picked:
        """The event of a vote."""
        callback = more.pop("callback", None) or await self.callback(activity, "vote")
        return Picked(**self.head(who, **more), callback=callback, options=options)

    async def vote(self, who: Who, *options: str, **more: Any) -> Answer:
        """Somebody votes."""
        return await self.hear(await self.a_vote(who, *options, **more))

    async def submit(
        self,
        who: Who,
        activity: str,
        verb: str = "answer",
        at: datetime | None = None,
        **fields: str,
    ) -> Answer:
        """Somebody sends a form."""
        callback = await self.callback(activity, verb)
        texts = {key: (text,) for key, text in fields.items()}
        head = self.head(who, **({"at": at} if at else {}))
        return await self.hear(FormSubmitted(**head, callback=callback, fields=texts))

    async def open_form(self, who: Who, activity: str, verb: str = "answer") -> Answer:
        """Somebody presses a button that opens something."""
        callback = await self.callback(activity, verb)
        return await self.hear(FormRequested(**self.head(who), callback=callback))

    async def a_reply(self, who: Who, text: str, activity: str, id: str, **more: Any) -> Replied:
        """The event of a reply in the thread of an activity's post."""
        post = (await self.post(activity)).ref
        reply = PostRef(post.thread, id)
        head = self.head(who, **more)
        return Replied(**head, post=post, reply=reply, text=UserText(text), ours=True)

    async def reply(
        self, who: Who, text: str, activity: str = "discussion", id: str = "m1", **more: Any
    ) -> Answer:
        """Somebody replies."""
        return await self.hear(await self.a_reply(who, text, activity, id, **more))

    async def edit_reply(
        self, who: Who, text: str, activity: str = "discussion", id: str = "m1", **more: Any
    ) -> Answer:
        """Somebody rewords their reply."""
        post = (await self.post(activity)).ref
        head, reply = self.head(who, **more), PostRef(post.thread, id)
        return await self.hear(ReplyEdited(**head, post=post, reply=reply, text=UserText(text)))

    async def delete_reply(
        self, who: Who, activity: str = "discussion", id: str = "m1", **more: Any
    ) -> Answer:
        """Somebody takes their reply back."""
        post = (await self.post(activity)).ref
        head, reply = self.head(who, **more), PostRef(post.thread, id)
        return await self.hear(ReplyDeleted(**head, post=post, reply=reply))

    async def join(self, who: Who, name: str = "", **more: Any) -> Answer:
        """Somebody comes into the channel."""
        called = UserText(name) if name else None
        return await self.hear(Joined(**self.head(who, **more), name=called))

    async def leave(self, who: Who, **more: Any) -> Answer:
        """Somebody leaves the channel."""
        return await self.hear(Left(**self.head(who, **more)))

    async def say(self, who: Who, words: str, **more: Any) -> Answer:
        """Somebody says this to the bot."""
        return await self.hear(Commanded(**self.head(who, **more), text=words))

    async def press(self, who: Who, post: MemoryPost, label: str, **more: Any) -> Answer:
        """Somebody presses the first button with this label in a post."""
        callback = buttons(post.message)[label]
        head = self.head(who, **({"place": None} | more))
        return await self.hear(Picked(**head, callback=callback, post=post.ref))

    def panel(self) -> MemoryPost:
        """Fay's newest panel."""
        private = self.stage.posted(self.fay)
        return [p for p in private if plain(p.message).startswith("## Your panel")][-1]


def buttons(message: Message) -> dict[str, str]:
    """The callbacks of a message's buttons by label; of several with one label, the first's."""
    found: dict[str, str] = {}
    for block in message.blocks:
        for button in block.buttons if isinstance(block, Buttons) else ():
            found.setdefault(button.label, button.callback)
    return found


def keys(posts: Sequence[MemoryPost]) -> list[str]:
    """The keys of posts."""
    return [post.key for post in posts]


@asynccontextmanager
async def open_house(url: str, **stage: Any) -> AsyncIterator[House]:
    """A house over a migrated database; what else is given goes to the `Stage`."""
    platform = Stage(**stage)
    async with open_store(url, lane_of=lambda to: platform.lane(to).id) as store:
        if store.database.is_sqlite:
            event.listen(store.database._writer.sync_engine, "connect", _in_haste)
        yield House(url, store, platform, SteppedClock(START))


def _in_haste(connection: Any, record: Any) -> None:
    """Leave the disk to the system: these tests end no machine."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


NO_READ_BACK = Capabilities(read_back=False)
