"""The curve as a picture: Vega-Lite, drawn to SVG without script, in the colours of the page (both themes)."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

from app.desk.curve_rules import Band, Point

# Colours that only stand for a class of static/css/charts.css: the theme decides what they look like.
WORDS, GRID, LINE, BAND, GOAL = "#010203", "#040506", "#0a0b0c", "#070809", "#0d0e0f"
CLASSES = {WORDS: "words", GRID: "grid", LINE: "line", BAND: "band", GOAL: "goal"}
WIDTH, HEIGHT = 640, 260
LOCALES = {"fr": "fr-FR", "en": "en-GB"}
PATIENCE_SECONDS = 60
DRAWING = """
import json, sys, vl_convert
sys.stdin.reconfigure(encoding="utf-8"), sys.stdout.reconfigure(encoding="utf-8")
locale = sys.argv[1]
sys.stdout.write(vl_convert.vegalite_to_svg(
    json.load(sys.stdin), format_locale=locale, time_format_locale=locale, allowed_base_urls=[]
))
"""


def specification(
    points: list[Point], goal_cents: int, band: Band | None, last_day: str, language: str = "fr"
) -> dict[str, Any]:
    """A Vega-Lite chart of days (ISO) and whole euros; no address in it."""
    shown: list[dict[str, Any]] = [{"day": p.day.isoformat(), "euros": p.cents / 100} for p in points]
    x: dict[str, Any] = {
        "field": "day", "type": "temporal", "timeUnit": "yearmonthdate",
        "scale": {"domain": [{"year": int(d[:4]), "month": int(d[5:7]), "date": int(d[8:])}
                             for d in (shown[0]["day"], max(last_day, str(shown[-1]["day"])))]},
        "axis": {"title": None, "format": "%-d %b", "tickCount": 5, "grid": False, "labelFlush": True},
    }  # fmt: skip
    y: dict[str, Any] = {"type": "quantitative", "scale": {"zero": True, "nice": True}}
    euros = "'€' + datum.label" if language == "en" else "datum.label + '\u00a0€'"
    money = {"title": None, "format": ",.0f", "labelExpr": euros, "tickCount": 5}
    layers: list[dict[str, Any]] = []
    if band is not None:
        now = shown[-1]
        values = [
            {"day": now["day"], "low": now["euros"], "high": now["euros"]},
            {"day": band.day.isoformat(), "low": band.low_cents / 100, "high": band.high_cents / 100},
        ]
        layers.append({
            "data": {"values": values}, "mark": {"type": "area", "color": BAND},
            "encoding": {"x": x, "y": {**y, "field": "low", "axis": money}, "y2": {"field": "high"}},
        })  # fmt: skip
    layers.append({
        "data": {"values": shown}, "mark": {"type": "line", "color": LINE, "strokeWidth": 3},
        "encoding": {"x": x, "y": {**y, "field": "euros", "axis": money}},
    })  # fmt: skip
    layers.append({
        "data": {"values": [{"goal": goal_cents / 100}]},
        "mark": {"type": "rule", "color": GOAL, "strokeDash": [7, 5], "strokeWidth": 2},
        "encoding": {"y": {**y, "field": "goal", "axis": money}},
    })  # fmt: skip
    axis = {"labelColor": WORDS, "gridColor": GRID, "domainColor": GRID, "tickColor": GRID, "labelFontSize": 14}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json", "width": WIDTH, "height": HEIGHT,
        "background": None, "layer": layers,
        "config": {"font": "inherit", "axis": axis, "view": {"stroke": None}},
    }  # fmt: skip


def draw(points: list[Point], goal_cents: int, band: Band | None, last_day: str, language: str) -> str:
    """SVG to stand in a page. About a second. Errors: CalledProcessError, TimeoutExpired.

    In a process of its own: the library takes 80 MB, starts threads that no fork survives, and holds Python's lock.
    """
    chart = json.dumps(specification(points, goal_cents, band, last_day, language))
    drawn = subprocess.run(
        [sys.executable, "-c", DRAWING, LOCALES.get(language, LOCALES["fr"])],
        input=chart, capture_output=True, text=True, encoding="utf-8", check=True, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    return in_our_colours(drawn.stdout)


def in_our_colours(svg: str) -> str:
    """Classes instead of colours, our width, and no words inside: the table beneath says them."""
    for colour, name in CLASSES.items():
        svg = svg.replace(f'fill="{colour}"', f'class="fill-{name}"').replace(
            f'stroke="{colour}"', f'class="stroke-{name}"'
        )
    svg = re.sub(r' (?:role|aria-[a-z]+|font-family|xmlns:xlink)="[^"]*"', "", svg)
    svg = re.sub(r'<svg ([^>]*?)class="marks" width="\d+" height="\d+"', r'<svg \1class="chart"', svg, count=1)
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
