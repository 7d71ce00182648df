/** One turn of a conversation. */
export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** A model's way of writing a conversation as one text. */
export interface ChatTemplate {
  /** "chatml", "llama-2", or "the model's own". */
  readonly name: string;
  /** The conversation as text that ends where the assistant's answer begins. @throws InputError if the template refuses the roles' order */
  render(messages: readonly Message[]): string;
}
