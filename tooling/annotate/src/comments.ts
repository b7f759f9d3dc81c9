import ts from 'typescript';
import { nameOf } from './declared-name';
import { proseOfDoc, proseOfLines } from './prose';

/** A comment that has its lines to itself. */
export interface Comment {
  readonly from: number;
  readonly to: number;
  /** As Markdown. */
  readonly prose: string;
  /** Of a doc comment: the declaration at the top of the file that it belongs to. */
  readonly declares: string | undefined;
}

/** All comments of a file that have their lines to themselves, in order; neighbouring lines are one. */
export function commentsOf(file: ts.SourceFile): Comment[] {
  const docs: Comment[] = [];
  const lines = new Map<number, ts.CommentRange>();
  const visit = (node: ts.Node) => {
    for (const doc of ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc)) {
      if (doc.parent !== node) continue;
      const declares = node.parent === file ? nameOf(node) : undefined;
      docs.push({ from: doc.pos, to: doc.end, prose: proseOfDoc(doc, file), declares });
    }
    for (const range of ts.getLeadingCommentRanges(file.text, node.getFullStart()) ?? []) {
      if (range.kind === ts.SyntaxKind.SingleLineCommentTrivia && isAlone(file.text, range.pos)) {
        lines.set(range.pos, range);
      }
    }
    // Tokens too, for a comment may stand before a bracket.
    for (const child of node.getChildren(file)) if (!ts.isJSDoc(child)) visit(child);
  };
  visit(file);
  return [...docs, ...joined([...lines.values()], file.text)].sort((a, b) => a.from - b.from);
}

function isAlone(text: string, position: number): boolean {
  return /^[ \t]*$/.test(text.slice(text.lastIndexOf('\n', position - 1) + 1, position));
}

function joined(ranges: readonly ts.CommentRange[], text: string): Comment[] {
  const groups: ts.CommentRange[][] = [];
  for (const range of [...ranges].sort((a, b) => a.pos - b.pos)) {
    const group = groups.at(-1);
    const isNext = group && /^\n[ \t]*$/.test(text.slice(group.at(-1)!.end, range.pos));
    if (isNext) group.push(range);
    else groups.push([range]);
  }
  return groups.map(group => ({
    from: group[0]!.pos,
    to: group.at(-1)!.end,
    prose: proseOfLines(group.map(({ pos, end }) => text.slice(pos, end))),
    declares: undefined,
  }));
}
