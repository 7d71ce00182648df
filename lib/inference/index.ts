export { Engine, type Runnable } from "./engine.js";
export type {
  Answer,
  ChooseRequest,
  ContinuationRequest,
  GenerateRequest,
  Prompt,
  Request,
  Responder,
  Response,
  Sampling,
  ScoreRequest,
} from "./responder.js";
