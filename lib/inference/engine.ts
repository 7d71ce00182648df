import { Decoder, type Model, type Precision, type Weights } from "../model/index.js";
import { resolveBackend } from "../tensor/backend.js";
import { modelResponder } from "./model-responder.js";
import { checkPrecision } from "./precision.js";
import type { Responder } from "./responder.js";

/** What a responder is asked to run: some weights of a model. */
export interface Runnable {
  readonly model: Model;
  readonly weights: Weights;
  /** The element type of matrices. Default: the model's, which is "f32" unless said otherwise. */
  readonly precision?: Precision | undefined;
}

/**
 * The decoder of one model in memory; its variants take turns in it, so that a dozen of them need no more memory than one.
 * Responders of one engine must not answer at the same time.
 */
export class Engine {
  readonly #decoder: Decoder;
  readonly model: Model;

  readonly precision: Precision;

  private constructor(model: Model, decoder: Decoder, precision: Precision) {
    this.model = model;
    this.#decoder = decoder;
    this.precision = precision;
  }

  /** Loads a model's weights. Throws InputError if the precision is not to be had on this machine. */
  static async open({ model, weights, precision = model.precision }: Runnable, signal?: AbortSignal): Promise<Engine> {
    checkPrecision(precision, { backend: (await resolveBackend()).label });
    return new Engine(model, await Decoder.load(model.config, weights, { signal, precision }), precision);
  }

  /** Answers with these weights; they are put into place when they are first needed after another variant's. */
  responder(weights: Weights): Responder {
    return modelResponder({ model: this.model, weights, decoder: this.#decoder, precision: this.precision });
  }

  close(): void {
    this.#decoder.close();
  }
}
