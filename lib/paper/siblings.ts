/** The dense smaller model of the same family, by model. */
export const SIBLING: Readonly<Record<string, string>> = {
  "llama-2-13b-chat": "llama-2-7b-chat",
  "llama-2-13b": "llama-2-7b",
  "vicuna-13b-v1.3": "vicuna-7b-v1.3",
  "llama-2-70b-chat": "llama-2-7b-chat",
};
