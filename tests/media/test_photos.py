"""Photos of every odd kind come out upright, in sRGB, or are refused by name with the mend."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from mvlocal.errors import InputError
from mvlocal.media.photos import list_photos, load_photo


def scene(width: int = 320, height: int = 200) -> Image.Image:
    """Red on the left half, blue on the right, a green bar on top."""
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[:, : width // 2], rgb[:, width // 2 :], rgb[: height // 8] = (200, 40, 40), (40, 40, 200), (40, 200, 40)
    return Image.fromarray(rgb)


def save(path: Path, image: Image.Image, kind: str = "JPEG", **options: object) -> Path:
    image.save(path, kind, **options)
    return path


def is_scene(rgb: np.ndarray, tolerance: int = 12) -> bool:
    height, width, _ = rgb.shape
    places = {
        (height // 2, width // 8): (200, 40, 40),
        (height // 2, -width // 8): (40, 40, 200),
        (height // 20, width // 2): (40, 200, 40),
    }
    return all(np.abs(rgb[place].astype(int) - colour).max() <= tolerance for place, colour in places.items())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_photo_is_read_by_content_and_scaled(kind: str, tmp_path: Path) -> None:
    path = save(tmp_path / "photo.dat", scene(), kind)
    whole = load_photo(path, 1000)
    assert whole.shape == (200, 320, 3)
    assert whole.dtype == np.uint8
    assert is_scene(whole)
    small = load_photo(path, 160)
    assert small.shape == (100, 160, 3)
    assert is_scene(small, 25)
    with pytest.raises(ValueError, match="max_side_px"):
        load_photo(path, 0)


@pytest.mark.parametrize(
    ("orientation", "turn"),
    [
        (3, Image.Transpose.ROTATE_180),
        (6, Image.Transpose.ROTATE_90),
        (8, Image.Transpose.ROTATE_270),
        (2, Image.Transpose.FLIP_LEFT_RIGHT),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_orientation_is_applied(orientation: int, turn: Image.Transpose, kind: str, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = save(tmp_path / "a", scene().transpose(turn), kind, exif=exif)
    rgb = load_photo(path, 1000)
    assert rgb.shape == (200, 320, 3)
    assert is_scene(rgb)


def test_broken_exif_does_not_matter(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", scene(), exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert is_scene(load_photo(path, 1000))


def test_cmyk_grey_palette_and_bilevel(tmp_path: Path) -> None:
    assert is_scene(load_photo(save(tmp_path / "cmyk.jpg", scene().convert("CMYK")), 1000))
    assert is_scene(load_photo(save(tmp_path / "palette.png", scene().quantize(16), "PNG"), 1000))
    grey = load_photo(save(tmp_path / "grey.png", Image.new("L", (9, 7), 77), "PNG"), 100)
    assert (grey == 77).all()
    assert grey.shape == (7, 9, 3)
    assert (load_photo(save(tmp_path / "one.png", Image.new("1", (9, 7), 1), "PNG"), 100) == 255).all()


def test_sixteen_bit_grey_is_scaled_not_clipped(tmp_path: Path) -> None:
    values = np.array([[0, 257, 32896, 65535]], np.uint16).repeat(4, 0)
    path = save(tmp_path / "a.png", Image.fromarray(values), "PNG")
    assert load_photo(path, 100)[0, :, 0].tolist() == [0, 1, 128, 255]


def test_transparency_lies_on_mid_grey(tmp_path: Path) -> None:
    rgba = np.zeros((20, 20, 4), np.uint8)
    rgba[:, 10:] = (250, 10, 10, 255)
    for kind, options in (("PNG", {}), ("WEBP", {"lossless": True})):
        rgb = load_photo(save(tmp_path / "a", Image.fromarray(rgba), kind, **options), 100)
        assert rgb[5, 2].tolist() == [128, 128, 128]
        assert rgb[5, 15].tolist() == [250, 10, 10]


def test_colour_profile_is_applied(tmp_path: Path) -> None:
    # An sRGB profile with its red and blue primaries exchanged stands in for a camera's own.
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = profile.index(b"rXYZ"), profile.index(b"bXYZ")
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    path = save(tmp_path / "a.png", scene(), "PNG", icc_profile=bytes(profile))
    rgb = load_photo(path, 1000)
    assert is_scene(rgb[:, :, ::-1])  # red and blue have changed places
    broken = save(tmp_path / "b.png", scene(), "PNG", icc_profile=b"no profile at all" * 20)
    assert is_scene(load_photo(broken, 1000))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("percent", [5, 20, 50, 80, 98])
def test_truncated_photos_are_refused(kind: str, percent: int, tmp_path: Path) -> None:
    noise = Image.fromarray(np.random.default_rng(3).integers(0, 256, (150, 150, 3), dtype=np.uint8))
    path = save(tmp_path / "photo", noise, kind)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * percent // 100])
    with pytest.raises(InputError, match="cannot be read to its end") as caught:
        load_photo(path, 1000)
    assert "copy" in caught.value.mend


def png_of_size(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(999))) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("width", "height"), [(9500, 9500), (12000, 12000), (60000, 60000), (2**31 - 1, 2), (80_000_001, 1)]
)
def test_absurd_sizes_are_refused_before_they_are_unpacked(width: int, height: int, tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_of_size(width, height))
    with pytest.raises(InputError, match="pixel") as caught:
        load_photo(path, 1000)
    assert "smaller" in caught.value.mend or "cut" in caught.value.mend


CANARIES = {
    "eps.jpg": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/hostname) run\n", "EPS"),
    "svg.png": (
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/hostname"/></svg>',
        "SVG",
    ),
    "bare.svg": (b"<svg><script/></svg>", "SVG"),
    "list.jpg": (b"#EXTM3U\n/etc/hostname\n", "playlist"),
    "concat.jpg": (b"ffconcat version 1.0\nfile /etc/hostname\n", "concat list"),
    "heic.jpg": (b"\0\0\0\x18ftypheic" + bytes(90), "HEIC"),
    "avif.jpg": (b"\0\0\0\x18ftypavif" + bytes(90), "AVIF"),
    "scan.jpg": (b"II*\0" + bytes(90), "TIFF"),
    "page.jpg": (b"%PDF-1.7\n", "PDF"),
    "words.jpg": (b"just words", "text"),
    "noise.jpg": (bytes(range(256)), "no kind"),
}


@pytest.mark.parametrize("name", CANARIES)
def test_canaries_are_named_and_never_opened(name: str, tmp_path: Path) -> None:
    content, kind = CANARIES[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=kind) as caught:
        load_photo(path, 1000)
    assert "export" in caught.value.mend
    assert caught.value.where == str(path)


def test_animations_are_refused(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    for kind in ("PNG", "WEBP"):
        path = save(tmp_path / "a", frames[0], kind, save_all=True, append_images=frames[1:])
        with pytest.raises(InputError, match="animation"):
            load_photo(path, 100)


def test_phone_pictures_with_a_second_view_are_read(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", scene(), "MPO", save_all=True, append_images=[scene().rotate(180)])
    assert is_scene(load_photo(path, 1000))


def test_listing_is_sorted_and_says_what_it_skips(tmp_path: Path) -> None:
    outside = save(tmp_path / "outside.jpg", scene())
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("b.jpg", "a.JPG", "c.png"):
        save(folder / name, scene())
    save(folder / ".hidden.jpg", scene())
    (folder / "more").mkdir()
    (folder / "notes.txt").write_text("words")
    (folder / "empty.jpg").touch()
    (folder / "eps.jpg").write_bytes(CANARIES["eps.jpg"][0])
    (folder / "phone.heic").write_bytes(CANARIES["heic.jpg"][0])
    (folder / "link.jpg").symlink_to(outside)
    (folder / "inside.jpg").symlink_to(folder / "b.jpg")
    (folder / "loop.jpg").symlink_to(folder / "loop.jpg")
    os.mkfifo(folder / "pipe.jpg")
    listing = list_photos(folder)
    assert [path.name for path in listing.photos] == ["a.JPG", "b.jpg", "c.png", "inside.jpg"]
    reasons = {skipped.path.name: skipped.reason for skipped in listing.skipped}
    expected = {
        "more": "folder",
        "notes.txt": "text",
        "empty.jpg": "empty",
        "eps.jpg": "EPS",
        "phone.heic": "HEIC",
        "link.jpg": "out of the folder",
        "loop.jpg": "itself",
        "pipe.jpg": "pipe",
    }
    assert reasons.keys() == expected.keys()
    assert all(word in reasons[name] for name, word in expected.items())
    assert list_photos(folder / "more").photos == ()
    for wrong in (tmp_path / "none", outside):
        with pytest.raises(InputError, match="cannot be read"):
            list_photos(wrong)


@pytest.fixture(scope="module")
def originals() -> list[bytes]:
    files = list[bytes]()
    for kind in ("JPEG", "PNG", "WEBP"):
        buffer = io.BytesIO()
        exif = Image.Exif()
        exif[0x0112] = 6
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        scene(64, 48).save(buffer, kind, exif=exif, icc_profile=profile)
        files.append(buffer.getvalue())
    return files


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_mutated_photos_are_read_or_refused(
    originals: list[bytes], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(data.draw(st.sampled_from(originals)))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "mutated"
    path.write_bytes(content)
    try:
        rgb = load_photo(path, 100)
    except InputError as error:
        fine = bool(error.mend) and error.where == str(path)
    else:
        fine = rgb.ndim == 3 and max(rgb.shape) <= 100
    assert fine
