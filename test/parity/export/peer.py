"""Loads an exported folder as its users would, and writes what it computes: see test/parity/export.ts.

usage: python peer.py FORMAT FOLDER IDS.json OUT.json
FORMAT: safetensors, gptq, awq (transformers, with gptqmodel's kernels on torch, on the processor) or gguf (the `gguf` package)
IDS.json: {"prompts": [[token ids]], "layers": [module names]}
OUT.json: {"versions", "logprobs": per prompt the log-probabilities behind its last token, "layers": per module its weights' float32 sums}
"""

import hashlib
import json
import os
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TORCHDYNAMO_DISABLE"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"


def digest(array):
    import numpy

    return hashlib.sha256(numpy.ascontiguousarray(array, dtype="<f4").tobytes()).hexdigest()


def read_gguf(folder, layers):
    import gguf
    import numpy

    reader = gguf.GGUFReader(os.path.join(folder, "model.gguf"))
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    found = {name: digest(gguf.dequantize(tensors[name].data, tensors[name].tensor_type).astype(numpy.float32)) for name in layers}
    return {"versions": {"numpy": numpy.__version__}, "logprobs": [], "layers": found}


def weights_of(module):
    """[outputs, inputs] in the precision of the loader's own unpacking."""
    if not hasattr(module, "qweight"):
        return module.weight.detach()
    if hasattr(module, "dequantize_weight"):
        return module.dequantize_weight().T
    from gptqmodel.quantization.awq.utils.packing_utils import dequantize_gemm

    return dequantize_gemm(module.qweight, module.qzeros, module.scales, module.bits, module.group_size).T


def load(format, folder):
    import torch
    from transformers import AutoModelForCausalLM, AwqConfig, GPTQConfig

    torch.set_num_threads(2)
    if format == "safetensors":
        return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    with open(os.path.join(folder, "config.json")) as file:
        bits = json.load(file)["quantization_config"]["bits"]
    config = GPTQConfig(bits=bits, backend="torch") if format == "gptq" else AwqConfig(bits=bits, backend="torch_awq")
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float16, device_map="cpu", quantization_config=config)


def in_full_precision(model):
    """Packed modules as linear layers of their unpacked weights: torch's float16 products on a processor are slow and coarse."""
    import torch

    for name, module in list(model.named_modules()):
        if not hasattr(module, "qweight"):
            continue
        weights = weights_of(module).float()
        linear = torch.nn.Linear(weights.shape[1], weights.shape[0], bias=module.bias is not None, dtype=torch.float32)
        linear.weight.data = weights
        if module.bias is not None:
            linear.bias.data = module.bias.float()
        model.set_submodule(name, linear)
    return torch.nn.Module.float(model)  # transformers refuses it for what was loaded packed


def run(format, folder, ids):
    import torch
    import transformers

    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    with torch.no_grad():
        model = load(format, folder).eval()
        packed = {type(module).__name__ for module in model.modules() if hasattr(module, "qweight")}
        if packed:
            import gptqmodel

            versions |= {"gptqmodel": gptqmodel.__version__, "kernel": "+".join(sorted(packed))}
        modules = dict(model.named_modules())
        layers = {name: digest(weights_of(modules[name]).float().numpy()) for name in ids["layers"]}
        model = in_full_precision(model)
        logprobs = [
            torch.log_softmax(model(torch.tensor([prompt])).logits[0, -1].double(), -1).tolist() for prompt in ids["prompts"]
        ]
    return {"versions": versions, "logprobs": logprobs, "layers": layers}


def main():
    format, folder, given, out = sys.argv[1:]
    with open(given) as file:
        ids = json.load(file)
    found = read_gguf(folder, ids["layers"]) if format == "gguf" else run(format, folder, ids)
    with open(out, "w") as file:
        json.dump(found, file)


main()
