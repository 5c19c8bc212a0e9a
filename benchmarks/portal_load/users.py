"""What twenty people do at the portal, for locust. Each signs in once and goes on.

``PORTAL_LOAD_PACE`` says how long one of them stays at a page: the least and the most
seconds.
"""

import json
import os
import random
import re
from itertools import count

from locust import FastHttpUser, between, events, task

PASSWORD = os.environ["PORTAL_LOAD_PASSWORD"]
_NUMBERS = {kind: count() for kind in ("officer", "reviewer", "data", "ig")}
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_FORM = re.compile(r'name="form" value="([^"]+)"')
_NOTICE = re.compile(r'href="/notifications/([0-9a-f-]{36})"')
_PAIR = re.compile(r'href="/reviews/([0-9a-f-]{36})"')


class _Person(FastHttpUser):
    abstract = True
    wait_time = between(*json.loads(os.environ["PORTAL_LOAD_PACE"]))
    kind = ""

    def on_start(self) -> None:
        name = f"{self.kind}-{next(_NUMBERS[self.kind])}"
        form = _FORM.search(self.client.get("/sign-in").text)
        answer = self.client.post(
            "/sign-in",
            data={"username": name, "password": PASSWORD, "form": form.group(1)},
        )
        if "Sign out" not in (answer.text or ""):
            raise RuntimeError(f"{name} could not sign in")

    def page(self, path: str, name: str | None = None) -> str:
        """A page whose words came whole."""
        with self.client.get(path, name=name or path, catch_response=True) as answer:
            if answer.status_code != 200 or "</html>" not in answer.text:
                answer.failure(f"{answer.status_code}")
            return answer.text or ""

    def form(self, path: str, name: str, data: dict[str, object]) -> None:
        """A form sent; somebody else may have been quicker, which is no failure."""
        with self.client.post(path, data=data, name=name, catch_response=True) as got:
            if got.status_code in {200, 409}:
                got.success()
            else:
                got.failure(f"{got.status_code}")


class Officer(_Person):
    """Looks through the inbox, opens notices, acknowledges some."""

    weight = 11
    kind = "officer"

    @task(4)
    def look(self) -> None:
        found = _NOTICE.findall(self.page("/inbox"))
        if found:
            self.read(random.choice(found))

    @task(1)
    def older(self) -> None:
        number = random.randint(2, 40)
        self.page(f"/inbox?show=all&page={number}", "/inbox?show=all")

    @task(1)
    def owed(self) -> None:
        self.page("/tasks")

    def read(self, notice: str) -> None:
        path = f"/notifications/{notice}"
        text = self.page(path, "/notifications/{id}")
        token, version = (
            _CSRF.search(text),
            re.search(r'name="version" value="(\d+)"', text),
        )
        if token and version and random.random() < 0.3:
            on = {"recorded-day": 1, "recorded-month": 11, "recorded-year": 2026}
            self.form(
                f"{path}/acknowledgement", "/notifications/{id}/acknowledgement",
                {"csrf": token.group(1), "version": version.group(1),
                 "reference": f"N/{notice[:8]}", **on},
            )  # fmt: skip


class Reviewer(_Person):
    """Takes pairs from the queue and reads them."""

    weight = 5
    kind = "reviewer"

    @task
    def judge(self) -> None:
        found = _PAIR.findall(self.page("/reviews"))
        if found:
            self.page(f"/reviews/{random.choice(found)}", "/reviews/{id}")


class DataTeam(_Person):
    """Looks at the nights."""

    weight = 3
    kind = "data"

    @task
    def nights(self) -> None:
        self.page("/runs")


class IgLead(_Person):
    """Looks at who looked."""

    weight = 1
    kind = "ig"

    @task
    def trail(self) -> None:
        self.page("/audit")


@events.quitting.add_listener
def _none_may_fail(environment, **_kwargs) -> None:
    if environment.stats.total.num_failures:
        environment.process_exit_code = 1
