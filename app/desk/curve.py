"""The curve as a picture: Vega-Lite, drawn to SVG without script, in the colours of the page (both themes)."""

from __future__ import annotations

import re
from typing import Any

from app.desk.curve_rules import Band, Point

# Colours that only stand for a class of static/css/charts.css: the theme decides what they look like.
WORDS, GRID, LINE, BAND, GOAL = "#010203", "#040506", "#0a0b0c", "#070809", "#0d0e0f"
CLASSES = {WORDS: "words", GRID: "grid", LINE: "line", BAND: "band", GOAL: "goal"}
WIDTH, HEIGHT = 640, 260


def specification(points: list[Point], goal_cents: int, band: Band | None, last_day: str) -> dict[str, Any]:
    """A Vega-Lite chart of days (ISO) and whole euros; no address in it."""
    shown: list[dict[str, Any]] = [{"day": p.day.isoformat(), "euros": p.cents / 100} for p in points]
    x: dict[str, Any] = {
        "field": "day", "type": "temporal", "timeUnit": "yearmonthdate",
        "scale": {"domain": [{"year": int(d[:4]), "month": int(d[5:7]), "date": int(d[8:])}
                             for d in (shown[0]["day"], max(last_day, str(shown[-1]["day"])))]},
        "axis": {"title": None, "format": "%-d %b", "tickCount": 5, "grid": False, "labelFlush": True},
    }  # fmt: skip
    y: dict[str, Any] = {"type": "quantitative", "scale": {"zero": True, "nice": True}}
    money = {"title": None, "format": ",.0f", "labelExpr": "datum.label + '\u00a0€'", "tickCount": 5}
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
    """SVG to stand in a page. Holds Python's lock for a moment: only the worker draws."""
    import vl_convert  # 80 MB of library: only the process that draws pays

    chart, nowhere = specification(points, goal_cents, band, last_day), list[str]()
    if language == "en":
        svg = vl_convert.vegalite_to_svg(
            chart, format_locale="en-GB", time_format_locale="en-GB", allowed_base_urls=nowhere
        )
    else:
        svg = vl_convert.vegalite_to_svg(
            chart, format_locale="fr-FR", time_format_locale="fr-FR", allowed_base_urls=nowhere
        )
    return in_our_colours(svg)


def in_our_colours(svg: str) -> str:
    """Classes instead of colours, our width, and no words inside: the table beneath says them."""
    for colour, name in CLASSES.items():
        svg = svg.replace(f'fill="{colour}"', f'class="fill-{name}"').replace(
            f'stroke="{colour}"', f'class="stroke-{name}"'
        )
    svg = re.sub(r' (?:role|aria-[a-z]+|font-family|xmlns:xlink)="[^"]*"', "", svg)
    svg = re.sub(r'<svg ([^>]*?)class="marks" width="\d+" height="\d+"', r'<svg \1class="chart"', svg, count=1)
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
