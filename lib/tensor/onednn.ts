import type { OpCall } from "./graph.js";

/** How an op is written into a graph that is loaded. */
export type Rewrite = (call: OpCall) => OpCall;

/** Leaves a graph as it is. */
export const asItIs: Rewrite = (call) => call;

/**
 * Matrix products on TensorFlow's oneDNN kernels, by the name that its own graph pass gives them where it is on. They prepare for
 * each shape that they meet, then are up to a tenth faster than its standard ones: for graphs that see few shapes again and again.
 */
export const onOneDnn: Rewrite = (call) => {
  if (call.op !== "MatMul" || call.dtype !== "float32") return call;
  const attributes = { ...call.attributes, _kernel: { text: "MklNameChangeOp" } };
  return { ...call, op: "_MklMatMul", attributes };
};
