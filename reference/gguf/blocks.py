"""Blocks of random bytes in every format that is read, and what PyPI's `gguf` makes of them.

    pip install gguf numpy
    python blocks.py OUT.safetensors

Tensors `FORMAT.bytes` (blocks, bytes of a block) U8 and `FORMAT.values` (blocks, values of a block) F32. The scales of half of
the blocks are ordinary numbers; those of the others are random bits, infinities and NaN among them.
"""
import json
import sys

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, dequantize

BLOCKS = 24
# Where the halves lie in a block.
SCALES = {
    "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q2_K": [80, 82], "Q3_K": [108],
    "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208], "IQ4_NL": [0], "IQ4_XS": [0],
}
random = np.random.default_rng(19)
header, data = {}, b""


def put(name, dtype, array):
    global data
    content = array.tobytes()
    header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [len(data), len(data) + len(content)]}
    data += content


for name, places in SCALES.items():
    kind = GGMLQuantizationType[name]
    _, size = GGML_QUANT_SIZES[kind]
    blocks = random.integers(0, 256, (BLOCKS, size), dtype=np.uint8)
    for at in places:
        ordinary = random.normal(0, 0.05, BLOCKS // 2).astype(np.float16)
        blocks[: BLOCKS // 2, at : at + 2] = ordinary.view(np.uint8).reshape(-1, 2)
        blocks[-2:, at : at + 2] = np.array([np.inf, np.nan], np.float16).view(np.uint8).reshape(-1, 2)
    with np.errstate(all="ignore"):
        values = dequantize(blocks, kind).astype("<f4")
    # Which NaN it is means nothing.
    values[np.isnan(values)] = np.nan
    put(f"{name}.values", "F32", values)
    put(f"{name}.bytes", "U8", blocks)

text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
with open(sys.argv[1], "wb") as out:
    out.write(len(text).to_bytes(8, "little") + text + data)
