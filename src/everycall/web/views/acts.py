"""What a supervisor does from the Now page: pause, move, take a caller, listen in; all on record."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from everycall.app.live.acting import Act, NotAllowedError, Wish
from everycall.errors import EverycallError, NotFoundError
from everycall.live.board import AgentState, Board
from everycall.records.models import Person
from everycall.records.roles import Right
from everycall.telephony import PhoneSystemError, UnsureError
from everycall.web.asked import whole
from everycall.web.guards import needs, person_of
from everycall.web.live.hub import hub
from everycall.web.live.stream import view_of
from everycall.web.live.views import picture
from everycall.web.phones.doing import as_given, recorded, steering_of
from everycall.web.phones.ordering import NobodyHearsError, ask
from everycall.web.scope import NOTHING

TITLES = {
    Act.PAUSE: gettext_lazy("Pause"),
    Act.RESUME: gettext_lazy("Let work again"),
    Act.ADD: gettext_lazy("Add to the queue"),
    Act.REMOVE: gettext_lazy("Take out of the queue"),
    Act.PENALTY: gettext_lazy("Set the order"),
    Act.TAKE: gettext_lazy("Take this caller"),
    Act.LISTEN: gettext_lazy("Listen"),
    Act.WHISPER: gettext_lazy("Whisper"),
    Act.BARGE: gettext_lazy("Join in"),
}

_STATUS = {
    NotAllowedError: 403,
    NotFoundError: 404,
    UnsureError: 504,
    PhoneSystemError: 502,
    NobodyHearsError: 503,
}


@needs(Right.STEER)
def acts(request: HttpRequest) -> HttpResponse:
    """Show what may be done now, and to whom; a part of the Now page."""
    person = person_of(request)
    return render(request, "web/acts.html", {"acts": offered(person, hub.board)})


def offered(person: Person, board: Board | None) -> dict[str, Any] | None:
    """Return who and what may be chosen; None for who may do nothing, or before any picture."""
    steering = steering_of(person)
    view = view_of(person)
    if board is None or view is None or not steering.may_steer:
        return None
    agents = [agent for agent in board.agents if agent.phones]
    states = (AgentState.TALKING, AgentState.ON_HOLD)
    queues = steering.steered - {*NOTHING} if steering.steered else {q.name for q in board.queues}
    heard = (a for a in agents if steering.knows(a) and steering.may_hear(a, board))
    talking = [agent for agent in heard if agent.state in states]
    return {
        "people": sorted(agent.name for agent in agents if steering.has(agent)),
        "queues": sorted(queues),
        "waiting": picture(board, view)["waiting"],
        "talking": sorted(agent.name for agent in talking if steering.may_listen),
        "moves": [(act.value, TITLES[act], act.doc) for act in (Act.PAUSE, Act.RESUME)],
        "places": [(a.value, TITLES[a], a.doc) for a in (Act.ADD, Act.REMOVE, Act.PENALTY)],
        "ears": [(a.value, TITLES[a], a.doc) for a in (Act.LISTEN, Act.WHISPER, Act.BARGE)],
    }


@require_POST
@needs(Right.STEER)
def act(request: HttpRequest, name: str) -> HttpResponse:
    """Do one thing; the answer is a page, a part of one, or JSON, as it was asked for."""
    if name not in list(Act):
        raise Http404
    person, wish = person_of(request), _wish(Act(name), request)
    try:
        _ordered(person, wish)
    except EverycallError as error:
        return _answer(request, str(error), _STATUS.get(type(error), 400))
    said = _("Done: %(act)s %(whom)s") % {"act": TITLES[wish.act], "whom": wish.agent}
    return _answer(request, said.strip(), 200)


def _ordered(person: Person, wish: Wish) -> None:
    """Have it done; where nobody is there to do it, that is on record, too."""
    try:
        ask("act", person=person.pk, wish=as_given(wish))
    except NobodyHearsError as error:
        recorded(person, wish, error)
        raise


def _wish(act: Act, request: HttpRequest) -> Wish:
    given = request.POST
    penalty = given.get("penalty", "")
    return Wish(
        act,
        agent=given.get("agent", "")[:120],
        queue=given.get("queue", "")[:120],
        call_id=given.get("call", "")[:160],
        reason=given.get("reason", "")[:80],
        penalty=whole(penalty, 0, 1000),
    )


def _answer(request: HttpRequest, said: str, status: int) -> HttpResponse:
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"said": said}, status=status)
    if request.headers.get("HX-Request"):
        page = {"said": said, "went_well": status == 200}
        return render(request, "web/act_said.html", page)
    (messages.success if status == 200 else messages.error)(request, said)
    return redirect("now")
