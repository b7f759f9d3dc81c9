"""Runs each ONNX file of a folder on the images beside it, and prints how far apart its outputs are from those expected."""
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

results = {}
for file in sorted(Path(sys.argv[1]).glob("*.onnx")):
    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(file)
    apart = {}
    for arrays in sorted(file.parent.glob(f"{file.stem}-batch-*.npz")):
        expected = dict(np.load(arrays))
        names = [output.name for output in session.get_outputs()]
        found = dict(zip(names, session.run(None, {"images": expected.pop("images")})))
        assert found.keys() == expected.keys(), (found.keys(), expected.keys())
        for name, values in expected.items():
            assert found[name].shape == values.shape, (name, found[name].shape, values.shape)
            apart[f"{arrays.stem}: {name}"] = float(np.abs(found[name] - values).max())
    results[file.stem] = {
        "opset": model.opset_import[0].version,
        "ir": model.ir_version,
        "doc": model.doc_string,
        "metadata": session.get_modelmeta().custom_metadata_map,
        "apart": apart,
    }
print(json.dumps(results))
