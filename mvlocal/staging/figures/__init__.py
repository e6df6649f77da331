"""The puppet's paper: outlines, key points and grips of a posed figure."""

from mvlocal.staging.figures.drawing import FigureDrawing, Grip, Shape
from mvlocal.staging.figures.figure import draw_figure
from mvlocal.staging.figures.traits import tell_apart, traits_of

__all__ = ["FigureDrawing", "Grip", "Shape", "draw_figure", "tell_apart", "traits_of"]
