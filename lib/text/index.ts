export { createChatTemplate, readChatTemplate } from "./chat.js";
export { chatTemplateOf } from "./chat-template-files.js";
export { createTokenizer } from "./create-tokenizer.js";
export type { ChatTemplate, Message } from "./message.js";
export type { EncodeOptions, Tokenizer } from "./tokenizer.js";
export { type TokenizerFiles, vocabularyFromFiles } from "./tokenizer-files.js";
export { readVocabulary, TOKEN_KIND } from "./vocabulary.js";
export type { ByteLevelVocabulary, MergedPiecesVocabulary, SentencePieceVocabulary, Vocabulary } from "./vocabulary.js";
