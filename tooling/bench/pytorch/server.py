"""
A network over HTTP as one plainly writes it in Python, in batches, which `npm run bench -- --serving` starts and asks:

    python server.py problem.safetensors --threads 2 [--batch-size 32] [--wait 2]

It says where it listens in a line of JSON on stdout. POST /classify takes {"images": [[[0.5, ...], ...]]}: images of one
channel, [image][row][column], in 0..1.
"""
import argparse
import asyncio
import json
import sys
from concurrent.futures import ThreadPoolExecutor

import torch
from aiohttp import web

from class_capsules import length
from problem import ProblemError, demand, read_safetensors
from worker import build


class Batches:
    """Images wait, `wait` seconds at most, until `largest` are there or the model is free."""

    def __init__(self, model, largest, wait):
        self.model, self.largest, self.wait = model, largest, wait
        self.waiting = asyncio.Queue()
        self.thread = ThreadPoolExecutor(1)

    async def scores(self, images):
        answers = [asyncio.get_running_loop().create_future() for _ in images]
        for image, answer in zip(images, answers):
            self.waiting.put_nowait((image, answer))
        return await asyncio.gather(*answers)

    async def run(self):
        loop = asyncio.get_running_loop()
        while True:
            batch = [await self.waiting.get()]
            until = loop.time() + self.wait
            while len(batch) < self.largest:
                try:
                    batch.append(await asyncio.wait_for(self.waiting.get(), until - loop.time()))
                except asyncio.TimeoutError:
                    break
            images, answers = zip(*batch)
            for answer, scores in zip(answers, await loop.run_in_executor(self.thread, self.classify, images)):
                answer.set_result(scores)

    def classify(self, images):
        with torch.inference_mode():
            return length(self.model.capsules(torch.tensor(images)[:, None])).tolist()


async def classify(request):
    images = (await request.json())["images"]
    scores = await request.app["batches"].scores(images)
    return web.json_response(
        {"predictions": [{"classes": [max(range(len(row)), key=row.__getitem__)], "scores": row} for row in scores]}
    )


async def serve(model, largest, wait):
    app = web.Application()
    batches = app["batches"] = Batches(model, largest, wait)
    app.router.add_post("/classify", classify)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    print(json.dumps({"type": "listening", "url": f"http://127.0.0.1:{port}"}), flush=True)
    await batches.run()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("problem")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--wait", type=float, default=2, help="milliseconds")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    tensors, metadata = read_safetensors(arguments.problem)
    demand(tensors, "images", "labels")
    model = build(metadata.get("network"), tensors, json.loads(metadata.get("options", "{}")))
    model.eval()
    asyncio.run(serve(model, arguments.batch_size, arguments.wait / 1000))


if __name__ == "__main__":
    try:
        main()
    except ProblemError as error:
        sys.exit(str(error))
