"""The writing tools of a text, by hand: toolbar, live preview, a picture pasted and one dropped, a video on click."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image
from playwright.sync_api import Dialog, Page, expect

from dev.seed.people import PASSWORD
from tests.browser import pages
from tests.browser.visitor import Visitor
from tests.browser.world import World

pytestmark = pytest.mark.browser

# A picture file held by the page itself, in a paste or a drop as the browser makes them.
GIVE = """([id, kind, base64]) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], "four.png", {type: "image/png"}));
    const init = {bubbles: true, cancelable: true};
    const event = kind === "paste" ? new ClipboardEvent("paste", {...init, clipboardData: data})
        : new DragEvent("drop", {...init, dataTransfer: data});
    return document.getElementById(id).dispatchEvent(event);
}"""
# Whether the page says, while a file is held over the field, that it may be dropped: otherwise no drop comes.
HOLD_OVER = """(id) => {
    const data = new DataTransfer();
    data.items.add(new File(["x"], "four.png", {type: "image/png"}));
    const over = new DragEvent("dragover", {bubbles: true, cancelable: true, dataTransfer: data});
    return !document.getElementById(id).dispatchEvent(over);
}"""
# Cells of a sheet, as they are pasted: as words, as a table, and as a picture of it. True when the words may come.
PASTE_CELLS = """(id) => {
    const data = new DataTransfer();
    data.setData("text/plain", "clous\\t12");
    data.setData("text/html", "<table><tr><td>clous<td>12</table>");
    data.items.add(new File(["x"], "image.png", {type: "image/png"}));
    const paste = new ClipboardEvent("paste", {bubbles: true, cancelable: true, clipboardData: data});
    return document.getElementById(id).dispatchEvent(paste);
}"""
# The player's address is written down and not fetched: no test leaves the machine.
NOT_ASKED = """() => {
    Object.defineProperty(HTMLIFrameElement.prototype, "src", {set(address) { this.dataset.asked = address; }});
}"""


def a_png() -> str:
    out = io.BytesIO()
    Image.new("RGB", (600, 400), "#a8452a").save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def test_the_writing_tools_of_news(world: World, page: Page) -> None:
    live = world.scenery("live", "porteur.velos", "71270", "Des vélos à réparer au bourg")
    who = Visitor(page)
    pages.sign_in(who, "porteur.velos@demo.example.org", PASSWORD)
    who.go(f"/mes-campagnes/{live['slug']}/nouvelles/ecrire").fill("Titre", "L’atelier ouvre")
    text = who.field("Texte")
    bar = who.main.get_by_role("toolbar")

    text.fill("Merci à vous")
    text.select_text()
    bar.get_by_role("button", name="Gras").click()
    expect(text).to_have_value("**Merci à vous**")
    text.press("End")
    text.press_sequentially("\n\nhttps://youtu.be/abcdef123\n\nun clou")
    bar.get_by_role("button", name="Liste").click()
    expect(text).to_have_value("**Merci à vous**\n\nhttps://youtu.be/abcdef123\n\n- un clou")

    live_button = bar.get_by_role("button", name="Aperçu en direct")
    live_button.click()
    expect(live_button).to_have_attribute("aria-pressed", "true")
    preview = who.main.get_by_role("region", name="Aperçu")
    expect(preview.locator("strong")).to_have_text("Merci à vous")
    text.press("End")
    text.press_sequentially(" de plus")
    expect(preview.locator("li")).to_have_text("un clou de plus")

    page.once("dialog", lambda asked: _answer(asked, "Un vélo sans roue"))
    page.evaluate(GIVE, [text.get_attribute("id"), "paste", a_png()])
    expect(preview.get_by_role("img", name="Un vélo sans roue")).to_be_visible()
    page.once("dialog", lambda asked: asked.dismiss())
    page.evaluate(GIVE, [text.get_attribute("id"), "paste", a_png()])
    assert page.evaluate(PASTE_CELLS, text.get_attribute("id"))
    assert page.evaluate(HOLD_OVER, text.get_attribute("id"))
    page.once("dialog", lambda asked: _answer(asked, "La roue [avant]"))
    page.evaluate(GIVE, [text.get_attribute("id"), "drop", a_png()])
    expect(preview.get_by_role("img", name="La roue (avant)")).to_be_visible()
    assert text.input_value().count("](image:") == 2
    page.once("dialog", lambda asked: asked.accept("Une image abîmée"))
    page.evaluate(GIVE, [text.get_attribute("id"), "paste", base64.b64encode(b"x").decode()])
    expect(bar.get_by_role("status")).to_contain_text("Cette image n’est pas lisible")

    who.shot("nouvelle-outils").press("Enregistrer le brouillon").press("Publier et envoyer").says("Publiée.")
    who.go(f"/campagnes/{live['slug']}").says("L’atelier ouvre")
    expect(page.get_by_role("img", name="Un vélo sans roue")).to_have_count(1)
    assert page.locator("iframe").count() == 0, "nothing is asked of another host before the click"
    page.evaluate(NOT_ASKED)
    page.locator("a[data-player]").first.click()
    asked_for = page.locator("iframe.player").get_attribute("data-asked") or ""
    assert asked_for.startswith("https://www.youtube-nocookie.com/embed/abcdef123")


def _answer(asked: Dialog, words: str) -> None:
    assert "Que montre cette image" in asked.message
    asked.accept(words)
