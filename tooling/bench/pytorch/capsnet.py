"""
The capsule network of Sabour, Frosst and Hinton (2017) as one plainly writes it in PyTorch: all votes, routing by einsum,
the architecture and parameter names of labml.ai's MNISTCapsuleNetworkModel. It is what `npm run bench` compares with.

    python capsnet.py problem.safetensors --threads 2 [--compile]

The problem holds weights, images and labels, and the network's options in its metadata. Requests are lines of JSON on
stdin, answers lines of JSON on stdout: {"do": "train" | "infer", "batch": 128, "steps": 5}, see src/protocol.ts.
"""
import argparse
import json
import platform
import sys
import time

import torch
from torch import nn
from torch.nn.functional import one_hot


def squash(s, epsilon=1e-8):
    squared = (s ** 2).sum(dim=-1, keepdim=True)
    return squared / (1 + squared) * (s / torch.sqrt(squared + epsilon))


class Router(nn.Module):
    """Procedure 1 of the paper. softmax_over 'out': couplings sum to 1 over the parents (paper), 'in': the children (labml)."""

    def __init__(self, shape, iterations, softmax_over):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(shape))  # [in, out, inDim, outDim]
        self.iterations = iterations
        self.softmax = nn.Softmax(dim=2 if softmax_over == "out" else 1)

    def forward(self, u):
        votes = torch.einsum("ijnm,bin->bijm", self.weight, u)
        logits = votes.new_zeros(votes.shape[:3])
        for iteration in range(self.iterations):
            couplings = self.softmax(logits)
            v = squash(torch.einsum("bij,bijm->bjm", couplings, votes))
            if iteration < self.iterations - 1:
                logits = logits + torch.einsum("bjm,bijm->bij", v, votes)
        return v


class CapsuleNetwork(nn.Module):
    def __init__(self, shapes, options):
        super().__init__()
        self.options = options
        self.conv1 = convolution(shapes["conv1.weight"], options["strides"][0])
        self.conv2 = convolution(shapes["conv2.weight"], options["strides"][1])
        self.digit_capsules = Router(
            shapes["digit_capsules.weight"], options["iterations"], options["softmaxOver"]
        )
        layers = []
        index = 0
        while f"decoder.{index}.weight" in shapes:
            units, inputs = shapes[f"decoder.{index}.weight"]
            layers += [nn.Linear(inputs, units), nn.ReLU()]
            index += 2
        self.decoder = nn.Sequential(*layers[:-1], nn.Sigmoid())

    def capsules(self, images):
        x = self.conv2(torch.relu(self.conv1(images)))
        u = x.reshape(x.shape[0], self.options["dim"], -1).permute(0, 2, 1)  # [batch, in, inDim]
        return self.digit_capsules(squash(u))

    def reconstruct(self, capsules, classes):
        mask = one_hot(classes, capsules.shape[1]).to(capsules.dtype)
        return self.decoder((capsules * mask[:, :, None]).flatten(1))

    def loss(self, images, labels):
        """Margin loss (equation 4) and the reconstruction's summed squared error, averaged over the batch."""
        options = self.options
        capsules = self.capsules(images)
        lengths = torch.sqrt((capsules ** 2).sum(dim=-1))
        present = one_hot(labels, lengths.shape[1]).to(lengths.dtype)
        too_short = torch.relu(options["mPositive"] - lengths) ** 2
        too_long = torch.relu(lengths - options["mNegative"]) ** 2
        margin = (present * too_short + options["lambda"] * (1 - present) * too_long).sum(dim=-1)
        errors = (self.reconstruct(capsules, labels) - images.flatten(1)) ** 2
        return (margin + options["reconstructionWeight"] * errors.sum(dim=-1)).mean()

    def predict(self, images):
        """Lengths of the class capsules, and what the decoder makes of the longest."""
        capsules = self.capsules(images)
        lengths = torch.sqrt((capsules ** 2).sum(dim=-1))
        return lengths, self.reconstruct(capsules, lengths.argmax(dim=-1))


def convolution(shape, stride):
    filters, channels, size, _ = shape
    return nn.Conv2d(channels, filters, kernel_size=size, stride=stride)


def read_safetensors(path):
    kinds = {"F32": torch.float32, "I32": torch.int32}
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = bytearray(file.read())
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        kind = kinds[entry["dtype"]]
        tensors[name] = torch.frombuffer(data, dtype=kind, count=(end - start) // 4, offset=start)
        tensors[name] = tensors[name].reshape(entry["shape"]).clone()
    return tensors, metadata


class Session:
    def __init__(self, path, compiled):
        tensors, metadata = read_safetensors(path)
        self.images = tensors.pop("images").permute(0, 3, 1, 2).contiguous()
        self.labels = tensors.pop("labels").long()
        shapes = {name: list(tensor.shape) for name, tensor in tensors.items()}
        self.model = CapsuleNetwork(shapes, json.loads(metadata["options"]))
        self.model.load_state_dict(tensors)
        self.loss, self.predict = self.model.loss, self.model.predict
        if compiled:
            self.loss = torch.compile(self.loss, dynamic=False)
            self.predict = torch.compile(self.predict, dynamic=False)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=self.model.options["learningRate"])

    def train(self, batch):
        self.optimizer.zero_grad()
        loss = self.loss(self.images[:batch], self.labels[:batch])
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def infer(self, batch):
        with torch.inference_mode():
            return self.predict(self.images[:batch])

    def answer(self, request):
        run = {"train": self.train, "infer": self.infer}[request["do"]]
        seconds, results = [], []
        for _ in range(request["steps"]):
            start = time.perf_counter()
            results.append(run(request["batch"]))
            seconds.append(time.perf_counter() - start)
        answer = {"seconds": seconds, "peakBytes": peak_bytes()}
        if request["do"] == "train":
            return {**answer, "losses": results}
        lengths, reconstructions = results[-1]
        return {**answer, "lengths": lengths.flatten().tolist(), "reconstruction": reconstructions[0].tolist()}


def peak_bytes():
    """Peak resident memory of this process; None on Windows, which has no such record."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("problem")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()

    # Whatever a library prints must not come between the lines of the protocol.
    answers, sys.stdout = sys.stdout, sys.stderr

    def tell(answer):
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    session = Session(options.problem, options.compile)
    tell({"result": {"versions": {"torch": torch.__version__, "python": platform.python_version()}}})
    for line in sys.stdin:
        try:
            tell({"result": session.answer(json.loads(line))})
        except Exception as error:  # told to who asked, with the last line of a long explanation of the compiler
            tell({"error": f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}"})


if __name__ == "__main__":
    main()
