"""Imports the module of each exported folder, and prints how far apart its outputs are from those expected."""
import importlib.util
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

results = {}
for folder in sorted(path for path in Path(sys.argv[1]).iterdir() if path.is_dir()):
    spec = importlib.util.spec_from_file_location(f"model_{folder.name}", folder / "model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    network = module.load()
    apart = {}
    for file in sorted(folder.parent.glob(f"{folder.name}-batch-*.safetensors")):
        expected = load_file(file)
        with torch.no_grad():
            found = network(expected.pop("images").permute(0, 3, 1, 2))
        assert found.keys() == expected.keys(), (found.keys(), expected.keys())
        for name, values in expected.items():
            values = values.permute(0, 3, 1, 2) if name == "reconstructions" else values
            assert found[name].shape == values.shape, (name, found[name].shape, values.shape)
            apart[f"{file.stem}: {name}"] = float((found[name] - values).abs().max())
    # What a training writes: all of the state, counters too. A gradient reaches every weight.
    network.train()
    outputs = network(load_file(file)["images"].permute(0, 3, 1, 2))
    sum(output.sum() for output in outputs.values()).backward()
    without = [name for name, weight in network.named_parameters() if weight.grad is None or not weight.grad.isfinite().all()]
    save_file(module.load().state_dict(), folder / "again.safetensors")
    results[folder.name] = {"apart": apart, "without gradient": without, "classes": module.classes}
print(json.dumps(results))
