export { Engine, type Runnable } from "./engine.js";
export type { Answer, Request, Responder, Response } from "./responder.js";
