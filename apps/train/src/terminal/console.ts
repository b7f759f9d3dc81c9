import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import { printable, printableJson } from './printable';

/** Where a command writes: text for people, or JSON for machines and then nothing else. */
export interface Console {
  readonly json: boolean;
  /** A line for people. */
  print(line?: string): void;
  /** A document for machines, on one line. */
  emit(document: unknown): void;
  /** Something a person should know that is not part of the result; on stderr. */
  warn(line: string): void;
  /** The same for machines too, as a document of type `note`. */
  note(line: string): void;
}

export function openConsole(json: boolean): Console {
  const emit = (document: unknown) => {
    if (json) console.log(printableJson(document));
  };
  const warn = (line: string) => {
    if (!json) console.error(printable(pc.dim(line)));
  };
  return {
    json,
    print: (line = '') => {
      if (!json) console.log(printable(line));
    },
    emit,
    warn,
    note: line => {
      warn(line);
      emit({ type: 'note', message: line });
    },
  };
}

/** Lines of a name and a value, the values under each other. */
export function table(rows: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${pc.dim(name.padEnd(width))}  ${value}`).join('\n');
}

/** Rows of cells under a heading, the first row, each column as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[]): string {
  const lengthOf = (cell: string) => stripVTControlCharacters(cell).length;
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => lengthOf(row[column]!))));
  return rows
    .map((row, index) => {
      const line = row.map((cell, column) => cell + ' '.repeat(widths[column]! - lengthOf(cell))).join('  ');
      return index === 0 ? pc.dim(line.trimEnd()) : line.trimEnd();
    })
    .join('\n');
}
