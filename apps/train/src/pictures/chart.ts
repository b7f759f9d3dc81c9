import type { Config as VegaConfig } from 'vega';
import type { TopLevelSpec } from 'vega-lite';

/** Ink, grid and series colours that stay apart for colour-blind readers, on a white page. */
export const palette = {
  ink: '#1f2430',
  quiet: '#6b7280',
  grid: '#e5e7eb',
  training: '#9db4d3',
  validation: '#1d4e89',
  accent: '#c2410c',
} as const;

const font = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif";

const look: VegaConfig = {
  background: 'white',
  axis: {
    domain: false,
    ticks: false,
    gridColor: palette.grid,
    labelColor: palette.quiet,
    labelFont: font,
    labelFontSize: 11,
    labelPadding: 6,
    titleColor: palette.ink,
    titleFont: font,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titlePadding: 10,
  },
  legend: { labelColor: palette.ink, labelFont: font, labelFontSize: 12, title: null },
  title: {
    anchor: 'start',
    color: palette.ink,
    font,
    fontSize: 15,
    offset: 14,
    subtitleColor: palette.quiet,
    subtitleFont: font,
    subtitleFontSize: 12,
    subtitlePadding: 5,
  },
  text: { font },
} as VegaConfig;

/** Draws a Vega-Lite chart as SVG text; it needs neither a DOM nor a canvas. */
export async function drawChart(spec: TopLevelSpec): Promise<string> {
  // Loaded here: the two libraries cost a third of a second, which `capsnet --help` should not pay.
  const [{ parse, View }, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const view = new View(parse(compile({ padding: 20, ...spec }).spec, look), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
