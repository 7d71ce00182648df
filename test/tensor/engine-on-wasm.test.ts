import { engineCases } from "./engine-cases.js";

engineCases("wasm");
