import ts from 'typescript';

/** The name that a statement at the top of a file declares. */
export function nameOf(statement: ts.Node): string | undefined {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations[0]?.name.getText();
  const { name } = statement as { name?: ts.Node };
  return name && ts.isIdentifier(name) ? name.text : undefined;
}
