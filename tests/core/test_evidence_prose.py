"""The author's Markdown on the evidence page."""

from __future__ import annotations

import pytest

from bot.evidence.prose import prose_html


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("Read *this* **now**.", "<p>Read <em>this</em> <strong>now</strong>.</p>"),
        ("## Part", '<p class="heading"><strong>Part</strong></p>'),
        ("- a\n- `b`", "<ul><li>a</li><li><code>b</code></li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("```\n<b>\n```", "<pre>\n&lt;b&gt;</pre>"),
        ("---", "<hr>"),
        (
            '[Guide](https://example.org/?a=1&b="2")',
            '<p><a href="https://example.org/?a=1&amp;b=%222%22" rel="noreferrer">Guide</a></p>',
        ),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        (
            "| A | B |\n|---|---|\n| 1 | <i> |",
            '<div class="scroll" tabindex="0" role="group"><table><thead><tr>'
            '<th scope="col">A</th><th scope="col">B</th></tr></thead>'
            "<tbody><tr><td>1</td><td>&lt;i&gt;</td></tr></tbody></table></div>",
        ),
    ],
)
def test_markdown_becomes_these_elements_and_no_others(markdown: str, html: str) -> None:
    assert prose_html(markdown) == html
