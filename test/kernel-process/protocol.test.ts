import { randomUUID } from "node:crypto";

import { expect, test } from "vitest";

import { violations, type SendingChannel } from "./protocol.js";

const parts = (type: string, content: object, more: object = {}) => ({
  header: {
    msg_id: randomUUID(),
    msg_type: type,
    username: "kernel",
    session: randomUUID(),
    date: new Date(0).toISOString(),
    version: "5.4",
    ...more,
  },
  parent: { msg_id: "p" },
  metadata: {},
  content,
});

test.each<[string, SendingChannel, string, object]>([
  ["a status", "iopub", "status", { execution_state: "busy" }],
  ["a display", "iopub", "display_data", { data: { "text/plain": "x" }, metadata: {}, transient: {} }],
  ["an aborted cell", "shell", "execute_reply", { status: "aborted", execution_count: 3 }],
  ["a question", "stdin", "input_request", { prompt: "?", password: false }],
])("%s is as the protocol has it", (_what, channel, type, content) => {
  expect(violations(channel, parts(type, content))).toEqual([]);
});

test.each<[string, SendingChannel, string, object, object?]>([
  ["a state that is none", "iopub", "status", { execution_state: "working" }],
  ["an update of nothing", "iopub", "update_display_data", { data: {}, metadata: {}, transient: {} }],
  ["a number for text/plain", "iopub", "display_data", { data: { "text/plain": 1 }, metadata: {}, transient: {} }],
  ["a reply on iopub", "iopub", "execute_reply", { status: "aborted", execution_count: 3 }],
  ["a reply without count", "shell", "execute_reply", { status: "ok", payload: [], user_expressions: {} }],
  ["a field that nobody knows", "control", "interrupt_reply", { status: "ok", killed: true }],
  ["an older version", "iopub", "status", { execution_state: "busy" }, { version: "5.3" }],
  ["no date", "iopub", "status", { execution_state: "busy" }, { date: "today" }],
])("%s is not", (_what, channel, type, content, more) => {
  expect(violations(channel, parts(type, content, more))).toHaveLength(1);
});
