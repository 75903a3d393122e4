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
SKIPPED_HEADINGS = """() => { let last = 0; return [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
  .filter(h => { const n = +h.tagName[1], bad = n > last + 1; last = n; return bad; })
  .map(h => h.outerHTML.slice(0, 90)); }"""
BARE_TABLES = """() => [...document.querySelectorAll('table')]
  .filter(t => !t.caption || [...t.querySelectorAll('th')].some(h => !h.scope)).map(t => t.outerHTML.slice(0, 90))"""
# WCAG 2.5.8: 24 px, or in a line of text, or a circle of 24 px around it that meets no other target
CROWDED_TARGETS = """() => {
  const inline = e => getComputedStyle(e).display === 'inline'
    && [...e.parentElement.childNodes].some(n => n.nodeType === 3 && n.data.trim().length > 2);
  const all = [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')]
    .filter(e => e.offsetParent && !e.matches('.skip')).map(e => [e, e.getBoundingClientRect()]);
  const small = r => r.width < 24 || r.height < 24, middle = r => [r.x + r.width / 2, r.y + r.height / 2];
  const near = (a, b) => { const [x, y] = middle(a), [u, v] = middle(b);
    return small(b) ? Math.hypot(u - x, v - y) < 24
      : Math.hypot(Math.max(b.x - x, x - b.right, 0), Math.max(b.y - y, y - b.bottom, 0)) < 12; };
  return all.filter(([e, r]) => small(r) && !inline(e) && all.some(([f, q]) => f !== e && near(r, q)))
    .map(([e]) => e.outerHTML.slice(0, 90)); }"""
WIDELY_SPACED = """() => { const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-bottom: 2em !important }`); document.adoptedStyleSheets = [sheet]; }"""
TWICE_AS_LARGE = """() => { const sheet = new CSSStyleSheet();
  sheet.replaceSync('html { font-size: 200% !important }'); document.adoptedStyleSheets = [sheet]; }"""
CLIPPED = """() => [...document.querySelectorAll('main *, header *')]
  .filter(e => ['hidden', 'clip'].includes(getComputedStyle(e).overflowX) && !e.closest('.vh, svg, .hero, thead'))
  .filter(e => e.textContent.trim() && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1))
  .map(e => e.outerHTML.slice(0, 90))"""
FOCUS = """() => { const e = document.activeElement; if (e === document.body) return null;
  const r = e.getBoundingClientRect(), ring = getComputedStyle(e);
  const x = Math.min(r.x + r.width / 4 + 2, innerWidth - 2);
  const over = document.elementFromPoint(x, r.y + Math.min(r.height / 2, 10));
  const seen = over && (over === e || e.contains(over) || over.contains(e)) && ring.outlineStyle !== 'none';
  return seen ? '' : e.outerHTML.slice(0, 90); }"""


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


async def hidden_focus(page: "Page") -> list[str]:
    """What Tab reaches and nobody sees: below the edge, under something else, or without a ring."""
    hidden = []
    for _ in range(150):
        await page.keyboard.press("Tab")
        found = await page.evaluate(FOCUS)
        if found is None:
            return hidden
        hidden += [found] if found else []
    return hidden


def note_faults(tab: "Page", address: str, faults: list[str]) -> None:
    """Have a tab note console errors, broken policies, what a script raised, and requests to another host."""
    tab.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("request", lambda sent: None if sent.url.startswith(address) else faults.append(sent.url))
