/** GraphQL's rules of validation, but for names that the schema has not: the sandbox says that it lacks them. */
import {
  type ASTNode,
  type ASTVisitor,
  FieldsOnCorrectTypeRule,
  GraphQLError,
  KnownArgumentNamesRule,
  KnownTypeNamesRule,
  specifiedRules,
  type ValidationContext,
  type ValidationRule,
} from "graphql";
import { notHere } from "./errors.ts";

function lacking(context: ValidationContext, what: string, node: ASTNode): void {
  const originalError = notHere(what);
  context.reportError(new GraphQLError(originalError.message, { nodes: node, originalError }));
}

/** Whether GitHub has a name or not: the sandbox does not know, and does not guess. */
function names(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      const type = context.getParentType();
      if (type && !context.getFieldDef()) lacking(context, `the field ${type.name}.${node.name.value}`, node);
    },
    Argument(node) {
      const field = context.getFieldDef();
      const type = context.getParentType();
      if (field && !context.getDirective() && !context.getArgument())
        lacking(context, `the argument ${node.name.value} of ${type?.name}.${field.name}`, node);
    },
    NamedType(node) {
      if (!context.getSchema().getType(node.name.value))
        lacking(context, `the type ${node.name.value}`, node);
    },
  };
}

const REPLACED: readonly ValidationRule[] = [
  FieldsOnCorrectTypeRule,
  KnownArgumentNamesRule,
  KnownTypeNamesRule,
];

export const RULES: readonly ValidationRule[] = [
  ...specifiedRules.filter((rule) => !REPLACED.includes(rule)),
  names,
];
