import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { isFields, textOf, type Fields } from "./fields.js";

const DELIMITER = "<IDS|MSG>";
const PROTOCOL_VERSION = "5.4";
/** How many signatures are remembered against replays. */
const REMEMBERED = 65_536;

/** A message from a frontend, its signature checked. */
export interface Message {
  /** The routing frames, for the reply. */
  readonly identities: readonly Buffer[];
  readonly type: string;
  readonly id: string;
  /** As it came, to be sent back as a parent. */
  readonly header: Fields;
  readonly parent: Fields;
  readonly content: Fields;
}

/** A message of ours. */
export interface Outgoing {
  readonly type: string;
  readonly content: Fields;
  /** Header of the request that it answers; empty for none. */
  readonly parent: Fields;
  readonly metadata?: Fields;
}

/** Frames to messages and back, for one connection. */
export interface Codec {
  /** The kernel's session id, the same in every header. */
  readonly session: string;
  /** @returns the message, or a text that says why it is dropped */
  decode(frames: readonly Buffer[]): Message | string;
  /** @param prefix identities, or the topic; also returns the fresh msg_id */
  encode(message: Outgoing, prefix: readonly (Buffer | string)[]): { readonly id: string; readonly frames: (Buffer | string)[] };
}

/**
 * The wire format of the messaging protocol, 5.4.
 * @param key the connection's key; an empty one means no signatures
 */
export function createCodec(key: string): Codec {
  const session = randomUUID();
  const replayed = rememberSignatures();
  const sign = (parts: readonly (Buffer | string)[]): string => (key === "" ? "" : signature(key, parts));
  return {
    session,
    decode: (frames) => {
      const start = frames.findIndex((frame) => frame.toString("latin1") === DELIMITER);
      if (start < 0 || frames.length < start + 6) return "a message without delimiter or with frames missing";
      const given = frames[start + 1].toString("latin1");
      const parts = frames.slice(start + 2, start + 6);
      if (key !== "" && !equalTexts(given, sign(parts))) return "a message with a wrong signature";
      if (key !== "" && replayed(given)) return "a message that was there before";
      return parse(frames.slice(0, start), parts);
    },
    encode: ({ type, content, parent, metadata }, prefix) => {
      const id = randomUUID();
      const date = new Date().toISOString();
      const header = { msg_id: id, msg_type: type, username: "kernel", session, date, version: PROTOCOL_VERSION };
      const parts = [header, parent, metadata ?? {}, content].map((part) => JSON.stringify(part));
      return { id, frames: [...prefix, DELIMITER, sign(parts), ...parts] };
    },
  };
}

function signature(key: string, parts: readonly (Buffer | string)[]): string {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

function equalTexts(given: string, expected: string): boolean {
  return given.length === expected.length && timingSafeEqual(Buffer.from(given, "latin1"), Buffer.from(expected, "latin1"));
}

/** Tells whether a signature was seen before; forgets the oldest beyond a bound. */
function rememberSignatures(): (signature: string) => boolean {
  const seen = new Set<string>();
  return (signature) => {
    if (seen.has(signature)) return true;
    seen.add(signature);
    if (seen.size > REMEMBERED) for (const oldest of seen.keys()) return !seen.delete(oldest);
    return false;
  };
}

function parse(identities: readonly Buffer[], parts: readonly Buffer[]): Message | string {
  const [header, parent, , content] = parts.map(parseObject);
  if (!header || !parent || !content) return "a message whose parts are no JSON objects";
  const type = textOf(header, "msg_type");
  if (type === "") return "a message without msg_type";
  return { identities, type, id: textOf(header, "msg_id"), header, parent, content };
}

function parseObject(part: Buffer): Fields | undefined {
  try {
    const value: unknown = JSON.parse(part.toString("utf8"));
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
