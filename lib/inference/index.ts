export { Engine, type Runnable } from "./engine.js";
export { checkPrecision, type Machine } from "./precision.js";
export type {
  Answer,
  ChooseRequest,
  ContinuationRequest,
  GenerateRequest,
  LogitsPiece,
  Prompt,
  Request,
  Responder,
  Response,
  Sampling,
  ScoreRequest,
} from "./responder.js";
