"""Hosts that are not ours: shown to whoever types them."""

import pytest

from tests.test_messages import WORDING
from zalobot.templating import Kind, Wording, check, links


@pytest.fixture(scope="module")
def shipped() -> Wording:
    return WORDING


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("Xem https://dichvucong.gov.vn/a?b=c.", ["dichvucong.gov.vn"]),
        ("Xem http://GOV.VN@evil.example:8080/gov.vn", ["evil.example"]),
        ("Xem dich-vu-cong.com, hay bit.ly/3xYz", ["dich-vu-cong.com", "bit.ly"]),
        ("https://gov.vn.dang-nhap.top/x", ["gov.vn.dang-nhap.top"]),
        ("Xem {{ link_cong_khai }} hay viết tới kenh@quangninh.gov.vn", []),
        ("TP.HCM, v.v., ngày 3.12.2026, điều 5.vn", []),
    ],
)
def test_the_hosts_that_a_text_leads_to(text: str, hosts: list[str]) -> None:
    assert links.hosts(text) == hosts


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("Chào.\nXem bit.ly/x và bit.ly/y.", [(2, "bit.ly")]),
        ("Chào.\n---\nXem -> https://quangninh-gov.vn/x", [(3, "quangninh-gov.vn")]),
        ("Chào.\n---\nXem -> https://zalo.me/0912345678", [(3, "zalo.me")]),
        ("Chào.\n---\nXem -> https://quangninh.gov.vn/x", []),
        ("Chào.\n---\nXem -> https://oa.zalo.me/x", []),
    ],
)
def test_a_foreign_one_is_asked_about_at_its_line(shipped: Wording, source: str, found: list[tuple[int, str]]) -> None:
    said = [one for one in check(source, "common/thanks", wording=shipped) if one.code == "foreign_link"]
    assert [(one.line, one.detail) for one in said] == found
    assert all(one.kind is Kind.WARNING for one in said)


def test_one_that_the_words_in_use_lead_to_is_known(shipped: Wording) -> None:
    before = "Xem vinacert.com."
    codes = {one.code for one in check("Xin xem vinacert.com nhé.", "common/thanks", before=before, wording=shipped)}
    assert "foreign_link" not in codes
