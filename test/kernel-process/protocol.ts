import { z } from "zod";

/** The messages of the Jupyter protocol 5.4 that a kernel sends, strictly: no field more, none less, each of its type. */

const text = z.string();
const count = z.int().nonnegative();
const anything = z.record(text, z.unknown());
/** MIME types; what is not JSON travels as text. */
const bundle = z
  .record(text.regex(/^[\w.+-]+\/[\w.+-]+$/), z.unknown())
  .refine((data) => Object.entries(data).every(([type, value]) => /[/+]json$/.test(type) || typeof value === "string"), {
    message: "a MIME type that is not JSON has a value that is no text",
  });
const failure = { ename: text, evalue: text, traceback: z.array(text) };
const failed = z.strictObject({ status: z.literal("error"), ...failure });
const ok = z.literal("ok");
const shutdown = z.strictObject({ status: ok, restart: z.boolean() });
const shown = { data: bundle, metadata: anything };
const place = z.strictObject({ start: count, end: count, text, type: text });
const entry = z.union([z.tuple([z.int(), z.int(), text]), z.tuple([z.int(), z.int(), z.tuple([text, text.nullable()])])]);
const expression = z.union([z.strictObject({ status: ok, ...shown }), failed]);

const kernelInfo = z.strictObject({
  status: ok,
  protocol_version: z.literal("5.4"),
  implementation: text,
  implementation_version: text,
  language_info: z.strictObject({
    name: text,
    version: text,
    mimetype: text,
    file_extension: text.regex(/^\./),
    pygments_lexer: text,
    codemirror_mode: z.union([text, anything]),
    nbconvert_exporter: text,
  }),
  banner: text,
  help_links: z.array(z.strictObject({ text, url: z.url() })),
  supported_features: z.array(text),
  debugger: z.boolean(),
});

/** Contents on iopub by message type. */
const PUBLISHED: Readonly<Record<string, z.ZodType>> = {
  status: z.strictObject({ execution_state: z.enum(["busy", "idle", "starting"]) }),
  execute_input: z.strictObject({ code: text, execution_count: count }),
  stream: z.strictObject({ name: z.enum(["stdout", "stderr"]), text: text.min(1) }),
  display_data: z.strictObject({ ...shown, transient: z.strictObject({ display_id: text.optional() }) }),
  update_display_data: z.strictObject({ ...shown, transient: z.strictObject({ display_id: text }) }),
  execute_result: z.strictObject({ ...shown, execution_count: count }),
  error: z.strictObject(failure),
  clear_output: z.strictObject({ wait: z.boolean() }),
  comm_close: z.strictObject({ comm_id: text, data: anything }),
  iopub_welcome: z.strictObject({ subscription: text }),
  shutdown_reply: shutdown,
};

/** Contents of replies, on shell and control. */
const REPLIES: Readonly<Record<string, z.ZodType>> = {
  execute_reply: z.discriminatedUnion("status", [
    z.strictObject({
      status: ok,
      execution_count: count,
      payload: z.array(z.strictObject({ source: z.literal("page"), data: bundle, start: count })),
      user_expressions: z.record(text, expression),
    }),
    z.strictObject({ status: z.literal("error"), execution_count: count, ...failure }),
    z.strictObject({ status: z.literal("aborted"), execution_count: count }),
  ]),
  inspect_reply: z.union([z.strictObject({ status: ok, found: z.boolean(), ...shown }), failed]),
  complete_reply: z.union([
    z
      .strictObject({
        status: ok,
        matches: z.array(text),
        cursor_start: count,
        cursor_end: count,
        metadata: z.strictObject({ _jupyter_types_experimental: z.array(place) }),
      })
      .refine(({ cursor_start: start, cursor_end: end }) => start <= end, { message: "the completion ends before it starts" }),
    failed,
  ]),
  history_reply: z.strictObject({ status: ok, history: z.array(entry) }),
  is_complete_reply: z.union([
    z.strictObject({ status: z.enum(["complete", "invalid", "unknown"]) }),
    z.strictObject({ status: z.literal("incomplete"), indent: text }),
  ]),
  comm_info_reply: z.strictObject({ status: ok, comms: z.record(text, z.strictObject({ target_name: text })) }),
  kernel_info_reply: kernelInfo,
  interrupt_reply: z.strictObject({ status: ok }),
  shutdown_reply: shutdown,
};

const CONTENTS = {
  iopub: PUBLISHED,
  shell: REPLIES,
  control: REPLIES,
  stdin: { input_request: z.strictObject({ prompt: text, password: z.boolean() }) },
} satisfies Record<string, Readonly<Record<string, z.ZodType>>>;

/** A socket on which the kernel sends. */
export type SendingChannel = keyof typeof CONTENTS;

const Header = z.strictObject({
  msg_id: z.uuid(),
  msg_type: text,
  username: text,
  session: z.uuid(),
  date: z.iso.datetime(),
  version: z.literal("5.4"),
});

/** The four parts of a message as they came. */
export interface Parts {
  readonly header: unknown;
  readonly parent: unknown;
  readonly metadata: unknown;
  readonly content: unknown;
}

/** What is against the protocol in a message of the kernel's; none for a good one. */
export function violations(channel: SendingChannel, { header, parent, metadata, content }: Parts): string[] {
  const head = Header.safeParse(header);
  if (!head.success) return [`header: ${z.prettifyError(head.error)}`];
  const type = head.data.msg_type;
  const contents: Readonly<Record<string, z.ZodType>> = CONTENTS[channel];
  if (!Object.hasOwn(contents, type)) return [`${type} does not belong on ${channel}`];
  const found = [
    { part: "content", result: contents[type].safeParse(content) },
    { part: "metadata", result: anything.safeParse(metadata) },
    { part: "parent", result: (channel === "iopub" ? anything : z.looseObject({ msg_id: text })).safeParse(parent) },
  ];
  return found.flatMap(({ part, result }) =>
    result.success ? [] : [`${part} of ${type} on ${channel}: ${z.prettifyError(result.error)}`],
  );
}
