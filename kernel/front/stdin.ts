import { textOf, type Fields } from "./fields.js";
import type { Message } from "./wire.js";

/** Questions to the person at the frontend that are not answered yet. */
export interface StdinDesk {
  /** Sends an input_request to the frontend that sent the cell. */
  readonly ask: (question: { readonly id: number; readonly prompt: string; readonly password: boolean }, cell: Message) => void;
  /** An input_reply came; stale ones are dropped. */
  readonly receive: (reply: Message) => void;
  /** The runner is gone, and nobody waits any more. */
  readonly clear: () => void;
}

/**
 * @param send sends a message on the stdin socket and returns its msg_id
 * @param deliver hands a person's text to the runner
 */
export function createStdin(
  send: (type: string, content: Fields, to: Message) => string,
  deliver: (id: number, value: string) => void,
): StdinDesk {
  const waiting = new Map<string, number>();
  return {
    ask: ({ id, prompt, password }, cell) => {
      waiting.clear(); // only the newest question is on the screen
      waiting.set(send("input_request", { prompt, password }, cell), id);
    },
    receive: (reply) => {
      if (reply.type !== "input_reply") return;
      const parent = textOf(reply.parent, "msg_id");
      const [newest] = waiting.keys();
      const id = waiting.get(parent === "" ? newest : parent); // jupyter_client's replies carry no parent
      if (id === undefined) return;
      waiting.clear();
      deliver(id, textOf(reply.content, "value"));
    },
    clear: () => waiting.clear(),
  };
}
