"""Training steps of Transformers' models on PyTorch, asked over pipes: a line of JSON in, a line of JSON out.

    {"method": "open", "name": NAME, "kind": "jamba" | "llama", "config": {...}, "precision": "f32" | "bf16"}
    {"method": "step", "name": NAME, "context": T, "sequences": B}   the seconds of one step and its loss

A step is forward, backward, clipping and AdamW, as `bench/training.mjs` takes them; bf16 is autocast over f32 weights.
"""

import json
import os
import sys
import time

threads = int(sys.argv[1])
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # What libraries print is not an answer.

import torch  # noqa: E402
import transformers  # noqa: E402
from transformers.utils.import_utils import is_mambapy_available  # noqa: E402
from transformers import JambaConfig, JambaForCausalLM, LlamaConfig, LlamaForCausalLM  # noqa: E402

torch.set_num_threads(threads)
torch.manual_seed(1)
kinds = {"jamba": (JambaConfig, JambaForCausalLM), "llama": (LlamaConfig, LlamaForCausalLM)}
opened = {}


def about():
    return {"python": sys.version.split()[0], "torch": torch.__version__, "transformers": transformers.__version__,
            "mambapy": is_mambapy_available(), "threads": torch.get_num_threads()}


def open_model(name, kind, config, precision):
    make_config, make_model = kinds[kind]
    options = dict(use_mamba_kernels=False, use_mambapy=True) if kind == "jamba" else {}
    made = make_config(**{key: value for key, value in config.items() if key != "model_type"}, **options, use_cache=False)
    model = make_model(made).float().train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, betas=(0.9, 0.95), weight_decay=0.1)
    opened[name] = model, optimizer, precision
    return {"parameters": sum(p.numel() for p in model.parameters())}


def step(name, context, sequences):
    model, optimizer, precision = opened[name]
    ids = torch.randint(3, model.config.vocab_size, (sequences, context))
    started = time.perf_counter()
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
        loss = model(input_ids=ids, labels=ids).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    value = loss.item()
    return {"seconds": time.perf_counter() - started, "loss": value}


methods = {"open": open_model, "step": step}


def answer(value):
    answers.write(json.dumps(value) + "\n")
    answers.flush()


answer({"result": about()})
for line in sys.stdin:
    request = json.loads(line)
    try:
        answer({"result": methods[request.pop("method")](**request)})
    except Exception as error:  # The caller decides what a failure means.
        answer({"error": f"{type(error).__name__}: {error}"})
