"""What is looked for in a page in a real browser: that it fits, can be read and reached, and what axe finds in it.

The one rule: each is tried on a page that is wrong, so that none passes for nothing.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Page

VENDOR = Path(__file__).with_name("vendor")
AXE = VENDOR / "axe-core-4.10.3" / "axe.min.js"
SERIOUS = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .filter(v => ['serious', 'critical'].includes(v.impact))
  .map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120)).join(' | '))"""
WIDER_THAN_THE_WINDOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT_OFF = """() => [...document.querySelectorAll('main li, main p, main dd, main h1, main h3, main b')]
  .filter(e => !e.closest('.vh, .bar-tools') && getComputedStyle(e).display !== 'inline')
  .filter(e => e.scrollWidth > e.clientWidth + 1)
  .map(e => e.outerHTML.slice(0, 90))"""
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, input, select, summary')]
  .filter(e => e.offsetParent && !e.closest('.skip') && !e.matches('.skip'))
  .filter(e => Math.max(...[...e.getClientRects()].map(r => r.height)) < 19)
  .map(e => e.outerHTML.slice(0, 90))"""
UNDER_A_THUMB = """() => [...document.querySelectorAll(
    'main button, main .btn, main .chip, main .in, main select, main summary, .tabs a, main .choice label, main .tick')]
  .filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5)
  .map(e => Math.round(e.getBoundingClientRect().height) + ' ' + e.outerHTML.slice(0, 90))"""  # 44 px on a phone
LOW_CONTRAST = """() => {
  const parse = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length > 3 ? m : [...m, 1]; };
  const lum = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
  const ground = e => { for (let n = e; n; n = n.parentElement) { const s = getComputedStyle(n);
    if (s.backgroundImage !== 'none') return null; const c = parse(s.backgroundColor); if (c[3] === 1) return c; }
    return [255, 255, 255, 1]; };
  const poor = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !e.offsetParent || e.closest('.vh, .skip, option, [disabled]')) continue;
    const back = ground(e); if (!back) continue;
    const [a, b] = [lum(parse(getComputedStyle(e).color)), lum(back)].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) poor.push(walk.currentNode.data.trim().slice(0, 40));
  }
  return poor; }"""


async def checked(page: "Page") -> list[str]:
    """What axe finds serious on this page."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text())
    found: list[str] = await page.evaluate(SERIOUS)
    return found


async def press_until(page: "Page", selector: str) -> None:
    """Tab on until this has the focus."""
    for _ in range(80):
        if (
            await page.evaluate("document.activeElement.matches('*')")
            and await page.locator(
                f":focus:is({selector})" if ":text-is" not in selector else f"{selector}:focus"
            ).count()
        ):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab")
