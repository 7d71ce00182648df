export { createTokenizer } from "./byte-level-tokenizer.js";
export { createChatTemplate, readChatTemplate } from "./chat.js";
export type { ChatTemplate, Message } from "./message.js";
export type { EncodeOptions, Tokenizer } from "./tokenizer.js";
export { readVocabulary, TOKEN_KIND } from "./vocabulary.js";
export type { Vocabulary } from "./vocabulary.js";
