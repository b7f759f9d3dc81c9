import { crc32, deflateSync } from 'node:zlib';

const signature = Buffer.from('89504e470d0a1a0a', 'hex');

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Default 8. */
  readonly depth?: number;
  /** Default 0, gray. */
  readonly colour?: number;
  /** Default 0, none. */
  readonly interlacing?: number;
}

/** Adam7: the number of the pass that each pixel of a tile of 8x8 is in. */
const passes = [
  '16462646',
  '77777777',
  '56565656',
  '77777777',
  '36463646',
  '77777777',
  '56565656',
  '77777777',
];

/** The rows of an interlaced picture in the order of its passes, and which columns of a row are in the pass. */
export function interlacedRows({
  width,
  height,
}: Pick<PngHeader, 'width' | 'height'>): { readonly row: number; readonly columns: readonly number[] }[] {
  const rows = Array.from('1234567', pass =>
    Array.from({ length: height }, (_, row) => ({
      row,
      columns: Array.from({ length: width }, (_, column) => column).filter(
        column => passes[row % 8]![column % 8] === pass,
      ),
    })),
  );
  return rows.flat().filter(({ columns }) => columns.length > 0);
}

/** How many bytes of pixels a header asks for: of each row of each pass one for its filter, and its pixels in bits. */
export function pixelBytes({ width, height, depth = 8, colour = 0, interlacing = 0 }: PngHeader): number {
  const bits = depth * ([1, 0, 3, 1, 2, 0, 4][colour] ?? 1);
  const bytes = (pixels: number) => 1 + Math.ceil((pixels * bits) / 8);
  if (interlacing === 0) return height * bytes(width);
  return interlacedRows({ width, height }).reduce((sum, { columns }) => sum + bytes(columns.length), 0);
}

/** A PNG whose checksums are right, whatever its header says of the pixels. */
export function png(
  { width, height, depth = 8, colour = 0, interlacing = 0 }: PngHeader,
  pixels: Uint8Array,
  others: readonly Uint8Array[] = [],
): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([depth, colour, 0, 0, interlacing], 8);
  const chunks = [chunk('IHDR', header), ...others, chunk('IDAT', deflateSync(pixels)), chunk('IEND')];
  return new Uint8Array(Buffer.concat([signature, ...chunks]));
}

/** Length, name, content, checksum. */
export function chunk(name: string, content: Uint8Array = new Uint8Array()): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}
