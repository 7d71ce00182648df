/** One turn of a conversation. */
export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** Names of what a model's file says of its template. */
export const TEMPLATE_OF_FILE = { own: "the model's own", none: "none" } as const;

/** A model's way of writing a conversation as one text. */
export interface ChatTemplate {
  /** "chatml", "llama-2", or "the model's own". */
  readonly name: string;
  /** Whether the tokenizer's beginning token stands before the rendered text, as it does before a plain one. */
  readonly afterBos?: boolean;
  /** An answer ends before this text. */
  readonly stop?: string | undefined;
  /** Tokens that end an answer beside the model's own. */
  readonly stopTokens?: readonly number[];
  /** The conversation as text that ends where the assistant's answer begins. @throws InputError if the template refuses the roles' order */
  render(messages: readonly Message[]): string;
}
