"""The published shapes, from the models' own configuration files."""


def tower(width, layers, heads, activation, epsilon, **more):
    return dict(width=width, layers=layers, heads=heads, mlp=4 * width, activation=activation,
                epsilon=epsilon, **more)


def clip(dimensions, patch, width, layers, heads, text_width, text_heads, side=224):
    return dict(
        family="clip", dimensions=dimensions,
        vision=tower(width, layers, heads, "quick_gelu", 1e-5, side=side, patch=patch),
        text=tower(text_width, 12, text_heads, "quick_gelu", 1e-5, tokens=77, vocabulary=49408))


SHAPES = {
    # No model at all: it averages each channel, so that it costs the pictures' way to the device.
    "copy": clip(3, patch=1, width=3, layers=0, heads=1, text_width=64, text_heads=2),
    "copy-tiny": clip(3, patch=1, width=3, layers=0, heads=1, text_width=64, text_heads=2, side=64),
    # Small, of no published model: to try a command with.
    "tiny": clip(32, patch=16, width=64, layers=2, heads=2, text_width=64, text_heads=2, side=64),
    "vit-b-32": clip(512, patch=32, width=768, layers=12, heads=12, text_width=512, text_heads=8),
    "vit-b-16": clip(512, patch=16, width=768, layers=12, heads=12, text_width=512, text_heads=8),
    "vit-l-14": clip(768, patch=14, width=1024, layers=24, heads=16, text_width=768, text_heads=12),
    "siglip-b-16": dict(
        family="siglip", dimensions=768,
        vision=tower(768, 12, 12, "gelu_tanh", 1e-6, side=224, patch=16),
        text=tower(768, 12, 12, "gelu_tanh", 1e-6, tokens=64, vocabulary=32000)),
}
