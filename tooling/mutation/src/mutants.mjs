import ts from 'typescript';

/**
 * One change of a program that its tests should notice.
 * @typedef {object} Mutant
 * @property {number} start  of what is replaced, an offset in the source
 * @property {number} end
 * @property {string} replacement
 */

/** @type {Readonly<Partial<Record<ts.SyntaxKind, string>>>} */
const operators = {
  [ts.SyntaxKind.PlusToken]: '-',
  [ts.SyntaxKind.MinusToken]: '+',
  [ts.SyntaxKind.AsteriskToken]: '/',
  [ts.SyntaxKind.SlashToken]: '*',
  [ts.SyntaxKind.PercentToken]: '*',
  [ts.SyntaxKind.AsteriskAsteriskToken]: '*',
  [ts.SyntaxKind.LessThanToken]: '<=',
  [ts.SyntaxKind.LessThanEqualsToken]: '<',
  [ts.SyntaxKind.GreaterThanToken]: '>=',
  [ts.SyntaxKind.GreaterThanEqualsToken]: '>',
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: '!==',
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: '===',
  [ts.SyntaxKind.AmpersandAmpersandToken]: '||',
  [ts.SyntaxKind.BarBarToken]: '&&',
  [ts.SyntaxKind.QuestionQuestionToken]: '&&',
  [ts.SyntaxKind.PlusEqualsToken]: '-=',
  [ts.SyntaxKind.MinusEqualsToken]: '+=',
};

/** Methods and functions that have a counterpart. */
const counterparts = new Map(
  [
    ['min', 'max'],
    ['some', 'every'],
    ['floor', 'ceil'],
    ['first', 'last'],
    ['greater', 'less'],
  ].flatMap(([a = '', b = '']) => [
    [a, b],
    [b, a],
  ]),
);

/**
 * All mutants of a TypeScript source, in their order in it. Types, imports and the words of errors are left alone: no test
 * is owed to them.
 *
 * @param {string} source
 * @returns {Mutant[]}
 */
export function mutantsOf(source) {
  const file = ts.createSourceFile('source.tsx', source, ts.ScriptTarget.Latest, true);
  /** @type {Mutant[]} */
  const mutants = [];

  /** @param {ts.Node} node @param {string} replacement */
  const replace = (node, replacement) =>
    mutants.push({ start: node.getStart(file), end: node.end, replacement });

  /** @param {ts.Node} node */
  const visit = node => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return;
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isThrowStatement(node))
      return;
    if (ts.isBinaryExpression(node)) {
      const other = operators[node.operatorToken.kind];
      if (other !== undefined && !isText(node)) replace(node.operatorToken, other);
    } else if (ts.isPrefixUnaryExpression(node)) {
      const { operator, operand } = node;
      if (operator === ts.SyntaxKind.ExclamationToken || operator === ts.SyntaxKind.MinusToken)
        replace(node, operand.getText(file));
    } else if (ts.isConditionalExpression(node)) {
      replace(node.condition, `!(${node.condition.getText(file)})`);
    } else if (ts.isIfStatement(node)) {
      replace(node.expression, 'false');
      replace(node.expression, 'true');
    } else if (ts.isNumericLiteral(node)) {
      replace(node, String(Number(node.text) + 1));
    } else if (node.kind === ts.SyntaxKind.TrueKeyword) replace(node, 'false');
    else if (node.kind === ts.SyntaxKind.FalseKeyword) replace(node, 'true');
    else if (ts.isExpressionStatement(node) && isCall(node.expression)) replace(node, ';');
    else if (ts.isPropertyAccessExpression(node)) {
      const other = counterparts.get(node.name.text);
      if (other !== undefined) replace(node.name, other);
    } else if (ts.isObjectLiteralExpression(node)) {
      // What is handed on is forgotten.
      for (const property of node.properties)
        if (ts.isPropertyAssignment(property) || ts.isShorthandPropertyAssignment(property)) {
          const comma = source[property.end] === ',' ? 1 : 0;
          mutants.push({ start: property.getStart(file), end: property.end + comma, replacement: '' });
        }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return mutants.sort((a, b) => a.start - b.start || a.end - b.end);
}

/** @param {ts.Expression} node */
function isCall(node) {
  return ts.isCallExpression(ts.isAwaitExpression(node) ? node.expression : node);
}

/** Text put together, whose words are not mutated. @param {ts.Expression} node @returns {boolean} */
function isText(node) {
  if (ts.isBinaryExpression(node)) return isText(node.left) || isText(node.right);
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

/** @param {string} source @param {Mutant} mutant */
export function mutate(source, { start, end, replacement }) {
  return source.slice(0, start) + replacement + source.slice(end);
}

/**
 * The lines that a mutant changes, for people.
 *
 * @param {string} source
 * @param {Mutant} mutant
 * @returns {{ number: number, line: string, mutated: string }} counted from 1; runs of white space as one blank
 */
export function lineOf(source, { start, end, replacement }) {
  const from = source.lastIndexOf('\n', start - 1) + 1;
  const to = source.indexOf('\n', end) < 0 ? source.length : source.indexOf('\n', end);
  const tidy = (/** @type {string} */ text) => text.replace(/\s+/g, ' ').trim();
  return {
    number: source.slice(0, start).split('\n').length,
    line: tidy(source.slice(from, to)),
    mutated: tidy(source.slice(from, start) + replacement + source.slice(end, to)),
  };
}
