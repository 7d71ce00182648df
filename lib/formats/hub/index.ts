export { cachedDataFolder, type DataFolder, fetchDataFolder } from "./fetch-data-folder.js";
export { type DatasetFile, fetchDatasetFile } from "./fetch-dataset.js";
export type { HubOptions } from "./fetch-files.js";
export { fetchHubClassifier, fetchHubModel } from "./fetch-model.js";
export { type HubId, parseHubId } from "./hub-id.js";
