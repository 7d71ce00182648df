export { createChatTemplate, readChatTemplate } from "./chat.js";
export { createTokenizer } from "./create-tokenizer.js";
export type { ChatTemplate, Message } from "./message.js";
export { type NamedTemplate, namedTemplate } from "./templates/named-template.js";
export { publishedTemplates } from "./templates/published.js";
export { type CutOptions, cutAtStop } from "./templates/stop-string.js";
export type { EncodeOptions, Tokenizer } from "./tokenizer.js";
export { readVocabulary, TOKEN_KIND } from "./vocabulary.js";
export type { ByteLevelVocabulary, SentencePieceVocabulary, Vocabulary } from "./vocabulary.js";
