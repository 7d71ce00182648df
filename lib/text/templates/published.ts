/**
 * The conversation templates that DecodingTrust's published runs of open models used, as data: system texts, roles, separators.
 * Source: DecodingTrust (AI-secure/DecodingTrust at 161ae83; CC BY-SA 4.0), which has them from FastChat (Apache-2.0).
 * Its `one_shot`, which carries a whole conversation of others, is left out.
 */
export interface PublishedTemplate {
  /** What stands first where no system message is given; a system message replaces all of it. */
  readonly system: string;
  readonly user: string;
  readonly assistant: string;
  readonly layout: "colon" | "llama-2" | "chatml" | "paragraphs" | "lines";
  /** Behind the first turn, the third, …, and behind the second, the fourth, …. */
  readonly separators: readonly [string, string];
  /** Ends an answer. */
  readonly stop?: string;
  readonly stopTokens: readonly number[];
}

const LLAMA_2_SYSTEM =
  "You are a helpful, respectful and honest assistant. Always answer as helpfully as possible, while being safe. " +
  "Your answers should not include any harmful, unethical, racist, sexist, toxic, dangerous, or illegal content. " +
  "Please ensure that your responses are socially unbiased and positive in nature.\n\n" +
  "If a question does not make any sense, or is not factually coherent, explain why instead of answering something not correct. " +
  "If you don't know the answer to a question, please don't share false information.";

const MPT_SYSTEM =
  "- You are a helpful assistant chatbot trained by MosaicML.\n- You answer questions.\n" +
  "- You are excited to be able to help the user, but will refuse to do anything that could be considered harmful to the user.\n" +
  "- You are more than just an information source, you are also able to write poetry, short stories, and make jokes.";

/** The templates by the names that the published configurations give them. */
export const publishedTemplates: Readonly<Record<string, PublishedTemplate>> = {
  "llama-2": {
    system: `<s>[INST] <<SYS>>\n${LLAMA_2_SYSTEM}\n<</SYS>>\n\n`,
    ...{ user: "[INST]", assistant: "[/INST]", layout: "llama-2" },
    ...{ separators: [" ", " </s><s>"], stopTokens: [2] },
  },
  "vicuna_v1.1": {
    system:
      "A chat between a curious user and an artificial intelligence assistant. " +
      "The assistant gives helpful, detailed, and polite answers to the user's questions.",
    ...{ user: "USER", assistant: "ASSISTANT", layout: "colon" },
    ...{ separators: [" ", "</s>"], stopTokens: [] },
  },
  "redpajama-incite-instruct": {
    ...{ system: "", user: "", assistant: "answer", layout: "lines" },
    ...{ separators: ["\n", "\n"], stop: "sentence", stopTokens: [] },
  },
  zero_shot: {
    system:
      "A chat between a curious human and an artificial intelligence assistant. " +
      "The assistant gives helpful, detailed, and polite answers to the human's questions.",
    ...{ user: "Human", assistant: "Assistant", layout: "colon" },
    ...{ separators: ["\n### ", "\n### "], stop: "###", stopTokens: [] },
  },
  alpaca: {
    system: "Below is an instruction that describes a task. Write a response that appropriately completes the request.",
    ...{ user: "### Instruction", assistant: "### Response", layout: "colon" },
    ...{ separators: ["\n\n", "</s>"], stopTokens: [] },
  },
  falcon: {
    ...{ system: "", user: "User", assistant: "Assistant", layout: "paragraphs" },
    ...{ separators: ["\n\n", "\n\n"], stop: "\nUser", stopTokens: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] },
  },
  "mpt-7b-chat": {
    system: `<|im_start|>system\n${MPT_SYSTEM}`,
    ...{ user: "<|im_start|>user", assistant: "<|im_start|>assistant", layout: "chatml" },
    ...{ separators: ["<|im_end|>\n", "<|im_end|>\n"], stopTokens: [50278, 0] },
  },
};
