import pc from 'picocolors';

/** Where a command writes: text for people, or JSON for machines and then nothing else. */
export interface Console {
  readonly json: boolean;
  /** A line for people. */
  print(line?: string): void;
  /** A document for machines, on one line. */
  emit(document: unknown): void;
  /** Something a person should know that is not part of the result; on stderr. */
  warn(line: string): void;
}

export function openConsole(json: boolean): Console {
  return {
    json,
    print: (line = '') => {
      if (!json) console.log(line);
    },
    emit: document => {
      if (json) console.log(JSON.stringify(document));
    },
    warn: line => {
      if (!json) console.error(pc.dim(line));
    },
  };
}

/** Lines of a name and a value, the values under each other. */
export function table(rows: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${pc.dim(name.padEnd(width))}  ${value}`).join('\n');
}
