"""The application: opens the session, chooses theme and glyphs, shows the workspace."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from rich.console import RenderableType
from textual import events, on
from textual.binding import BindingType

from api_client.errors import CloudError
from console import paths
from console.kept_code import KEPT_CODE
from console.keymap import build_keymap
from console.present.table import Tone
from console.profiles import load_profiles
from console.session import Session
from console.settings import Settings
from console.text import Translator, language_of
from console.watcher import JobWatcher, Notice
from screens.collector import Collector
from screens.crash import PlainCrash
from screens.desk import Desk
from screens.leave import end_process, give_terminal_back, last_work
from screens.messages import OpenProfile, SettingsChanged
from screens.navigation import Location
from screens.picture import keep_picture
from screens.views import AHEAD, load_ahead
from screens.workspace import Workspace
from themes.glyphs import Glyphs, glyphs
from themes.library import DEFAULT_THEME, DEFAULT_VARIABLES, themes
from themes.style_sheet import BASE_TCSS
from themes.user import load_themes

_LOG = logging.getLogger(__name__)

COLLECTOR_SECONDS = 30.0
"""How often it is asked whether a look at everything would be felt."""

QUIET_SECONDS = 0.05
"""After the first frame so long only keys are answered, then what is left is loaded."""

AHEAD_SECONDS = 1.5
"""After the first frame so long, the modules of other views are loaded, one by one."""

AHEAD_REST_SECONDS = 0.1
"""Between two of them, so that keys pressed meanwhile are answered as always."""

PICTURE_SECONDS = 4.0
"""After so long the first screen has its data and is worth keeping for the next start."""


def chosen_language(settings: Settings) -> str:
    """The language of the settings, else of the locale."""
    if settings.language != "auto":
        return settings.language
    variables = ("LC_ALL", "LC_MESSAGES", "LANG")
    return language_of(next((os.environ[name] for name in variables if os.environ.get(name)), ""))


class QuarterdeckApp(PlainCrash):
    """The console on one open profile."""

    TITLE = "Quarterdeck"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+underscore"
    # Every stroke goes through the key map of the workspace; the framework's own would shadow it.
    BINDINGS: ClassVar[list[BindingType]] = []
    CSS_PATH: ClassVar = BASE_TCSS

    def __init__(
        self,
        session: Session,
        settings: Settings,
        *,
        at_leave: Callable[[], None] = lambda: None,
        start: Location | None = None,
    ) -> None:
        """`at_leave` is called when everything is closed and the terminal is the shell's again."""
        # Without this NO_COLOR turns colours to grey instead of leaving them out.
        super().__init__(ansi_color=bool(os.environ.get("NO_COLOR")) or None)
        self.session = session
        self.settings = settings
        self.at_leave = at_leave
        self._start_at = start or Location("overview")
        self._leaving: asyncio.Task[None] | None = None
        self._collector = Collector()
        self.glyphs: Glyphs = glyphs(settings.glyphs == "ascii")
        self.desk = Desk(
            session=session,
            settings=settings,
            translator=Translator(chosen_language(settings)),
            keymap=build_keymap(settings.keys.preset, settings.keys.bindings),
        )
        self._watcher = JobWatcher(session.store, self.desk.pins, self._tell)
        # Before the first screen: choosing it later styles every widget a second time.
        self._choose_theme()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(DEFAULT_VARIABLES)

    @property
    def crash_log(self) -> Path:
        return paths.crash_file()

    def crash_words(self, kept: Path | None) -> str:
        if kept is None:
            return self.desk.t("errors.crash.shown")
        return self.desk.t("errors.crash.kept", path=kept)

    async def on_mount(self) -> None:
        self.session.hold()
        await self.session.start()
        await self.push_screen(Workspace(self.desk, self._start_at))
        self._watcher.start()
        self.call_after_refresh(self._settle)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.InputEvent):
            self._collector.heard()
        await super().on_event(event)

    def _settle(self) -> None:
        """After the first frame: what is loaded by now stays, so the collector need not walk it."""
        # Walking it once to free the little that is garbage would keep the first key waiting.
        self._collector.start()
        self.set_interval(COLLECTOR_SECONDS, self._collector.look)
        if not self._shows_file:
            # A file needs no tenant: none is started for it before somebody goes elsewhere.
            self.set_timer(QUIET_SECONDS, self.session.release)
        KEPT_CODE.end()
        if not self.is_headless:
            self.set_timer(PICTURE_SECONDS, self._keep_code)
            self.set_timer(AHEAD_SECONDS, self._load_ahead)

    @property
    def _shows_file(self) -> bool:
        return self.workspace.navigator.here.view == "file"

    async def _load_ahead(self) -> None:
        for name in AHEAD:
            await asyncio.to_thread(load_ahead, name)
            await asyncio.sleep(AHEAD_REST_SECONDS)

    async def _keep_code(self) -> None:
        try:
            await asyncio.to_thread(KEPT_CODE.keep)
        except OSError as error:
            _LOG.info("the code of the start is not kept: %s", error)

    def _choose_theme(self) -> None:
        for theme in themes():
            self.register_theme(theme)
        mine, problems = load_themes(paths.config_dir() / "themes")
        for theme in mine:
            self.register_theme(theme)
        for problem in problems:
            _LOG.warning("theme not used: %s", problem)
        known = self.settings.theme in self.available_themes
        self.theme = self.settings.theme if known else DEFAULT_THEME

    async def on_unmount(self) -> None:
        self._watcher.stop()
        with contextlib.suppress(CloudError):
            await self.session.close()

    def on_ready(self) -> None:
        """End as `q` does when told to: the terminal is given back, nothing is lost."""
        if not self.is_headless:
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, self.exit)
            # A console that is killed leaves a picture too.
            self.set_timer(PICTURE_SECONDS, self._keep_picture)

    def _keep_picture(self) -> None:
        if not self.is_headless and self.screen is self.workspace and not self._shows_file:
            keep_picture(self.session.profile.name, self.workspace)

    def exit(
        self,
        result: int | None = None,
        return_code: int = 0,
        message: RenderableType | None = None,
    ) -> None:
        self._keep_picture()
        if self.is_headless or message is not None or self._leaving is not None:
            super().exit(result, return_code, message)
        else:
            self._leaving = asyncio.create_task(self._leave(result, return_code))

    async def _leave(self, result: int | None, return_code: int) -> None:
        """Give the terminal back at once, keep what must be kept, end the process."""
        if not give_terminal_back(self._driver):
            super().exit(result, return_code)
            return
        self._watcher.stop()
        await last_work(self.session.close)
        self.at_leave()
        end_process(return_code)

    @on(SettingsChanged)
    def _settings_changed(self, event: SettingsChanged) -> None:
        """Put a changed setting into force."""
        settings = self.settings = self.desk.settings
        self.glyphs = glyphs(settings.glyphs == "ascii")
        self.desk.keymap = build_keymap(settings.keys.preset, settings.keys.bindings)
        self.desk.translator.language = chosen_language(settings)
        self.workspace.retranslate()
        self.refresh(layout=True)

    @on(OpenProfile)
    async def _open_profile(self, event: OpenProfile) -> None:
        """Close this tenant and open another; jobs of the one left go on."""
        profile = load_profiles().get(event.name)
        self._watcher.stop()
        await self.session.close()
        self.session = self.desk.session = Session(profile, self.settings)
        self._watcher = JobWatcher(self.session.store, self.desk.pins, self._tell)
        await self.session.start()
        await self.switch_screen(Workspace(self.desk, Location("overview")))
        self._watcher.start()

    @property
    def workspace(self) -> Workspace:
        """The one screen under every dialog."""
        return next(screen for screen in self.screen_stack if isinstance(screen, Workspace))

    def _tell(self, notice: Notice) -> None:
        """A pinned job ended or began to recover: a toast that stays, and the bell."""
        severities: dict[Tone, Any] = {Tone.FAILED: "error", Tone.RECOVERING: "warning"}
        settings = self.settings.notifications
        if settings.toast:
            self.notify(
                self.desk.say(notice.message),
                severity=severities.get(notice.tone, "information"),
                timeout=10,
                markup=False,
            )
        if settings.bell:
            self.bell()


def run_app(
    profile: str = "",
    *,
    settings: Settings,
    at_leave: Callable[[], None] = lambda: None,
    log: str = "",
) -> int:
    """Open the console on a profile; the process mostly ends in here, after `at_leave`.

    Where it does not, the exit code is returned.

    Raises:
        ConfigError: the configuration is wrong.
        KeyError: there is no such profile.
    """
    chosen = load_profiles().get(profile)
    start = Location("file", log) if log else None
    app = QuarterdeckApp(Session(chosen, settings), settings, at_leave=at_leave, start=start)
    app.run(mouse=settings.mouse)
    at_leave()
    return app.return_code or 0
