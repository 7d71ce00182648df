import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCodec, type Message } from "../../../kernel/front/wire.js";

const KEY = "secret";

function frames(parts: readonly string[], signature?: string): Buffer[] {
  const hmac = createHmac("sha256", KEY);
  for (const part of parts) hmac.update(part);
  return ["client", "<IDS|MSG>", signature ?? hmac.digest("hex"), ...parts].map((frame) => Buffer.from(frame));
}

const header = JSON.stringify({ msg_id: "1", msg_type: "kernel_info_request", session: "s" });
const good = [header, "{}", "{}", '{"a":1}'];

function decoded(message: Message | string): Message {
  if (typeof message === "string") throw new Error(message);
  return message;
}

describe("messages from a frontend", () => {
  test("a signed message is read with its identities, header and content", () => {
    const message = decoded(createCodec(KEY).decode(frames(good)));
    expect(message.identities.map(String)).toEqual(["client"]);
    expect(message).toMatchObject({ type: "kernel_info_request", id: "1", content: { a: 1 } });
  });

  test("an empty key means that signatures are not checked", () => {
    expect(createCodec("").decode(frames(good, "anything"))).toMatchObject({ id: "1" });
  });

  test.each([
    ["a wrong signature", frames(good, "0".repeat(64)), /wrong signature/],
    ["a signature of another length", frames(good, "0"), /wrong signature/],
    ["no signature", frames(good, ""), /wrong signature/],
    ["broken JSON, rightly signed", frames(["{", "{}", "{}", "{}"]), /no JSON objects/],
    ["a list for content", frames([header, "{}", "{}", "[]"]), /no JSON objects/],
    ["no type", frames(["{}", "{}", "{}", "{}"]), /without msg_type/],
    ["no delimiter", frames(good).filter((_, index) => index !== 1), /without delimiter/],
    ["frames missing", frames(good).slice(0, 5), /without delimiter/],
    ["no frames at all", [], /without delimiter/],
  ])("a message with %s is dropped, and it says why", (_name, given, why) => {
    expect(createCodec(KEY).decode(given)).toMatch(why);
  });

  test("a signature that was there before is dropped", () => {
    const codec = createCodec(KEY);
    expect(codec.decode(frames(good))).toMatchObject({ id: "1" });
    expect(codec.decode(frames(good))).toMatch(/before/);
  });

  test("no bytes make the decoder throw", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.uint8Array(), fc.constant(Buffer.from("<IDS|MSG>")))), (parts) => {
        expect(typeof createCodec("").decode(parts.map((part) => Buffer.from(part)))).toMatch(/string|object/);
      }),
    );
  });
});

describe("messages of the kernel", () => {
  test("what is encoded is signed so that a frontend reads it back", () => {
    const codec = createCodec(KEY);
    const parent = { msg_id: "p" };
    const { id, frames: sent } = codec.encode({ type: "status", content: { execution_state: "busy" }, parent }, ["topic"]);
    const message = decoded(createCodec(KEY).decode(sent.map((frame) => Buffer.from(frame))));
    expect(message).toMatchObject({ id, type: "status", content: { execution_state: "busy" }, parent });
    expect(message.header).toMatchObject({ session: codec.session, version: "5.4" });
  });
});
