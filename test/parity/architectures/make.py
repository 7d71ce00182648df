"""Makes the fixtures of `npm run parity:architectures`: tiny random models of each architecture and option, run by transformers, and
tiny tokenizers of each kind with their tokenizations. Run with torch 2.15, transformers 5.23, tokenizers 0.23, gguf 0.19."""

import base64
import json
import pathlib
import shutil

import gguf
import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM, PreTrainedTokenizerFast,
                          Qwen2Config, Qwen2ForCausalLM)

HERE = pathlib.Path(__file__).parent
VOCABULARY, TOKENS, NEW = 48, 40, 20
SIZES = dict(vocab_size=VOCABULARY, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1,
             max_position_embeddings=64, rms_norm_eps=1e-5, initializer_range=0.3, bos_token_id=0, eos_token_id=1, pad_token_id=None)
ROPE = dict(rope_theta=100.0)

CASES = {
    "llama": (LlamaConfig, dict(rope_parameters={"rope_type": "default", **ROPE}), "float32"),
    "llama-tied": (LlamaConfig, dict(tie_word_embeddings=True), "bfloat16"),
    "llama-head-width": (LlamaConfig, dict(head_dim=8, num_attention_heads=4, num_key_value_heads=2), "float16"),
    "llama-linear": (LlamaConfig, dict(rope_parameters={"rope_type": "linear", "factor": 4.0, **ROPE}), "float16"),
    "llama-dynamic": (LlamaConfig, dict(rope_parameters={"rope_type": "dynamic", "factor": 2.0, **ROPE}), "float16"),
    "llama-llama3": (LlamaConfig, dict(rope_parameters={"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                                                        "original_max_position_embeddings": 32, **ROPE}), "bfloat16"),
    "llama-yarn": (LlamaConfig, dict(rope_parameters={"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, **ROPE}), "float16"),
    "llama-yarn-options": (LlamaConfig, dict(rope_parameters={"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "beta_fast": 4.0,
                                                              "beta_slow": 0.5, "attention_factor": 1.3, "truncate": False, **ROPE}), "float16"),
    "mistral": (MistralConfig, dict(sliding_window=None), "float16"),
    "mistral-window": (MistralConfig, dict(sliding_window=7), "bfloat16"),
    "qwen2": (Qwen2Config, dict(), "bfloat16"),
    "qwen2-tied-shards": (Qwen2Config, dict(tie_word_embeddings=True), "float16"),
}
CLASSES = {LlamaConfig: LlamaForCausalLM, MistralConfig: MistralForCausalLM, Qwen2Config: Qwen2ForCausalLM}
GGUFS = {  # file, case whose weights it has, fields
    "gguf-llama.gguf": ("llama-tied", {}),
    "gguf-linear.gguf": ("llama-linear", {"rope.scaling.type": "linear", "rope.scaling.factor": 4.0}),
    "gguf-rope-freqs.gguf": ("llama-llama3", {}),
    "gguf-yarn.gguf": ("llama-yarn", {"rope.scaling.type": "yarn", "rope.scaling.factor": 4.0, "rope.scaling.original_context_length": 16}),
    "gguf-window.gguf": ("mistral-window", {"attention.sliding_window": 7}),
    "gguf-qwen2.gguf": ("qwen2", {}),
}


def tokenizer():
    """Characters and a few merges: enough to load a model."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.train_from_iterator(["the quick brown fox jumps over the lazy dog"] * 2,
                             trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=["<s>", "</s>"], show_progress=False))
    return made


def save(name, config, dtype):
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    torch.manual_seed(sum(map(ord, name)))
    model = CLASSES[type(config)](config)
    with torch.no_grad():
        for key, values in model.named_parameters():
            if "norm" in key:
                values.copy_(1 + 0.3 * torch.randn_like(values))
            if "bias" in key:
                values.copy_(0.5 * torch.randn_like(values))
    model.to(getattr(torch, dtype)).save_pretrained(folder, **({"max_shard_size": "5KB"} if "shards" in name else {}))
    PreTrainedTokenizerFast(tokenizer_object=tokenizer(), bos_token="<s>", eos_token="</s>").save_pretrained(folder)
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


def expect(name, model):
    generator = np.random.default_rng(sum(map(ord, name)))
    tokens = generator.integers(2, VOCABULARY, TOKENS).tolist()
    with torch.no_grad():
        logs = torch.log_softmax(model(torch.tensor([tokens])).logits[0].float(), -1).numpy()
    model.generation_config.eos_token_id = None
    prompts = [generator.integers(2, VOCABULARY, length).tolist() for length in (3, 11, 17)]
    answers = [model.generate(torch.tensor([prompt]), max_new_tokens=NEW, do_sample=False)[0, len(prompt):].tolist() for prompt in prompts]
    return {"tokens": tokens, "logProbabilities": base64.b64encode(logs.astype("<f4").tobytes()).decode(), "prompts": prompts, "answers": answers}


def pairs(values, heads):
    """Rows from halves (transformers) to neighbouring pairs (GGUF), as llama.cpp's converter does."""
    return values.reshape(heads, 2, values.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(values.shape)


def write_gguf(file, case, fields, **split):
    model = AutoModelForCausalLM.from_pretrained(HERE / case, dtype=torch.float32)
    config, state = model.config, {key: values.detach().numpy() for key, values in model.state_dict().items()}
    arch = "qwen2" if config.model_type == "qwen2" else "llama"
    writer = gguf.GGUFWriter(HERE / file, arch, **split)
    writer.add_name(file)
    writer.add_context_length(64)
    writer.add_embedding_length(16)
    writer.add_block_count(2)
    writer.add_feed_forward_length(24)
    writer.add_head_count(2)
    writer.add_head_count_kv(1)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    for key, value in fields.items():
        key = f"{arch}.{key}"
        writer.add_string(key, value) if isinstance(value, str) else writer.add_float32(key, value) if isinstance(value, float) else writer.add_uint32(key, value)
    vocabulary = sorted(tokenizer().get_vocab().items(), key=lambda pair: pair[1])
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([token for token, _ in vocabulary])
    writer.add_token_types([3 if i < 2 else 1 for _, i in vocabulary])
    writer.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in json.loads(tokenizer().to_str())["model"]["merges"]])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(1)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.QWEN2 if arch == "qwen2" else gguf.MODEL_ARCH.LLAMA, 2)
    if case == "llama-llama3":
        writer.add_tensor("rope_freqs.weight", llama3_factors(config))
    for key, values in state.items():
        if key == "lm_head.weight" and config.tie_word_embeddings:
            continue
        if arch == "llama" and ("q_proj" in key or "k_proj" in key):
            values = pairs(values, 2 if "q_proj" in key else 1)
        name = names.get_name(key, try_suffixes=(".weight", ".bias"))
        writer.add_tensor(name, np.ascontiguousarray(values if values.ndim == 1 else values.astype(np.float16)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    # what was written is a rounding of bfloat16 weights to float16 at most: run transformers on the very same values
    with torch.no_grad():
        for values in model.parameters():
            if values.ndim > 1:
                values.copy_(values.to(torch.float16).float())
    return model.eval()


def llama3_factors(config):
    rope = config.rope_parameters
    inverse = 1.0 / rope["rope_theta"] ** (np.arange(0, 8, 2) / 8)
    old, low, high, factor = rope["original_max_position_embeddings"], rope["low_freq_factor"], rope["high_freq_factor"], rope["factor"]
    factors = []
    for wave in 2 * np.pi / inverse:
        smooth = (old / wave - low) / (high - low)
        factors.append(1 if wave < old / high else factor if wave > old / low else 1 / ((1 - smooth) / factor + smooth))
    return np.array(factors, dtype=np.float32)


expected = {}
for name, (kind, options, dtype) in CASES.items():
    expected[name] = expect(name, save(name, kind(**{**SIZES, **options}), dtype))
for file, (case, fields) in GGUFS.items():
    expected[file] = expect(file, write_gguf(file, case, fields))
for old in HERE.glob("gguf-split-*.gguf"):
    old.unlink()
expected["gguf-split-00001-of-00002.gguf"] = expect("gguf-split", write_gguf("gguf-split.gguf", "llama-tied", {}, split_max_tensors=11))
(HERE / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")
