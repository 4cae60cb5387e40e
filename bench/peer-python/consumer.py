"""A moderation consumer as one would write it in Python, tuned: the peer of bench/peers.

Reads pictures from one topic, tags them with a CLIP model and writes JSON to another. Pictures of a
batch are decoded and resized on threads (Pillow lets go of the interpreter's lock) while the batch
before them is in the model. JPEGs are decoded smaller where that is cheaper, as Halcyon does.
"""

import argparse
import io
import json
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

import confluent_kafka
import numpy as np
import onnxruntime as ort
from PIL import Image
from tokenizers import Tokenizer


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


def pixels(encoded, spec):
    edge, crop, resample, mean, std = spec
    image = Image.open(io.BytesIO(encoded))
    image.draft("RGB", (3 * edge, 3 * edge))
    image = image.convert("RGB")
    width, height = image.size
    scale = edge / min(width, height)
    image = image.resize((max(edge, int(width * scale)), max(edge, int(height * scale))), resample)
    left, top = (image.width - crop) // 2, (image.height - crop) // 2
    image = image.crop((left, top, left + crop, top + crop))
    array = np.asarray(image, np.float32).transpose(2, 0, 1) / 255
    return (array - mean) / std


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def session(path, threads):
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Spinning threads would take the processor from decoding.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def text_embeddings(model, prompts, threads):
    tokenizer = Tokenizer.from_file(f"{model}/tokenizer.json")
    encoder = session(f"{model}/text_model.onnx", threads)
    names = [port.name for port in encoder.get_inputs()]
    rows = []
    for prompt in prompts:
        encoded = tokenizer.encode(prompt)
        inputs = {}
        for name in names:
            values = encoded.attention_mask if "mask" in name else encoded.ids
            inputs[name] = np.array([values], np.int64)
        rows.append(encoder.run(None, inputs)[0][0])
    return unit(np.stack(rows))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--uploads", required=True)
    parser.add_argument("--results", required=True)
    parser.add_argument("--group", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--prompts", required=True, help="JSON list")
    parser.add_argument("--logit-scale", type=float, required=True)
    args = parser.parse_args()

    with open(f"{args.model}/preprocessor_config.json", encoding="utf-8") as file:
        spec = preprocessing(json.load(file))
    prompts = json.loads(args.prompts)
    texts = text_embeddings(args.model, prompts, args.threads)
    vision = session(f"{args.model}/vision_model.onnx", args.threads)
    image_input, image_output = vision.get_inputs()[0].name, vision.get_outputs()[0].name

    consumer = confluent_kafka.Consumer(
        {
            "bootstrap.servers": args.bootstrap,
            "group.id": args.group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "fetch.wait.max.ms": 10,
            "fetch.message.max.bytes": 16 << 20,
        }
    )
    producer = confluent_kafka.Producer({"bootstrap.servers": args.bootstrap, "linger.ms": 5})
    consumer.subscribe([args.uploads])
    pool = ThreadPoolExecutor(args.threads)
    running = True

    def stop(*_):
        nonlocal running
        running = False

    signal.signal(signal.SIGTERM, stop)
    print("versions", sys.version.split()[0], "onnxruntime", ort.__version__, "confluent-kafka",
          confluent_kafka.__version__, "Pillow", Image.__version__, flush=True)

    def take(timeout):
        """The next pictures and their pixels to come."""
        messages = [m for m in consumer.consume(args.batch, timeout) if m.error() is None]
        return messages, [pool.submit(pixels, m.value(), spec) for m in messages]

    ahead = take(0.1)
    while running:
        messages, coming = ahead
        # The next batch decodes while this one is in the model.
        ahead = take(0.01 if messages else 0.1)
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
            embeddings = unit(vision.run([image_output], {image_input: np.stack(arrays)})[0])
            logits = args.logit_scale * embeddings @ texts.T
            scores = np.exp(logits - logits.max(axis=1, keepdims=True))
            scores /= scores.sum(axis=1, keepdims=True)
            for message, row in zip(kept, scores):
                tags = {prompts[i]: round(float(row[i]), 4) for i in np.argsort(-row)[:5]}
                producer.produce(args.results, json.dumps(tags), message.key())
        producer.poll(0)
        # What was produced must be there before its offset is committed.
        producer.flush()
        consumer.commit(offsets=[
            confluent_kafka.TopicPartition(m.topic(), m.partition(), m.offset() + 1) for m in messages
        ], asynchronous=True)
    producer.flush()
    consumer.close()


if __name__ == "__main__":
    main()
