"""Files that `npm run bench` writes for its contenders: safetensors of weights, images and labels, options as metadata."""
import json

import torch

kinds = {"F32": torch.float32, "I32": torch.int32, "U8": torch.uint8}


class ProblemError(Exception):
    """A file or a request that cannot be used; the message says what was expected, what was found and what to do."""


def read_safetensors(path):
    """
    Tensors by name, and the metadata.

    Raises ProblemError for anything but a safetensors file of float32, int32 and bytes.
    """
    try:
        with open(path, "rb") as file:
            content = bytearray(file.read())
    except OSError as error:
        raise ProblemError(
            f"expected a file {path}, found {error.strerror}: name one that npm run bench wrote"
        ) from error
    length = int.from_bytes(content[:8], "little")
    try:
        header = json.loads(content[8 : 8 + length])
    except ValueError as error:
        raise ProblemError(
            f"expected a safetensors file, found {len(content)} bytes without its header in {path}: write it anew"
        ) from error
    metadata = header.pop("__metadata__", {})
    return {name: tensor(name, entry, content, 8 + length) for name, entry in header.items()}, metadata


def tensor(name, entry, content, start):
    kind = kinds.get(entry["dtype"])
    if kind is None:
        raise ProblemError(f"expected {name} of {', '.join(kinds)}, found {entry['dtype']}: write the file anew")
    begin, end = entry["data_offsets"]
    count = torch.Size(entry["shape"]).numel()
    if end - begin != count * kind.itemsize or start + end > len(content):
        raise ProblemError(
            f"expected {count * kind.itemsize} bytes of {name} {entry['shape']}, found {len(content) - start - begin}: "
            "the file is cut off, write it anew"
        )
    return torch.frombuffer(content, dtype=kind, count=count, offset=start + begin).reshape(entry["shape"]).clone()


def demand(tensors, *names):
    """Takes these tensors out of the others."""
    missing = [name for name in names if name not in tensors]
    if missing:
        raise ProblemError(
            f"expected the tensors {', '.join(names)}, found no {', '.join(missing)}: "
            "write the file anew with npm run bench"
        )
    return [tensors.pop(name) for name in names]


def demand_count(request, key, most=None):
    """A whole number of a request, from 1 to `most`."""
    value = request.get(key)
    if type(value) is int and value >= 1 and (most is None or value <= most):
        return value
    limit = "" if most is None else f" to {most}"
    raise ProblemError(f"expected {key} from 1{limit}, found {json.dumps(value)}: ask for as many as the problem has")
