"""What the contact sheets say in words, the page and the picture alike. It does not know how they are set."""

from __future__ import annotations

from mvlocal.schema.cast import CuratedPhoto, CuratedSet

BY_HAND, TEMPLATE = "hand", "template"
"""Who wrote a caption, where no model had a part in it."""
USUAL_CAPTIONER = "blip-image-captioning-large"


def count_words(curated: CuratedSet) -> str:
    """How many photos are used and left out."""
    used = len(curated.used)
    return f"{used} {'photo' if used == 1 else 'photos'} used, {len(curated.photos) - used} left out"


def missing_words(curated: CuratedSet) -> str:
    """What the set lacks, as far as it was measured; empty where nothing was found."""
    return f"What the set lacks: {'; '.join(curated.missing)}." if curated.missing else ""


def looked_words(curated: CuratedSet) -> str:
    """How faces were found, and what the marks mean."""
    marks = "The bright frame is the part that is trained on, the dashed one what must stay in it"
    if curated.faces == "none":
        return (
            f"Nobody looked for faces: where the subject is was guessed from contrast and colour. {marks}: the subject "
            "as it was guessed. Angles and clothes are not known. To have faces found, set photos.faces: yunet."
        )
    return f"Faces were found by {curated.faces}. {marks}: the head."


def caption_words(captioner: str) -> str:
    """Who wrote the captions, and what a person may do with them."""
    yours = "Edit them, and your words stay."
    if captioner == TEMPLATE:
        return (
            "Captions hold cast.notes and what was measured; no model described the photos. To have clothes and places "
            f"described: mvlocal models fetch {USUAL_CAPTIONER} (with cast.captions: auto or blip). {yours}"
        )
    return f"Captions hold cast.notes, what {captioner} saw besides the person, and what was measured. {yours}"


def written_by(by: str) -> str:
    """Who wrote one caption."""
    who = {BY_HAND: "yours", TEMPLATE: "template"}.get(by, f"template and {by}")
    return f"caption ({who})"


def facts_of(photo: CuratedPhoto) -> str:
    """Size, sharpness and bucket of a photo that was measured."""
    measures = photo.measures
    if measures is None:
        return ""
    facts = [f"{measures.width_px}x{measures.height_px}", f"sharpness {measures.sharpness:.0f}"]
    if photo.crop is not None:
        facts.append(f"trained at {photo.crop.bucket_width}x{photo.crop.bucket_height}")
    return " · ".join(facts)
