export { saveParquet } from "./parquet.js";
export { queryStudy, type QueryOptions, SQL_TABLES } from "./query.js";
