"""Makes the tiny ONNX text classifier beside it: logits are sums of one weight vector a word. Needs `onnx` (1.23) from PyPI."""

import json
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

HERE = Path(__file__).parent
WORDS = ["[PAD]", "[UNK]", "calm", "grumpy", "furious", "shouting"]
LABELS = ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"]
# a word a row, a label a column; the padding row is far from 0, so that a mask that is ignored is noticed
WEIGHTS = np.zeros((len(WORDS), len(LABELS)), dtype=np.float32)
WEIGHTS[0] = 50
WEIGHTS[1] = -0.25
WEIGHTS[2] = -2
WEIGHTS[3] = [0.5, -1, -1, -1, 0, -1]
WEIGHTS[4] = [3, 1, 0, 2, 1, -1]
WEIGHTS[5] = [1, 0, 0.5, 0, 0.5, -0.5]

graph = helper.make_graph(
    [
        helper.make_node("Gather", ["weights", "input_ids"], ["by_word"]),  # [B, T, L]
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["mask_by_word"]),
        helper.make_node("Mul", ["by_word", "mask_by_word"], ["counted"]),
        helper.make_node("ReduceSum", ["counted", "second"], ["logits"], keepdims=0),
    ],
    "tiny-classifier",
    [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"]) for name in ("input_ids", "attention_mask")],
    [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", len(LABELS)])],
    [
        numpy_helper.from_array(WEIGHTS, "weights"),
        numpy_helper.from_array(np.array([2], dtype=np.int64), "last"),
        numpy_helper.from_array(np.array([1], dtype=np.int64), "second"),
    ],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
checker.check_model(model)
(HERE / "onnx").mkdir(exist_ok=True)
save(model, HERE / "onnx" / "model.onnx")


def write(name: str, value: object) -> None:
    (HERE / name).write_text(json.dumps(value, indent=2) + "\n")


write(
    "config.json",
    {
        "model_type": "bert",
        "architectures": ["BertForSequenceClassification"],
        "problem_type": "multi_label_classification",
        "id2label": {str(i): label for i, label in enumerate(LABELS)},
    },
)
special = [{"id": i, "content": WORDS[i], "special": True, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False} for i in (0, 1)]
write(
    "tokenizer.json",
    {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": special,
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": {word: i for i, word in enumerate(WORDS)}, "unk_token": "[UNK]"},
    },
)
write(
    "tokenizer_config.json",
    {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 8, "pad_token": "[PAD]", "unk_token": "[UNK]"},
)
