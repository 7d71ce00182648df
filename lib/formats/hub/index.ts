export { fetchHubModel, type HubOptions } from "./fetch-model.js";
export { type HubId, parseHubId } from "./hub-id.js";
