/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return -- tfjs-node's protobuf classes are untyped */
import type { Attribute, DType, GraphBuilder, NodeDefinition } from "./graph.js";
import { loadNative } from "./tensorflow.js";

/** The producer version of tfjs-node's own TensorFlow (2.9); newer ones read it. */
const GRAPH_VERSION = 1087;

/** TensorFlow's numbers of element types. */
const TYPE_NUMBERS: Readonly<Record<DType, number>> = { float32: 1, int32: 3, bool: 10, bfloat16: 14 };

/** The graph as the bytes of a `saved_model.pb` without variables, tagged `serve`. */
export function savedModelBytes(builder: GraphBuilder): Uint8Array {
  const { proto } = loadNative();
  const graph = new proto.GraphDef();
  for (const definition of builder.definitions) graph.addNode(nodeMessage(proto, definition));
  const versions = new proto.VersionDef();
  versions.setProducer(GRAPH_VERSION);
  graph.setVersions(versions);
  const info = new proto.MetaGraphDef.MetaInfoDef();
  info.addTags("serve");
  const meta = new proto.MetaGraphDef();
  meta.setMetaInfoDef(info);
  meta.setGraphDef(graph);
  const model = new proto.SavedModel();
  model.setSavedModelSchemaVersion(1);
  model.addMetaGraphs(meta);
  return model.serializeBinary();
}

function nodeMessage(proto: any, { name, call }: NodeDefinition): any {
  const node = new proto.NodeDef();
  node.setName(name);
  node.setOp(call.op);
  for (const input of call.inputs ?? []) node.addInput(input.name);
  for (const control of call.after ?? []) node.addInput(`^${control.name}`);
  for (const [key, attribute] of Object.entries(call.attributes ?? {}))
    node.getAttrMap().set(key, attributeMessage(proto, attribute));
  return node;
}

function attributeMessage(proto: any, attribute: Attribute): any {
  const value = new proto.AttrValue();
  if ("type" in attribute) value.setType(TYPE_NUMBERS[attribute.type]);
  else if ("int" in attribute) value.setI(attribute.int);
  else if ("bool" in attribute) value.setB(attribute.bool);
  else if ("text" in attribute) value.setS(new TextEncoder().encode(attribute.text));
  else if ("unknownShape" in attribute) {
    const shape = new proto.TensorShape();
    shape.setUnknownRank(true);
    value.setShape(shape);
  } else value.setTensor(tensorMessage(proto, attribute.constant));
  return value;
}

function tensorMessage(proto: any, constant: { dtype: DType; shape: readonly number[]; bytes: Uint8Array }): any {
  const tensor = new proto.Tensor();
  const dims = new proto.TensorShape();
  for (const size of constant.shape) {
    const dim = new proto.TensorShape.Dim();
    dim.setSize(size);
    dims.addDim(dim);
  }
  tensor.setDtype(TYPE_NUMBERS[constant.dtype]);
  tensor.setTensorShape(dims);
  tensor.setTensorContent(constant.bytes);
  return tensor;
}
