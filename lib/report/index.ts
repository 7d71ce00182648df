export { makeReport, type Report, type ReportOptions } from "./report.js";
export { writeReport } from "./write.js";
