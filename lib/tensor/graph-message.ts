import type { Attribute, DType, GraphBuilder, NodeDefinition } from "./graph.js";
import { asItIs, type Rewrite } from "./onednn.js";

/** The producer version of tfjs-node's own TensorFlow (2.9); newer ones read it. */
const GRAPH_VERSION = 1087;

/** TensorFlow's numbers of element types. */
const TYPE_NUMBERS: Readonly<Record<DType, number>> = { float32: 1, int32: 3, bool: 10, bfloat16: 14 };

/**
 * The graph as the bytes of a `saved_model.pb` without variables, tagged `serve`: protocol buffers written by hand, the field
 * numbers from TensorFlow's `saved_model.proto`, `meta_graph.proto`, `graph.proto`, `node_def.proto` and `attr_value.proto`.
 * The protobuf classes of tfjs-node take five times as long.
 * @param rewrite how each op is written
 */
export function savedModelBytes(builder: GraphBuilder, rewrite: Rewrite = asItIs): Uint8Array {
  const nodes = builder.definitions.map(({ name, call }) => bytes(1, node({ name, call: rewrite(call) })));
  const graph = [...nodes, bytes(4, integer(1, GRAPH_VERSION))];
  const meta = [bytes(1, text(4, "serve")), bytes(2, Buffer.concat(graph))];
  return Buffer.concat([integer(1, 1), bytes(2, Buffer.concat(meta))]);
}

function node({ name, call }: NodeDefinition): Buffer {
  const attributes = Object.entries(call.attributes ?? {}).map(([key, value]) =>
    bytes(5, Buffer.concat([text(1, key), bytes(2, attribute(value))])),
  );
  const inputs = (call.inputs ?? []).map((input) => text(3, input.name));
  const controls = (call.after ?? []).map((control) => text(3, `^${control.name}`));
  return Buffer.concat([text(1, name), text(2, call.op), ...inputs, ...controls, ...attributes]);
}

function attribute(value: Attribute): Buffer {
  if ("type" in value) return integer(6, TYPE_NUMBERS[value.type]);
  if ("int" in value) return integer(3, value.int);
  if ("bool" in value) return integer(5, value.bool ? 1 : 0);
  if ("text" in value) return text(2, value.text);
  if ("unknownShape" in value) return bytes(7, integer(3, 1));
  const { dtype, shape, bytes: content } = value.constant;
  const dimensions = shape.map((size) => bytes(2, integer(1, size)));
  return bytes(8, Buffer.concat([integer(1, TYPE_NUMBERS[dtype]), bytes(2, Buffer.concat(dimensions)), bytes(4, content)]));
}

/** A field of wire type 0. @param value a whole number, 0 or more */
const integer = (field: number, value: number): Buffer => Buffer.from([...varint(8 * field), ...varint(value)]);

/** A field of wire type 2. */
const bytes = (field: number, content: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([...varint(8 * field + 2), ...varint(content.length)]), content]);

const text = (field: number, content: string): Buffer => bytes(field, Buffer.from(content));

/** Seven bits a byte, the lowest first. */
function varint(value: number): number[] {
  const result: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...result, rest];
    result.push((rest % 128) + 128);
  }
}
