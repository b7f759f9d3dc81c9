import type { NamedNetwork } from './description';

export interface ExportedFile {
  /** Within the folder, where there are several. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What an export is made of. */
export interface Export {
  readonly files: readonly ExportedFile[];
  /** What `--json` says of it besides. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** A form in which a network leaves: a file here, or a folder, and a line in `export-formats.ts`. */
export interface ExportFormat {
  /** What it is written to. */
  readonly as: 'file' | 'folder';
  /** Loaded when it is asked for. */
  load(): Promise<(network: NamedNetwork) => Export | Promise<Export>>;
}
