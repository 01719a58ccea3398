"""The room's addresses."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from bot.pages.parts import static_mount
from bot.platforms.room.adapter import RoomPlatform
from bot.platforms.room.doors import Doors
from bot.platforms.room.entry import Entrance
from bot.platforms.room.view import HERE, Views
from bot.platforms.room.visitor import Doorkeeper


def room_routes(room: RoomPlatform) -> list[BaseRoute]:
    """Everything of the room that can be asked for by a browser."""
    door = Doorkeeper(room)
    views = Views(room, door)
    doors = Doors(room, door, views)
    entrance = Entrance(room, door, views, doors.answering)
    base = "/room/{channel}"
    return [
        Route("/", entrance.rooms),
        Route(f"{base}/enter", entrance.outside),
        Route(base + "/enter/{token}", entrance.confirm, methods=["GET"]),
        Route(base + "/enter/{token}", entrance.enter, methods=["POST"]),
        Route(f"{base}/leave", entrance.leave, methods=["POST"]),
        Route(base, views.channel),
        Route(f"{base}/changes", views.changed),
        Route(f"{base}/events", views.events),
        Route(f"{base}/part", doors.part),
        Route(f"{base}/form", doors.open, methods=["GET"]),
        Route(f"{base}/form", doors.submit, methods=["POST"]),
        Route(f"{base}/act", doors.act, methods=["POST"]),
        Route(f"{base}/say", doors.say, methods=["POST"]),
        Route(f"{base}/reply", doors.reply, methods=["POST"]),
        Route(base + "/reply/{reply}/edit", doors.edit, methods=["POST"]),
        Route(base + "/reply/{reply}/delete", doors.delete, methods=["POST"]),
        Route(base + "/clock/{turn}", doors.turn, methods=["POST"]),
        static_mount("room", HERE),
    ]
