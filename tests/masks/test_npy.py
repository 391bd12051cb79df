"""Masks in .npy files: whole numbers only, and nothing is ever unpickled."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest

from segdemo.errors import MaskError
from segdemo.labels import PEOPLE_ANIMALS, STREET
from segdemo.masks import read_mask
from tests.masks.files import VOID, npy

DTYPES = ["uint8", "int8", "<u2", ">u2", "<i4", ">i4", "<u4", "<i8", ">i8", "<u8"]


class Trap:
    """Says so when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return pytest.fail, ("a visitor's file was unpickled",)


def with_header(header: str, data: bytes = b"", *, version: bytes = b"\x01\x00") -> bytes:
    """A .npy file by hand."""
    text = header.encode()
    return b"\x93NUMPY" + version + struct.pack("<H", len(text)) + text + data


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_integer_is_read(dtype: str) -> None:
    truth = read_mask(npy([[0, 5, 6], [1, 2, 3]], dtype), PEOPLE_ANIMALS)

    assert truth.label_map.tolist() == [[0, 5, 6], [1, 2, 3]]
    assert truth.label_map.dtype == np.uint8
    assert truth.reading == "people_animals-ids"


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 1), (1, 2, 3)], ids=str)
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_channel_axis_and_the_order_in_memory_count_for_nothing(
    shape: tuple[int, ...], order: str
) -> None:
    file = io.BytesIO()
    values = np.array([0, 5, 6, 1, 2, 3], dtype=np.uint8).reshape(shape)
    np.save(file, np.asarray(values, order="F" if order == "F" else "C"))

    truth = read_mask(file.getvalue(), PEOPLE_ANIMALS)

    assert truth.label_map.tolist() == [[0, 5, 6], [1, 2, 3]]


def test_minus_one_and_255_are_void() -> None:
    assert read_mask(npy([[0, 3, -1, 255]], "<i8"), STREET).label_map.tolist() == [
        [0, 3, VOID, VOID]
    ]


def test_a_file_is_read_from_a_path_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    path.write_bytes(npy([[0, 3]]))

    assert read_mask(path, STREET).label_map.tolist() == [[0, 3]]


def test_pickled_objects_are_refused_and_never_unpickled() -> None:
    file = io.BytesIO()
    np.save(file, np.array([[Trap()]], dtype=object), allow_pickle=True)

    with pytest.raises(MaskError, match="holds 'object', not whole numbers"):
        read_mask(file.getvalue(), STREET)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(npy([[0.0, 1.0]], "float32"), "'float32', not whole numbers", id="floats"),
        pytest.param(npy([["a"]], "<U1"), "not whole numbers", id="text"),
        pytest.param(npy([0, 1, 2]), "no plane of pixels", id="one-axis"),
        pytest.param(npy(3), "no plane of pixels", id="no-axis"),
        pytest.param(npy([[[0, 1, 2]] * 2] * 2), "no plane of pixels", id="three-channels"),
        pytest.param(npy(np.zeros((0, 5))), "no plane of pixels", id="no-pixels"),
        pytest.param(npy([[0, 2**63 - 1]], "<i8"), "which are no class ids", id="far-apart"),
        pytest.param(npy([[2**64 - 1]], "<u8"), "which are no class ids", id="large"),
        pytest.param(npy([[0, 1]])[:-1], "damaged or incomplete", id="cut"),
        pytest.param(b"\x93NUMPY", "damaged or incomplete", id="signature-only"),
        pytest.param(with_header("rubbish"), "damaged or incomplete", id="header-rubbish"),
        pytest.param(
            with_header("{'descr': 'u1', 'shape': (1, 2)}"), "damaged or incomplete", id="key"
        ),
        pytest.param(with_header("(" * 5_000), "damaged or incomplete", id="header-deep"),
        pytest.param(npy([[0]]).replace(b"\x01\x00", b"\x07\x00", 1), "damaged", id="version"),
        pytest.param(
            with_header("{'descr': '|u1', 'fortran_order': False, 'shape': (10**9, 10**9)}\n"),
            "damaged or incomplete",  # no expressions in a header
            id="header-expression",
        ),
        pytest.param(
            with_header("{'descr': '|u1', 'fortran_order': False, 'shape': (100000, 100000)}\n"),
            "more than the 50 megapixels",
            id="claims-a-huge-shape",
        ),
        pytest.param(
            with_header(f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({'9' * 400}, 9)}}\n"),
            "more than the 50 megapixels",
            id="claims-an-absurd-shape",
        ),
        pytest.param(
            with_header("{'descr': '|u1', 'fortran_order': False, 'shape': (-1, -4)}\n"),
            "no plane of pixels",
            id="claims-a-negative-shape",
        ),
        pytest.param(
            with_header("{'descr': '|u1', 'fortran_order': False, 'shape': (6000, 6000)}\n"),
            "damaged or incomplete",
            id="claims-more-than-it-has",
        ),
    ],
)
def test_what_is_no_plane_of_ids_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(MaskError, match=message):
        read_mask(data, STREET)
