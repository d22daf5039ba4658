"""Logits of a model folder by Transformers in f32: ids as a JSON list on stdin, f32 (T, V) to the file named second."""

import json
import sys

import torch
import transformers
from transformers import AutoConfig, AutoModelForCausalLM

folder, out = sys.argv[1:]
config = AutoConfig.from_pretrained(folder)
if config.model_type == "jamba":
    config.use_mamba_kernels = False
model = AutoModelForCausalLM.from_pretrained(folder, config=config, dtype=torch.float32).eval()
ids = torch.tensor([json.load(sys.stdin)])
with torch.no_grad():
    logits = model(input_ids=ids, use_cache=False).logits[0].float().contiguous()
logits.numpy().tofile(out)
print(f"torch {torch.__version__}, transformers {transformers.__version__}")
