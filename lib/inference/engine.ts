import { Decoder, type Model, type Weights } from "../model/index.js";
import { modelResponder } from "./model-responder.js";
import type { Responder } from "./responder.js";

/** What a responder is asked to run: some weights of a model. */
export interface Runnable {
  readonly model: Model;
  readonly weights: Weights;
}

/**
 * The decoder of one model in memory; its variants take turns in it, so that a dozen of them need no more memory than one.
 * Responders of one engine must not answer at the same time.
 */
export class Engine {
  readonly #decoder: Decoder;
  readonly model: Model;

  private constructor(model: Model, decoder: Decoder) {
    this.model = model;
    this.#decoder = decoder;
  }

  static async open({ model, weights }: Runnable, signal?: AbortSignal): Promise<Engine> {
    return new Engine(model, await Decoder.load(model.config, weights, signal));
  }

  /** Answers with these weights; they are put into place when they are first needed after another variant's. */
  responder(weights: Weights): Responder {
    return modelResponder({ model: this.model, weights, decoder: this.#decoder });
  }

  close(): void {
    this.#decoder.close();
  }
}
