import type { ExportFormat } from './export-format';

/** The forms in which a network leaves, by their names on the command line. */
export const exportFormats = {
  onnx: { as: 'file', load: async () => (await import('./onnx/onnx')).onnxOf },
  tfjs: { as: 'folder', load: async () => (await import('./tfjs')).tfjsOf },
  pytorch: { as: 'folder', load: async () => (await import('./pytorch/pytorch')).pytorchOf },
  npz: { as: 'file', load: async () => (await import('./npz')).npzOf },
} satisfies Record<string, ExportFormat>;

export type ExportFormatName = keyof typeof exportFormats;
export const exportFormatNames = Object.keys(exportFormats) as ExportFormatName[];
