"""Words that would run, break or hide something, wherever somebody forgot to think of them.

Each that could run calls ``pwned``, which a test counts.
"""

from __future__ import annotations

from tests.strategies import HOSTILE

_MARKUP = (
    "<script>pwned(1)</script>",
    "<ScRiPt>pwned(2)</sCrIpT>",
    "<script src=//evil.example/x.js></script>",
    "<script src=/static/room/room.js></script>",
    "<script type=module>pwned(3)</script>",
    "<<script>pwned(4)//<</script>",
    "</script><script>pwned(5)</script>",
    "</textarea><script>pwned(6)</script>",
    "</title><script>pwned(7)</script>",
    "</style><script>pwned(8)</script>",
    "--><script>pwned(9)</script><!--",
    "]]><script>pwned(10)</script>",
    "<img src=x onerror=pwned(11)>",
    "<img src=x onerror='pwned(12)'",
    '<img src="x" onerror="pwned(13)"/>',
    "<IMG SRC=javascript:pwned(14)>",
    "<img/src/onerror=pwned(15)>",
    "<img src=`x` onerror=pwned(16)>",
    "<image src=x onerror=pwned(17)>",
    "<svg onload=pwned(18)>",
    "<svg/onload=pwned(19)//",
    "<svg><script>pwned(20)</script></svg>",
    "<svg><animate onbegin=pwned(21) attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:pwned(22)><text y=20>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=pwned(23)></svg>#x'/></svg>",
    "<svg><foreignObject><iframe srcdoc='<script>parent.pwned(24)</script>'></foreignObject></svg>",
    "<math><mtext><img src=x onerror=pwned(25)></mtext></math>",
    "<math href=javascript:pwned(26)>x</math>",
    "<body onload=pwned(27)>",
    "<iframe src=javascript:pwned(28)></iframe>",
    "<iframe srcdoc='<script>parent.pwned(29)</script>'></iframe>",
    "<object data=javascript:pwned(30)></object>",
    "<embed src=javascript:pwned(31)>",
    "<video><source onerror=pwned(32)></video>",
    "<audio src=x onerror=pwned(33)>",
    "<details open ontoggle=pwned(34)>",
    "<input autofocus onfocus=pwned(35)>",
    "<select autofocus onfocus=pwned(36)>",
    "<marquee onstart=pwned(37)>",
    "<style>*{background:url(javascript:pwned(38))}</style>",
    "<style>@import '//evil.example/x.css';</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:pwned(39)'>",
    "<base href=//evil.example/>",
    "<form action=//evil.example><button>Go on</button></form>",
    "<button formaction=javascript:pwned(40)>Press me</button>",
    "<template><script>pwned(41)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=pwned(42)>'>",
    "<dialog open>You were signed out: <input name=password></dialog>",
    "<p id=dialog>",
    "<p id=posts data-piece>",
    "<li data-piece data-root=x>",
    "<a id=part href=//evil.example>My part</a>",
    "<x data-opens href=javascript:pwned(43)>",
    "<bdo dir=rtl>backwards</bdo>",
    "<isindex type=image src=x onerror=pwned(44)>",
    "<img src=x onerror=&#112;&#119;&#110;&#101;&#100;(45)>",
    "&lt;script&gt;pwned(46)&lt;/script&gt;",
    "&#60;script&#62;pwned(47)&#60;/script&#62;",
    "%3Cscript%3Epwned(48)%3C/script%3E",
    "\\x3cscript\\x3epwned(49)\\x3c/script\\x3e",
    "\\u003cscript\\u003epwned(50)\\u003c/script\\u003e",
    "＜script＞pwned(51)＜/script＞",
    "+ADw-script+AD4-pwned(52)+ADw-/script+AD4-",
    "<scr\x00ipt>pwned(53)</scr\x00ipt>",
    "<img src=x\x0conerror=pwned(54)>",
    "<svg\tonload\x0b=pwned(55)>",
)
_ATTRIBUTES = (
    '"><script>pwned(60)</script>',
    "'><script>pwned(61)</script>",
    '" onmouseover="pwned(62)" x="',
    "' onfocus='pwned(63)' autofocus='",
    '" autofocus onfocus=pwned(64) "',
    "` onmouseover=pwned(65) `",
    '" style="background:url(javascript:pwned(66))',
    '"/><svg/onload=pwned(67)>',
    'x" data-opens href="javascript:pwned(68)',
    "\r\nSet-Cookie: fivefold=x\r\n\r\n<script>pwned(69)</script>",
)
_ADDRESSES = (
    "javascript:pwned(70)",
    "JaVaScRiPt:pwned(71)",
    "java\tscript:pwned(72)",
    " javascript:pwned(73)",
    "\x01javascript:pwned(74)",
    "javascript://example.org/%0apwned(75)",
    "data:text/html,<script>pwned(76)</script>",
    "data:text/html;base64,PHNjcmlwdD5wd25lZCg3Nyk8L3NjcmlwdD4=",
    "vbscript:pwned(78)",
    "//evil.example",
    'https://evil.example/?a="><script>pwned(79)</script>',
    "[click](javascript:pwned(80))",
    '![x](x" onerror="pwned(81))',
    "<javascript:pwned(82)>",
    "[x]: javascript:pwned(83)\n\n[x]",
    "**<img src=x onerror=pwned(84)>**",
    "```html\n<script>pwned(85)</script>\n```",
)
_TEMPLATES = (
    "{{ 7 * 7 }}",
    "{{ self.__init__.__globals__ }}",
    "{% for x in (1, 2) %}{{ x }}{% endfor %}",
    "{# gone #}",
    "${7*7} #{7*7} <%= 7*7 %> *{7*7} @(7*7)",
    "{0} {name} {count} {rate} %s %d %(name)s",
    "{{constructor.constructor('pwned(90)')()}}",
    "$(pwned(91)) `pwned(92)`",
    "'; DROP TABLE posts; --",
    "' OR '1'='1",
    "../../../etc/passwd",
    "$& $1 $` $'",
)
_SHEETS = (
    "=1+1",
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "  =1",
    "'=1",
    "''+1",
    '=HYPERLINK("http://evil.example","x")',
    "=cmd|' /C calc'!A0",
    "＝1+1",
    'a,b;c\td"e\nf',
    "007",
    "1e9",
    "1/2",
    "TRUE",
    "#REF!",
)
_SIGNS = (
    "\u202egnirts a",
    "\u2066hidden\u2069 \u2067words\u2069",
    "zero\u200bwidth\u200d\u2060\ufeff",
    "مرحبا 123 hello שלום",
    "\x00",
    "a\x00b\x00c",
    "".join(map(chr, range(1, 32))),
    "\x7f\x80\x85\x9f",
    "\u2028line\u2029paragraph",
    "\ufffe\uffff\ufdd0",
    "\ud800",
    "\udfff\ud800 swapped",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́O",
    "👩‍👩‍👧‍👦 👍🏽 🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "﷽" * 40,
    "null",
    "undefined",
    "NaN",
    "__proto__",
    "constructor",
    "-0",
    "[object Object]",
    "W" * 3_000,
    "<b>" * 1_000,
    "very long words " * 2_400,
)

STRINGS = tuple(
    dict.fromkeys(
        words
        for words in (
            *_MARKUP,
            *_ATTRIBUTES,
            *_ADDRESSES,
            *_TEMPLATES,
            *_SHEETS,
            *_SIGNS,
            *HOSTILE,
        )
        if words.strip()
    )
)
"""All of them, each once; none is blank, for what is blank is not sent."""


def as_sent(words: str) -> str:
    """What a browser sends of words in a text box: it has one kind of line end, and no half
    characters."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n")
    return lines.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
