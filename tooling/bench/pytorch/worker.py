"""
A contender in PyTorch as a process, which `npm run bench` starts and asks:

    python worker.py problem.safetensors --threads 2 [--compile] [--course course.safetensors]

The problem holds the weights of one of the two networks, images and labels, and the network's options in its metadata;
the course, what is learnt for the time to accuracy. Requests are lines of JSON on stdin, answers lines of JSON on stdout,
as src/contenders/protocol.ts says: {"do": "train" | "infer" | "classify", "batch": 128, "steps": 5}, {"do": "learn", "steps": 5}.
"""
import argparse
import json
import platform
import sys
import time

import torch

from capsnet import CapsuleNetwork
from course import Course
from efficient import EfficientCapsuleNetwork
from problem import ProblemError, demand, demand_count, read_safetensors

try:
    import resource
except ImportError:  # Windows, which keeps no such record
    resource = None

networks = {"paper": CapsuleNetwork, "efficient": EfficientCapsuleNetwork}


def build(name, weights, options):
    """The network, with these weights."""
    if name not in networks:
        raise ProblemError(
            f"expected the network {' or '.join(networks)}, found {name}: write the problem anew with npm run bench"
        )
    try:
        model = networks[name]({name: list(weight.shape) for name, weight in weights.items()}, options)
    except KeyError as error:
        raise ProblemError(
            f"expected {error} among the weights and options of {name}, found {', '.join([*weights, *options])}: "
            "write the problem anew with npm run bench"
        ) from error
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        found = " ".join(str(error).split())
        raise ProblemError(f"expected the weights of {name}, found others: {found}. Write the problem anew") from error
    return model


class Session:
    def __init__(self, path, compiled, course):
        tensors, metadata = read_safetensors(path)
        images, labels = demand(tensors, "images", "labels")
        if images.dim() != 4 or labels.shape != images.shape[:1]:
            raise ProblemError(
                f"expected images [n, height, width, channels] and labels [n], found {list(images.shape)} and "
                f"{list(labels.shape)}: write the problem anew with npm run bench"
            )
        self.images = images.permute(0, 3, 1, 2).contiguous()
        self.labels = labels.long()
        options = json.loads(metadata.get("options", "{}"))
        self.model = build(metadata.get("network"), tensors, options)
        self.loss, self.predict = self.model.loss, self.model.predict
        if compiled:
            self.loss = torch.compile(self.loss, dynamic=False)
            self.predict = torch.compile(self.predict, dynamic=False)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=options["learningRate"])
        self.course = Course(course) if course else None

    def step(self, images, labels):
        self.optimizer.zero_grad()
        loss = self.loss(images, labels)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def train(self, batch):
        return self.step(self.images[:batch], self.labels[:batch])

    def infer(self, batch):
        with torch.inference_mode():
            return self.predict(self.images[:batch])

    def classify(self, batch):
        with torch.inference_mode():
            scores, labels = self.model.classify(self.images[:batch])
            return labels.tolist(), scores.tolist()

    def learn(self):
        images, labels, rate = self.course.next()
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        return self.step(images, labels)

    def answer(self, request):
        do = request.get("do")
        if do == "learn":
            return self.learnt(demand_count(request, "steps", self.demand_course().steps_left))
        runs = {"train": self.train, "infer": self.infer, "classify": self.classify}
        if do not in runs:
            raise ProblemError(
                f"expected {', '.join(runs)} or learn to do, found {json.dumps(do)}: ask for one of them"
            )
        batch = demand_count(request, "batch", len(self.images))
        self.model.train(do == "train")
        timed, results = timed_steps(demand_count(request, "steps"), lambda: runs[do](batch))
        if do == "train":
            return {**timed, "losses": results}
        if do == "classify":
            labels, scores = results[-1]
            return {**timed, "labels": labels, "scores": scores}
        lengths, reconstructions = results[-1]
        return {**timed, "lengths": lengths.flatten().tolist(), "reconstruction": reconstructions[0].tolist()}

    def learnt(self, steps):
        self.model.train()
        timed, losses = timed_steps(steps, self.learn)
        self.model.eval()
        with torch.inference_mode():
            return {**timed, "losses": losses, "accuracy": self.course.accuracy(self.model.classify)}

    def demand_course(self):
        if self.course is None:
            raise ProblemError("expected a course to learn, found none: start the worker with --course")
        return self.course


def timed_steps(steps, run):
    """Seconds of each, processor time of all, and peak memory so far; and what each gave."""
    seconds, results = [], []
    before = processor_time()
    for _ in range(steps):
        start = time.perf_counter()
        results.append(run())
        seconds.append(time.perf_counter() - start)
    after = processor_time()
    processor = after and {kind: after[kind] - before[kind] for kind in after}
    return {"seconds": seconds, "processor": processor, "peakBytes": peak_bytes()}, results


def processor_time():
    """Seconds of all threads so far, in the program and in the kernel; None on Windows."""
    if resource is None:
        return None
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {"user": usage.ru_utime, "system": usage.ru_stime}


def peak_bytes():
    """Peak resident memory of this process; None on Windows."""
    if resource is None:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def threads(text):
    if text.isdecimal() and int(text) >= 1:
        return int(text)
    raise argparse.ArgumentTypeError(f"expected a number from 1, found {text}: give as many as there are cores")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("problem")
    parser.add_argument("--threads", type=threads, required=True)
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--course")
    options = parser.parse_args()

    # Whatever a library prints must not come between the lines of the protocol.
    answers, sys.stdout = sys.stdout, sys.stderr

    def tell(answer):
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    def tell_error(error):
        """To who asked: of a long explanation of the compiler, the first line."""
        message = str(error).strip().splitlines()[0] if str(error) else ""
        tell({"error": message if isinstance(error, ProblemError) else f"{type(error).__name__}: {message}"})

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    try:
        session = Session(options.problem, options.compile, options.course)
    except Exception as error:
        tell_error(error)
        return
    tell({"result": {"versions": {"torch": torch.__version__, "python": platform.python_version()}}})
    for line in sys.stdin:
        try:
            tell({"result": session.answer(json.loads(line))})
        except Exception as error:
            tell_error(error)


if __name__ == "__main__":
    main()
