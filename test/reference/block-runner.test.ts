import { blockRunnerCases } from "../model/block-runner-cases.js";

blockRunnerCases();
