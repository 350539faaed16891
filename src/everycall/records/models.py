"""Every table, each in the module that is named for it."""

from everycall.records.alerts import Alert, AlertCall, AlertRule, Channel, Delivery
from everycall.records.answers import Answer
from everycall.records.connections import Connection
from everycall.records.crm import CrmAccount, CrmItem, WonDeal
from everycall.records.hooks import Hook, Telling
from everycall.records.jobs import Job
from everycall.records.orders import Order
from everycall.records.people import Person, Team
from everycall.records.permits import DialMessage, DialPermit
from everycall.records.promises import NotReturnable, Promise, PromiseCall, PromiseMove, TakenCall
from everycall.records.report_plans import ReportPlan, ReportRun
from everycall.records.retaining import RetentionRun
from everycall.records.saved_views import SavedView
from everycall.records.standing import Standing
from everycall.records.texts import CallerAddress, CallerLink, OptOut, Text, TextGateway
from everycall.records.tokens import Token
from everycall.records.trail import Entry
from everycall.records.tries import PromiseTry
from everycall.records.walls import Wall

__all__ = [
    "Alert",
    "AlertCall",
    "AlertRule",
    "Answer",
    "CallerAddress",
    "CallerLink",
    "Channel",
    "Connection",
    "CrmAccount",
    "CrmItem",
    "Delivery",
    "DialMessage",
    "DialPermit",
    "Entry",
    "Hook",
    "Job",
    "NotReturnable",
    "OptOut",
    "Order",
    "Person",
    "Promise",
    "PromiseCall",
    "PromiseMove",
    "PromiseTry",
    "ReportPlan",
    "ReportRun",
    "RetentionRun",
    "SavedView",
    "Standing",
    "TakenCall",
    "Team",
    "Telling",
    "Text",
    "TextGateway",
    "Token",
    "Wall",
    "WonDeal",
]
