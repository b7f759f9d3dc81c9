/** Ink, grid and series colours that stay apart for colour-blind readers, on a white page. */
export const palette = {
  ink: '#1f2430',
  quiet: '#6b7280',
  grid: '#e5e7eb',
  training: '#9db4d3',
  validation: '#1d4e89',
  accent: '#c2410c',
} as const;

export const margin = 20;
/** Where a drawing begins below the heading of its picture. */
export const headingHeight = 76;

export type Attributes = Readonly<Record<string, string | number>>;

/** An element of SVG as text; numbers are rounded to a hundredth of a pixel. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? rounded(value) : escaped(value)}"`,
  );
  const start = `<${name}${written.join('')}`;
  return children.length > 0 ? `${start}>${children.join('')}</${name}>` : `${start}/>`;
}

/** Text whose baseline begins at x, y; other attributes are those of SVG. */
export function text(x: number, y: number, content: string, attributes: Attributes = {}): string {
  return element('text', { x, y, ...attributes }, escaped(content));
}

/** What a browser shows when the pointer rests on the element that contains it. */
export function tooltip(content: string): string {
  return element('title', {}, escaped(content));
}

/** A picture on white with a heading, as the text of an SVG file. The drawing begins below `headingHeight`. */
export function picture(
  { title, subtitle, width, height }: PictureSize & { readonly title: string; readonly subtitle: string },
  ...children: readonly string[]
): string {
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'font-family': "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif",
      'font-size': 12,
      fill: palette.ink,
    },
    tooltip(title),
    element('rect', { width, height, fill: 'white' }),
    text(margin, 32, title, { 'font-size': 15, 'font-weight': 'bold' }),
    text(margin, 52, subtitle, { fill: palette.quiet }),
    ...children,
  );
}

interface PictureSize {
  readonly width: number;
  readonly height: number;
}

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Text within an element or an attribute. */
export function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
