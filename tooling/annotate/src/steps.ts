import ts from 'typescript';
import { type Comment, commentsOf } from './comments';
import { nameOf } from './declared-name';
import { withoutLinks } from './prose';

/** A comment and the code that it speaks of, up to the next comment. */
export interface Step {
  /** What the code declares, where it is a documented declaration at the top of the file. */
  readonly name: string | undefined;
  /** Markdown; empty for code that needs no words. */
  readonly prose: string;
  readonly code: string;
  /** Where the code begins, counted from 1. */
  readonly line: number;
}

/**
 * Reads a TypeScript file as a lesson: each doc comment, and each comment that has its lines to itself, begins a step.
 * Comments behind code, such as shapes, stay in the code.
 *
 * @param path  for messages
 * @param parts names of declarations at the top of the file, in the order they are shown; the whole file when not given
 * @throws Error if a part is not there
 */
export function stepsOf(source: string, path: string, parts?: readonly string[]): Step[] {
  const file = ts.createSourceFile(path, withoutLinks(source), ts.ScriptTarget.Latest, true);
  const comments = commentsOf(file);
  const extents = parts?.map(part => extentOf(file, part)) ?? [{ from: 0, to: source.length }];
  return extents.flatMap(extent => stepsWithin(file, comments, extent));
}

interface Extent {
  readonly from: number;
  readonly to: number;
}

interface Opening {
  /** Where the comment begins, and where its code does. */
  readonly from: number;
  readonly codeFrom: number;
  readonly prose: string;
  readonly name: string | undefined;
}

function stepsWithin(file: ts.SourceFile, comments: readonly Comment[], { from, to }: Extent): Step[] {
  const openings: Opening[] = comments.map(({ from, to, prose, declares }) => ({
    from,
    codeFrom: to,
    prose,
    name: declares,
  }));
  // A declaration without words of its own is no part of what stands above it.
  for (const statement of file.statements) {
    const start = statement.getStart(file);
    const isDocumented = comments.some(
      comment => comment.to <= start && !/\S/.test(file.text.slice(comment.to, start)),
    );
    if (isDeclaration(statement) && !isDocumented) {
      openings.push({ from: start, codeFrom: start, prose: '', name: undefined });
    }
  }
  const sorted = [{ from, codeFrom: from, prose: '', name: undefined }, ...openings]
    .filter(opening => opening.from >= from && opening.from < to)
    .sort((a, b) => a.from - b.from);
  const steps: Step[] = [];
  let pending: string[] = [];
  let name: string | undefined;
  sorted.forEach((opening, index) => {
    const end = sorted[index + 1]?.from ?? to;
    // The indentation of the next comment is not code.
    const code = file.text
      .slice(opening.codeFrom, end)
      .replace(/^\s*\n/, '')
      .trimEnd();
    if (opening.prose) pending.push(opening.prose);
    name ??= opening.name;
    if (!code.trim()) return;
    const { line } = file.getLineAndCharacterOfPosition(opening.codeFrom);
    steps.push({ name, prose: pending.join('\n\n'), code, line: line + 1 });
    pending = [];
    name = undefined;
  });
  return steps;
}

function isDeclaration(statement: ts.Statement): boolean {
  return (
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isVariableStatement(statement)
  );
}

function extentOf(file: ts.SourceFile, part: string): Extent {
  const found = file.statements.find(statement => nameOf(statement) === part);
  if (!found) {
    const names = file.statements.flatMap(statement => nameOf(statement) ?? []);
    throw new Error(`${file.fileName}: expected a declaration ${part}, found ${names.join(', ')}`);
  }
  return { from: found.getStart(file, true), to: found.end };
}
