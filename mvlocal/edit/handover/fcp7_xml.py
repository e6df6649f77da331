"""The cut as Final Cut Pro 7 XML, which Premiere, Resolve and Kdenlive read. It knows no other format.

OpenTimelineIO's adapter writes the structure; what it leaves out (the frame size, which file holds sound, markers'
kinds) is filled in here.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, fromstring, indent, tostring

import opentimelineio as otio

from mvlocal.edit.handover.cut_list import CutList
from mvlocal.edit.handover.otio import build_timeline
from mvlocal.edit.handover.timecode import nominal

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n'


def cut_list_to_fcp7_xml(cut: CutList) -> str:
    """The text of an `.xml` file: FCP7 XML, version 4; rates of 1000/1001 are marked `ntsc`."""
    written = otio.adapters.write_to_string(build_timeline(cut), "fcp_xml")
    root = fromstring(written)  # noqa: S314 - what the adapter wrote a line above
    for sequence in root.iter("sequence"):
        _complete(sequence, cut)
    indent(root)
    return _HEAD + tostring(root, encoding="unicode") + "\n"


def _complete(sequence: Element, cut: CutList) -> None:
    shape = sequence.find("./media/video/format")
    if shape is not None:
        _sample(shape, cut)
    for item in sequence.findall("./media/video/track/clipitem"):
        media = item.find("./file/media")
        if media is None:
            continue
        for sound in media.findall("audio"):
            media.remove(sound)
        pictures = media.find("video")
        if pictures is not None:
            _sample(pictures, cut)
    kinds = {(marker.name, marker.span.start): marker.kind for marker in cut.markers}
    for marker in sequence.findall("./marker"):
        kind = kinds.get((marker.findtext("name", ""), int(marker.findtext("in", "-1"))))
        if kind is not None and marker.find("comment") is None:
            SubElement(marker, "comment").text = kind


def _sample(parent: Element, cut: CutList) -> None:
    """Frame size and rate, as `samplecharacteristics`."""
    sample = SubElement(parent, "samplecharacteristics")
    rate = SubElement(sample, "rate")
    SubElement(rate, "timebase").text = str(nominal(cut.rate))
    SubElement(rate, "ntsc").text = "TRUE" if cut.rate.value.denominator == 1001 else "FALSE"
    SubElement(sample, "width").text = str(cut.width)
    SubElement(sample, "height").text = str(cut.height)
    SubElement(sample, "pixelaspectratio").text = "square"
    SubElement(sample, "fielddominance").text = "none"
