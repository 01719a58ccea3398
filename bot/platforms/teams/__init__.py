"""Microsoft Teams: messages and forms as Adaptive Cards, and what people press and send there.

Here live Adaptive Cards 1.5 and the limits of Teams. Here lives no lesson and no rule of
facilitation. All text travels as text runs, which know no Markdown; only moments, which need a
text block to be shown in the reader's own zone, and plain headings stand in text blocks. The titles
of choices, which can be no runs, are written so that no client finds a link or a date in them.
"""
