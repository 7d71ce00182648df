import type { Decoder, Model, Precision, Weights } from "../model/index.js";
import type { Request } from "./responder.js";

/** Some weights of a model in a decoder. */
export interface Running {
  readonly model: Model;
  readonly weights: Weights;
  readonly decoder: Decoder;
  readonly precision: Precision;
}

/** A request of one kind and its position among all. */
export interface Asked<R extends Request = Request> {
  readonly index: number;
  readonly request: R;
}
