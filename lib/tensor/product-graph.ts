import { GraphBuilder } from "./graph.js";
import { Operations } from "./operations.js";

/** The product of two matrices as a graph: feeds "a" and "b", fetch "product". */
export function productGraph(): GraphBuilder {
  const graph = new GraphBuilder();
  const operations = new Operations(graph);
  const [a, b] = ["a", "b"].map((name) => operations.placeholder(name, "float32"));
  operations.named("product", operations.linear(a, b));
  return graph;
}
