"""Writes python.safetensors, with the format's own library, and python.json, what it holds.

    pip install safetensors numpy
    python write_fixture.py
"""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

here = Path(__file__).parent
random = np.random.default_rng(5)
tensors = {
    "F64": random.normal(size=(2, 3)),
    "F32": random.normal(size=(3, 1, 2)).astype(np.float32),
    "F16": random.normal(size=5).astype(np.float16),
    "I64": np.array([[-(2**63), 2**63 - 1], [0, -1]]),
    "I32": np.array([-(2**31), 2**31 - 1, 7], np.int32),
    "I16": np.array([-(2**15), 2**15 - 1], np.int16),
    "I8": np.array([-128, 127, 1], np.int8),
    "U64": np.array([2**64 - 1], np.uint64),
    "U32": np.array([2**32 - 1], np.uint32),
    "U16": np.array([2**16 - 1], np.uint16),
    "U8": np.array([[0, 255]], np.uint8),
    "BOOL": np.array([True, False, True]),
    "scalar": np.array(1.5, np.float32),
    "empty": np.zeros((0, 4), np.float32),
    "name with spaces / Ä 漢": np.array([1, 2], np.uint8),
}
metadata = {"format": "np", "text": 'quotes " and\nlines, 漢'}
save_file(tensors, here / "python.safetensors", metadata)


def values(array):
    # float16 as its bits; 64-bit integers as text, since JSON readers round them
    flat = array.view(np.uint16) if array.dtype == np.float16 else array
    return [str(x) if array.dtype.itemsize == 8 and array.dtype.kind in "iu" else x for x in flat.ravel().tolist()]


expected = {name: {"shape": list(array.shape), "values": values(array)} for name, array in tensors.items()}
(here / "python.json").write_text(json.dumps({"metadata": metadata, "tensors": expected}, indent=1) + "\n")
