"""A moderation consumer as one would write it in Python: the peer of bench/peers.

Reads pictures from one topic, tags them with a CLIP model and writes JSON to another. Pictures of a
batch are decoded and resized on threads (Pillow lets go of the interpreter's lock) while the batch
before them is in the model. JPEGs are decoded smaller where that is cheaper, as Halcyon does. A
batch's offsets are committed when its results are acknowledged: at least once.

--processes shares the threads among as many processes of one consumer group, so that no batch waits
for its slowest thread. --one-by-one is the loop that tutorials show instead: a picture a call of the model, offsets
committed in the background whether or not the results are there.
"""

import argparse
import io
import json
import multiprocessing
import multiprocessing.connection
import pathlib
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

import confluent_kafka
import numpy as np
import onnxruntime as ort
from PIL import Image


def preprocessing(config):
    """How a picture becomes the model's input: size, crop, filter, mean, std."""
    size = config["size"]
    edge = size.get("shortest_edge") if isinstance(size, dict) else size
    crop = config.get("crop_size", {})
    height = crop.get("height", edge) if isinstance(crop, dict) else crop
    mean = np.array(config.get("image_mean", [0, 0, 0]), np.float32).reshape(3, 1, 1)
    std = np.array(config.get("image_std", [1, 1, 1]), np.float32).reshape(3, 1, 1)
    if not config.get("do_normalize", True):
        mean, std = np.zeros((3, 1, 1), np.float32), np.ones((3, 1, 1), np.float32)
    if edge is None:
        edge, height = size["height"], size["height"]
    return edge, height, Image.Resampling(config.get("resample", 3)), mean, std


def pixels(encoded, spec, draft):
    edge, crop, resample, mean, std = spec
    image = Image.open(io.BytesIO(encoded))
    if draft:
        image.draft("RGB", (3 * edge, 3 * edge))
    image = image.convert("RGB")
    width, height = image.size
    scale = edge / min(width, height)
    image = image.resize((max(edge, int(width * scale)), max(edge, int(height * scale))), resample)
    left, top = (image.width - crop) // 2, (image.height - crop) // 2
    image = image.crop((left, top, left + crop, top + crop))
    array = np.asarray(image, np.float32).transpose(2, 0, 1) / 255
    return (array - mean) / std


class Tagger:
    """The image encoder and the prompts' embeddings, which lie ready in a file."""

    def __init__(self, args):
        options = ort.SessionOptions()
        options.intra_op_num_threads = args.threads
        options.inter_op_num_threads = 1
        if not args.one_by_one:
            # Spinning threads would take the processor from decoding.
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        graph = args.model / "vision_model.onnx"
        if not graph.is_file():
            graph = args.model / "onnx" / "vision_model.onnx"
        self.session = ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self.input = self.session.get_inputs()[0].name
        self.output = self.session.get_outputs()[0].name
        self.texts = np.fromfile(args.texts, ">f4").astype(np.float32).reshape(args.prompts, -1)
        self.scale = args.logit_scale

    def tags(self, arrays):
        """The five likeliest prompts of each picture, as JSON."""
        found = self.session.run([self.output], {self.input: np.stack(arrays)})[0]
        logits = self.scale * (found / np.linalg.norm(found, axis=1, keepdims=True)) @ self.texts.T
        scores = np.exp(logits - logits.max(axis=1, keepdims=True))
        scores /= scores.sum(axis=1, keepdims=True)
        return [
            json.dumps({str(i): round(float(row[i]), 4) for i in np.argsort(-row)[:5]})
            for row in scores
        ]


class Running:
    """False once the process is asked to stop."""

    def __init__(self):
        self.wanted = True
        signal.signal(signal.SIGTERM, self.stop)

    def stop(self, *_):
        self.wanted = False

    def __bool__(self):
        return self.wanted


def in_batches(args, spec, tagger, consumer, producer):
    running = Running()
    pool = ThreadPoolExecutor(args.threads)

    def take(wait):
        """The pictures that are there as soon as one is, and their pixels to come."""
        messages = consumer.consume(1, wait)
        if messages:
            messages += consumer.consume(args.batch - 1, 0)
        messages = [m for m in messages if m.error() is None]
        return messages, [pool.submit(pixels, m.value(), spec, True) for m in messages]

    ahead = take(0.1)
    while running:
        messages, coming = ahead
        # The next batch decodes while this one is in the model.
        ahead = take(0 if messages else 0.1)
        if not messages:
            continue
        kept, arrays = [], []
        for message, future in zip(messages, coming):
            try:
                arrays.append(future.result())
                kept.append(message)
            except Exception as error:  # a broken picture is data
                producer.produce(args.results, json.dumps({"rejected": str(error)}), message.key())
        if arrays:
            for message, tags in zip(kept, tagger.tags(arrays)):
                producer.produce(args.results, tags, message.key())
        # What was produced must be there before its offset is committed.
        producer.flush()
        consumer.commit(offsets=[
            confluent_kafka.TopicPartition(m.topic(), m.partition(), m.offset() + 1) for m in messages
        ], asynchronous=True)


def one_by_one(args, spec, tagger, consumer, producer):
    running = Running()
    while running:
        message = consumer.poll(1.0)
        if message is None or message.error():
            continue
        try:
            tags = tagger.tags([pixels(message.value(), spec, False)])[0]
        except Exception as error:  # a broken picture is data
            tags = json.dumps({"rejected": str(error)})
        producer.produce(args.results, tags, message.key())
        producer.poll(0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--uploads", required=True)
    parser.add_argument("--results", required=True)
    parser.add_argument("--group", required=True)
    parser.add_argument("--model", required=True, type=pathlib.Path)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--texts", required=True, help="the prompts' embeddings, big-endian floats")
    parser.add_argument("--prompts", type=int, required=True, help="how many")
    parser.add_argument("--logit-scale", type=float, required=True)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--one-by-one", action="store_true")
    args = parser.parse_args()
    if args.processes == 1:
        consume(args)
        return
    args.threads = max(1, args.threads // args.processes)
    workers = [multiprocessing.Process(target=consume, args=(args,)) for _ in range(args.processes)]
    for worker in workers:
        worker.start()
    running = Running()
    while running and all(worker.is_alive() for worker in workers):
        multiprocessing.connection.wait([worker.sentinel for worker in workers], 0.2)
    for worker in workers:
        worker.terminate()
        worker.join()
    if running:
        sys.exit("a process ended by itself")


def consume(args):
    with open(args.model / "preprocessor_config.json", encoding="utf-8") as file:
        spec = preprocessing(json.load(file))
    tagger = Tagger(args)
    consumer = confluent_kafka.Consumer(
        {
            "bootstrap.servers": args.bootstrap,
            "group.id": args.group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": args.one_by_one,
            "fetch.wait.max.ms": 10,
            "fetch.message.max.bytes": 16 << 20,
        }
    )
    producer = confluent_kafka.Producer({"bootstrap.servers": args.bootstrap, "linger.ms": 5})
    consumer.subscribe([args.uploads])
    print("versions onnxruntime ", ort.__version__, ", confluent-kafka ",
          confluent_kafka.__version__, ", Pillow ", Image.__version__, ", Python ",
          sys.version.split()[0], sep="", flush=True)
    work = one_by_one if args.one_by_one else in_batches
    work(args, spec, tagger, consumer, producer)
    producer.flush()
    consumer.close()


if __name__ == "__main__":
    main()
