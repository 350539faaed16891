"""How well we did: every metric declared once, and one planner that asks for it by anything."""

from everycall.metrics.model import Better, Cell, Form, Level, Metric, Parameter, Shape, Unit

__all__ = ["Better", "Cell", "Form", "Level", "Metric", "Parameter", "Shape", "Unit"]
