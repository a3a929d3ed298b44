/**
 * GitHub's own workflow parser, loaded behind the hook that plain Node needs for it.
 * Everything in this folder takes the parser from here: a static import elsewhere would be linked before the hook.
 */
import "./json-imports.ts";

const parser = await import("@actions/workflow-parser");
const actions = await import("@actions/workflow-parser/actions/index");
const conditions = await import("@actions/workflow-parser/model/converter/if-condition");

export const parseWorkflow = parser.parseWorkflow;
export const convertWorkflowTemplate = parser.convertWorkflowTemplate;
export const NoOperationTraceWriter = parser.NoOperationTraceWriter;
export const isBasicExpression = parser.isBasicExpression;
export const isLiteral = parser.isLiteral;
export const isMapping = parser.isMapping;
export const isSequence = parser.isSequence;
export const isString = parser.isString;
export const parseAction = actions.parseAction;
export const convertActionTemplate = actions.convertActionTemplate;
/** Wraps a condition in `success() && (…)` unless it names a status function itself. */
export const ensureStatusFunction = conditions.ensureStatusFunction;

export type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
