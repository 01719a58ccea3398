"""What personas say in the language of their home, with what it means in English.

The lesson's own terms stay in them as the lesson has them, as people do who learn in another
language.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.rehearsal.names import Language

AT_HOME: Mapping[Language, tuple[tuple[str, str], ...]] = {
    "en": (),
    "de": (
        (
            "Bei uns hakt es selten am Wissen, meist am Anfangen; „{topic}“ schieben alle auf.",
            "With us it is seldom the knowledge, mostly the beginning; everybody puts off {topic}.",
        ),
        (
            "Ohne {other} bringt auch {topic} wenig, das haben wir letztes Jahr gemerkt.",
            "Without {other} there is little in {topic}, either; we learned that last year.",
        ),
        (
            "Ehrlich gesagt habe ich {topic} bisher unterschätzt.",
            "To be honest, I have underestimated {topic} so far.",
        ),
        (
            "Für {topic} würde ich mir zuerst ein kleines Beispiel suchen und daran üben.",
            "For {topic} I would first look for a small example and practise on it.",
        ),
    ),
    "es": (
        (
            "Donde yo estoy se habla mucho de {topic} y casi nadie lo prueba.",
            "Where I am there is much talk of {topic} and hardly anybody tries it.",
        ),
        (
            "¿Quién se ocupa de «{topic}» cuando falta tiempo? Ahí está el problema.",
            "Who takes care of {topic} when there is no time? That is the problem.",
        ),
        (
            "Yo empezaría por {topic}; de {other} ya hablaremos después.",
            "I would begin with {topic}; of {other} we can talk later.",
        ),
        (
            "Al principio no entendía para qué sirve {topic}, ahora sí.",
            "At first I did not see what {topic} is good for; now I do.",
        ),
    ),
    "fr": (
        (
            "Chez nous, c'est surtout le suivi qui manque : on parle de {topic}, puis on oublie.",
            "With us it is the follow-up that is missing: we talk of {topic}, then we forget.",
        ),
        (
            "Il faudrait d'abord comprendre {topic}, puis seulement choisir une solution.",
            "One should first understand {topic} and only then choose a solution.",
        ),
        (
            "Entre {topic} et {other}, je commencerais par ce qui se voit tout de suite.",
            "Between {topic} and {other} I would begin with what shows at once.",
        ),
        (
            "J'ai longtemps cru que « {topic} » était l'affaire des spécialistes.",
            "For a long time I believed that {topic} was a matter for specialists.",
        ),
    ),
    "pt": (
        (
            "Na prática, {topic} só funciona quando alguém cuida disso toda semana.",
            "In practice {topic} only works when somebody looks after it every week.",
        ),
        (
            "Eu começaria pequeno: primeiro {topic}, depois {other}.",
            "I would start small: first {topic}, then {other}.",
        ),
        (
            "O que me surpreendeu foi o peso de “{topic}” em tudo o mais.",
            "What surprised me was how much {topic} weighs in everything else.",
        ),
    ),
    "uk": (
        (
            "У нас про «{topic}» згадують лише тоді, коли щось уже пішло не так.",
            "With us {topic} comes up only when something has already gone wrong.",
        ),
        (
            "Я б почала з простого прикладу, а вже потім братися за {other}.",
            "I would begin with a simple example and only then take up {other}.",
        ),
        (
            "Найважче тут не {topic}, а домовитися, хто за це відповідає.",
            "The hard part is not {topic} but agreeing on who looks after it.",
        ),
    ),
    "ar": (
        (
            "في رأيي تبدأ المشكلة من {topic}، وليس من قلة المعرفة.",
            "In my view the trouble begins with {topic}, not with a lack of knowledge.",
        ),
        (
            "نحتاج إلى وقت لتجربة «{topic}» قبل أن نحكم عليه.",
            "We need time to try {topic} before we judge it.",
        ),
        (
            "سأبدأ بخطوة صغيرة: {topic} أولاً ثم {other}.",
            "I will begin with a small step: {topic} first, then {other}.",
        ),
    ),
    "he": (
        (
            "אצלנו מדברים הרבה על {topic}, אבל כמעט אף אחד לא מתחיל.",
            "With us there is much talk of {topic}, but hardly anybody begins.",
        ),
        (
            "לפני {other} הייתי בודק קודם מה קורה עם {topic}.",
            "Before {other} I would first look at what happens with {topic}.",
        ),
        (
            "מה שהפתיע אותי הוא כמה {topic} משפיע על כל השאר.",
            "What surprised me is how much {topic} affects all the rest.",
        ),
    ),
    "ja": (
        (
            "まず「{topic}」を小さく試して、少しずつ広げたいと思います。",
            "I would like to try {topic} on a small scale first and widen it little by little.",
        ),
        (
            "「{topic}」については、誰が続けるのかがまだ決まっていません。",
            "As to {topic}, it is not settled yet who keeps it going.",
        ),
        (
            "「{other}」よりも「{topic}」のほうが難しいと感じました。",
            "I found {topic} harder than {other}.",
        ),
    ),
}
