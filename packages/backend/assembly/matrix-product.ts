/**
 * The product of two matrices for the wasm backend, in AssemblyScript. It works on the backend's own memory, in place.
 *
 *     c[i, j] = sum over l of a[i, l] b[l, j]        c [m, n] row by row, a and b with any strides
 *
 * After Goto and van de Geijn (2008): a block of b is packed into panels of 8 columns and stays in the cache while blocks
 * of a, packed into panels of 4 rows, pass by; a tile of 4 x 8 sums stays in registers while both panels stream through.
 * As packing reads its operand by strides, a transposed matrix costs next to nothing. Larger tiles need more registers
 * than x86 offers to WebAssembly, and unrolling the inner loop was measured to be slower.
 *
 * `assembly/build.mjs` compiles this into `src/wasm/matrix-product-binary.ts`.
 */

const tileRows: i32 = 4;
const tileColumns: i32 = 8;

/** Sizes of the blocks: one of b takes 512 KB, one of a 96 KB. */
const blockRows: i32 = 96;
const blockColumns: i32 = 512;
const blockDepth: i32 = 256;

/** Memory that a product needs for itself: a tile and both blocks. */
export function scratchBytes(): usize {
  return 4 * <usize>(tileRows * tileColumns + blockDepth * (blockRows + blockColumns));
}

/**
 * @param aRow, aColumn, bRow, bColumn bytes from one row or column to the next
 * @param scratch {@link scratchBytes} bytes
 */
export function multiply(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  c: usize,
  scratch: usize,
): void {
  const panelsOfA = scratch + 4 * <usize>(tileRows * tileColumns);
  const panelsOfB = panelsOfA + 4 * <usize>(blockRows * blockDepth);
  for (let column = 0; column < n; column += blockColumns) {
    const columns = min(blockColumns, n - column);
    for (let start = 0; start < k; start += blockDepth) {
      const depth = min(blockDepth, k - start);
      const blockOfB = b + <usize>start * bRow + <usize>column * bColumn;
      for (let j = 0; j < columns; j += tileColumns) {
        const panel = panelsOfB + 4 * <usize>(j * depth);
        const from = blockOfB + <usize>j * bColumn;
        pack(depth, columns - j, from, bColumn, bRow, panel, 32);
        pack(depth, columns - j - 4, from + 4 * bColumn, bColumn, bRow, panel + 16, 32);
      }
      for (let row = 0; row < m; row += blockRows) {
        const rows = min(blockRows, m - row);
        const blockOfA = a + <usize>row * aRow + <usize>start * aColumn;
        for (let i = 0; i < rows; i += tileRows) {
          const panel = panelsOfA + 4 * <usize>(i * depth);
          pack(depth, rows - i, blockOfA + <usize>i * aRow, aRow, aColumn, panel, 16);
        }
        for (let j = 0; j < columns; j += tileColumns) {
          const panelOfB = panelsOfB + 4 * <usize>(j * depth);
          for (let i = 0; i < rows; i += tileRows) {
            const panelOfA = panelsOfA + 4 * <usize>(i * depth);
            const to = c + 4 * (<usize>(row + i) * n + column + j);
            if (rows - i >= tileRows && columns - j >= tileColumns) {
              addTile(depth, panelOfA, panelOfB, to, 4 * <usize>n, start === 0);
            } else {
              addTile(depth, panelOfA, panelOfB, scratch, 32, true);
              addPart(scratch, to, min(tileRows, rows - i), min(tileColumns, columns - j), n, start === 0);
            }
          }
        }
      }
    }
  }
}

/**
 * Lays up to 4 vectors (rows of a or columns of b) side by side: to[l] = (v0[l], v1[l], v2[l], v3[l]), zeros for missing
 * ones.
 *
 * @param vectors how many there are, more than 4 counting as 4
 * @param across, along bytes from one vector, or one number of a vector, to the next
 * @param step bytes from one group of 4 to the next in `to`
 */
function pack(
  depth: i32,
  vectors: i32,
  from: usize,
  across: usize,
  along: usize,
  to: usize,
  step: usize,
): void {
  let l = 0;
  if (vectors >= 4 && across === 4) {
    for (; l < depth; l++) {
      v128.store(to, v128.load(from));
      from += along;
      to += step;
    }
  } else if (vectors >= 4 && along === 4) {
    // 4 x 4 at a time, transposed
    for (; l + 4 <= depth; l += 4) {
      const v0 = v128.load(from);
      const v1 = v128.load(from + across);
      const v2 = v128.load(from + 2 * across);
      const v3 = v128.load(from + 3 * across);
      const low01 = v128.shuffle<f32>(v0, v1, 0, 4, 1, 5);
      const low23 = v128.shuffle<f32>(v2, v3, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(v0, v1, 2, 6, 3, 7);
      const high23 = v128.shuffle<f32>(v2, v3, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
      v128.store(to + step, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
      v128.store(to + 2 * step, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
      v128.store(to + 3 * step, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
      from += 16;
      to += 4 * step;
    }
  }
  for (; l < depth; l++) {
    for (let v = 0; v < 4; v++) {
      store<f32>(to + 4 * <usize>v, v < vectors ? load<f32>(from + <usize>v * across) : 0);
    }
    from += along;
    to += step;
  }
}

/**
 * A tile of 4 x 8 sums over the depth of two panels.
 *
 * @param to, row where the tile goes, and bytes from one of its rows to the next
 * @param isFirst whether the sums replace what is there
 */
function addTile(depth: i32, a: usize, b: usize, to: usize, row: usize, isFirst: bool): void {
  let s00 = f32x4.splat(0);
  let s01 = f32x4.splat(0);
  let s10 = f32x4.splat(0);
  let s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0);
  let s21 = f32x4.splat(0);
  let s30 = f32x4.splat(0);
  let s31 = f32x4.splat(0);
  for (let l = 0; l < depth; l++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    s00 = f32x4.add(s00, f32x4.mul(x, b0));
    s01 = f32x4.add(s01, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 4);
    s10 = f32x4.add(s10, f32x4.mul(x, b0));
    s11 = f32x4.add(s11, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 8);
    s20 = f32x4.add(s20, f32x4.mul(x, b0));
    s21 = f32x4.add(s21, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 12);
    s30 = f32x4.add(s30, f32x4.mul(x, b0));
    s31 = f32x4.add(s31, f32x4.mul(x, b1));
    a += 16;
    b += 32;
  }
  addRow(to, s00, s01, isFirst);
  addRow(to + row, s10, s11, isFirst);
  addRow(to + 2 * row, s20, s21, isFirst);
  addRow(to + 3 * row, s30, s31, isFirst);
}

function addRow(to: usize, left: v128, right: v128, isFirst: bool): void {
  v128.store(to, isFirst ? left : f32x4.add(v128.load(to), left));
  v128.store(to, isFirst ? right : f32x4.add(v128.load(to, 16), right), 16);
}

/** What of a tile lies within the matrix [.., n]. */
function addPart(tile: usize, to: usize, rows: i32, columns: i32, n: i32, isFirst: bool): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = to + 4 * <usize>(i * n + j);
      const sum = load<f32>(tile + 4 * <usize>(i * tileColumns + j));
      store<f32>(at, isFirst ? sum : load<f32>(at) + sum);
    }
  }
}
