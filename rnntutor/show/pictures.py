"""A picture and what is said of it: the pixels, the feature, the first state, and the caption word by word."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

from rich.style import Style
from rich.text import Text

from rnntutor.show import beginning, output, rows, score, why
from rnntutor.show.brush import Brush
from rnntutor.show.halfblocks import LETTERS, Pixel, Raster, blocks, of_pixels, of_strength, scaled
from rnntutor.show.look import Look
from rnntutor.show.margins import WIDE
from rnntutor.show.origin import Origin, origin_of
from rnntutor.show.scene import Scene
from rnntutor.show.sentence import sentence
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import cut, line_of, number, pad, shorten, words
from rnntutor.show.tiles import scale_of_maps, tiles
from rnntutor.show.view import View
from rnntutor.vision.drawing import COLOURS, SIZE, Shape
from rnntutor.vision.picture import Picture

_HEIGHT = 14
"""Lines of the picture and what stands beside it, where there is more below."""
_TALL = 20
"""The same where there is room for that and for a why."""
_LEAST = 8
"""Lines below which only what matters most stands beside the picture."""
_EQUATIONS = 9
"""Lines of equations that help; fewer are left out."""
_WHY = 5
"""Lines of a why below all that."""
_BLIND = "This network sees no picture."


def showings(picture: Picture) -> tuple[str, ...]:
    """What can be shown large: the picture, the maps of every convolution, and where the word comes from."""
    return ("picture", *picture.sight.maps, "gradient")


@dataclass(frozen=True)
class Sheet:
    """The lines of the view, and where the picture is in them."""

    lines: tuple[Text, ...]
    x: int = 0
    y: int = 0
    side: int = 0
    """Pixels of a side, as they are drawn: fewer than there are, where room is short."""

    def pixel(self, x: int, y: int) -> Pixel | None:
        """The pixel at a place of the screen, of two the upper one."""
        down, right = 2 * (y - self.y), x - self.x
        if not (0 <= down < self.side and 0 <= right < self.side):
            return None
        return down * SIZE // self.side, right * SIZE // self.side


def pictures(scene: Scene, head: Playhead, view: View, look: Look, width: int, height: int) -> list[Text]:
    """The view as lines, at most `height` of them, none wider than `width`."""
    return list(lay_out(scene, head, view, look, width, height).lines)


def lay_out(scene: Scene, head: Playhead, view: View, look: Look, width: int, height: int) -> Sheet:
    """The picture at the left, what becomes of it at the right, and below both the equations where there is room."""
    if scene.picture is None:
        return Sheet((line_of((shorten(f" {_BLIND}", width), look.soft)),)[: max(0, height)])
    if height < 1:
        return Sheet(())
    equations = rows.full_height(scene, head)
    roomy = height > _HEIGHT + min(equations, _EQUATIONS) and view.shown not in scene.picture.sight.maps
    above = max(_HEIGHT, min(_TALL, height - equations - _HEIGHT)) if roomy else height
    drawn = _Upper(scene, head, view, look, width, above, scene.picture)
    lines = drawn.lines()
    if above < height:
        room = height - above - 1
        lines += [Text("")] * (above + 1 - len(lines)) + score.score(scene, head, look, width, min(room, equations))
        left = height - len(lines) - 1
        lines += [Text(""), *why.why(scene, head, look, width, left)] if left >= _WHY else []
    for line in lines:
        cut(line, width, look)
    return Sheet(tuple(lines[: max(0, height)]), drawn.margin, drawn.top, drawn.side)


@dataclass(frozen=True, eq=False)
class _Upper:
    """Draws the picture and what stands beside it."""

    scene: Scene
    head: Playhead
    view: View
    look: Look
    width: int
    height: int
    picture: Picture

    @property
    def margin(self) -> int:
        """Columns left of the picture."""
        return 4 if self.width >= WIDE else 2

    @property
    def side(self) -> int:
        """Pixels of its side."""
        return max(0, min(SIZE, 2 * self.height))

    @property
    def top(self) -> int:
        """Lines above it."""
        return int(self.height > SIZE // 2)

    @property
    def _beside(self) -> int:
        """Where the right half begins."""
        return self.margin + self.side + (5 if self.width >= WIDE else 2)

    @property
    def _room(self) -> int:
        """Columns of the right half."""
        return max(1, self.width - self._beside - 1)

    @cached_property
    def _origin(self) -> Origin | None:
        """Where the word comes from, if that is to be seen and known."""
        return origin_of(self.scene, self.head) if self.view.shown == "gradient" else None

    @property
    def _held(self) -> Shape | None:
        """The shape that is held."""
        brush, drawing = self.view.brush, self.picture.drawing
        if brush is None or brush.shape is None or drawing is None:
            return None
        return drawing.shapes[min(brush.shape, len(drawing.shapes) - 1)]

    @property
    def _place(self) -> Pixel | None:
        """Where the brush is, or the middle of the shape that it holds; None while nothing is painted."""
        at = self._held or self.view.brush
        return (at.row, at.column) if at is not None else None

    def lines(self) -> list[Text]:
        """Both halves side by side."""
        place, found = self._place, []
        for y, (left, right) in enumerate(zip_longest(self._left(), self._right()[: self.height])):
            line = line_of()
            edge, inside = self.look.glyphs.rule, 0 <= y - self.top < self.side // 2
            if place is not None and y == self.top + place[0] * self.side // SIZE // 2:
                line.append(self.look.glyphs.play[:1].rjust(self.margin), self.look.accent())
            pad(line, self.margin - 1).append(edge if inside and line.cell_len < self.margin else "", self.look.faint)
            pad(line, self.margin).append_text(left or Text("")).append(edge if inside else "", self.look.faint)
            if right is not None:
                pad(line, self._beside).append_text(right)
            found.append(line)
        return found

    # The left half.

    def _left(self) -> list[Text]:
        """The picture with a line above and what there is to say below it."""
        place, held = self._place, self._held is not None
        marked = None if place is None or held else (place[0] * self.side // SIZE, place[1] * self.side // SIZE)
        drawn = blocks(self._raster(small=self.side < SIZE), self.look, marked)
        return [*([self._heading(place)] * self.top), *drawn, *self._below()[: self.height - self.top - len(drawn)]]

    def _raster(self, *, small: bool) -> Raster:
        pixels, origin = self.picture.pixels, self._origin
        strength = origin.strength / (origin.largest or 1.0) if origin else None
        if small:
            pixels = scaled(pixels, self.side)
            strength = None if strength is None else scaled(strength, self.side)
        return of_pixels(pixels) if strength is None else of_strength(pixels, strength, self.look)

    def _heading(self, place: Pixel | None) -> Text:
        """What it is; while it is painted, the column of the brush, or of the shape that is held."""
        if place is not None:
            return line_of(" " * place[1], (self.look.glyphs.above, self.look.accent()))
        if self._origin is not None:
            word, partial = words(self._origin.word, self.look), self.look.glyphs.partial
            return line_of((f"{partial}log p({word}) / {partial}pixel", self.look.strong))
        return line_of((f"{SIZE} {self.look.glyphs.by} {SIZE}", self.look.faint))

    def _below(self) -> list[Text]:
        """How large the largest gradient is; where colours cannot be seen, what letters stand for."""
        look = self.look
        if self._origin is not None:
            largest = number(self._origin.largest, signed=False)
            return [line_of(("  ", Style(bgcolor=look.palette.positive)), (f" largest {largest}", look.soft))]
        if not look.plain and look.glyphs.upper:
            return []
        told = [f"{letter} {name}" for name, letter in LETTERS.items()]
        return [line_of((", ".join(told[k : k + 2]), look.faint)) for k in range(0, len(told), 2)]

    # The right half.

    def _right(self) -> list[Text]:
        """The strips, and below them what the view is set to."""
        scene, head, look, brush = self.scene, self.head, self.look, self.view.brush
        roomy = self.height >= SIZE // 2
        lines = beginning.strips(scene, head, look, self._room)[: None if self.height >= _LEAST else 0]
        if self.view.shown in self.picture.sight.maps:
            lines = lines if roomy else []
            return [*lines, *self._maps([Text("")] * roomy, self.height - len(lines) - roomy)]
        air = [Text("")] * roomy
        lines += [*(beginning.terms(scene, head, look, self._room) if roomy else []), *air]
        lines += sentence(scene, head, look, self._room, self.height - len(lines))
        if brush is not None:
            return [*lines, *air, *_palette(brush, self._held, look, self._room)]
        if self.view.shown == "gradient" and self._origin is None:
            lines.append(line_of((f"where the word at t {head.t} comes from: once it is said", look.soft)))
        left = self.height - len(lines) - len(air)
        return [*lines, *air, *output.output(scene, head, look, self._room, left, self.view.temperature)]

    def _maps(self, air: list[Text], height: int) -> list[Text]:
        """What the channels of a convolution see."""
        look, maps = self.look, self.picture.sight.maps[self.view.shown][0]
        scale, count = scale_of_maps(maps), maps.shape[-1]
        drawn, shown = tiles(maps, scale, look, self._room, height - 1)
        heading = line_of((self.view.shown, look.strong))
        size = f"{len(maps)} {look.glyphs.by} {len(maps)}"
        some = f"{shown} of {count}" if shown < count else f"{count}"
        heading.append(f"   {some} maps of {size} after ReLU, full at {scale:g}", look.soft)
        if self.view.shown == list(self.picture.sight.maps)[-1]:
            found = self.picture.sight.named
            heading.append(f"   found: {', '.join(found) or 'nothing'}", look.text)
        return [*air, heading, *drawn]


def _palette(brush: Brush, held: Shape | None, look: Look, width: int) -> list[Text]:
    """The colours with their keys, and what the brush does."""
    lines = [line_of()]
    for k, (name, (red, green, blue)) in enumerate(COLOURS.items(), 1):
        swatch = f"#{round(255 * red):02x}{round(255 * green):02x}{round(255 * blue):02x}"
        if lines[-1].cell_len + len(name) + 7 > width:
            lines.append(line_of())
        lines[-1].append("  " if not look.plain else f" {LETTERS[name]}", Style(bgcolor=swatch))
        lines[-1].append(f" {k} {name} ", look.selected if name == brush.colour else look.text).append(" ")
    at = held or brush
    what = f"moves the {held.size} {held.colour} {held.kind}," if held else f"paints {brush.colour}, brush"
    return [line_of((f"{what} at row {at.row} column {at.column}", look.soft)), *lines]
