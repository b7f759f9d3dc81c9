import type { Draw } from './draw';
import { type HandName, handNames, hands, type Point } from './hands';
import { blankSheet, curve, draw, type Ink } from './pen';

/** Draws a thing in a box of 1, its top left corner being the origin. */
type Thing = (line: (...path: Point[]) => void, random: Draw) => void;

const around = (x: number, y: number, radius: number, from = 0, turns = 1): Point[] =>
  Array.from({ length: Math.ceil(24 * turns) + 1 }, (_, i) => {
    const angle = from + (2 * Math.PI * turns * i) / Math.ceil(24 * turns);
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });

const corner = (...points: Point[]): Point[] => points.flatMap(point => [point, point]);

const scrawl = (random: Draw, count: number): Point[] =>
  Array.from({ length: count }, () => [random.between(0, 1), random.between(0, 1)]);

/** What is on paper and is no digit. */
export const things = {
  nothing: () => {},
  scribble: (line, random) => line(...scrawl(random, 14)),
  'long scribble': (line, random) => line(...scrawl(random, 30)),
  'crossed-out digit': (line, random) => {
    const digits = hands[random.one<HandName>(handNames)].digits;
    for (const stroke of random.one(digits)) line(...stroke);
    for (let i = 0; i < 4; i++)
      line(
        ...corner([-0.1, 0.15 + 0.2 * i + random.normal(0.04)], [1.1, 0.25 + 0.2 * i + random.normal(0.04)]),
      );
    line(...corner([0, 0], [1, 1]));
    line(...corner([1, 0], [0, 1]));
  },
  face: line => {
    line(...around(0.5, 0.5, 0.5));
    line(...around(0.33, 0.36, 0.05));
    line(...around(0.67, 0.36, 0.05));
    line(...around(0.5, 0.5, 0.27, 0.4, 0.37));
  },
  rings: line => {
    for (const radius of [0.5, 0.33, 0.16]) line(...around(0.5, 0.5, radius));
  },
  spiral: line =>
    line(
      ...Array.from({ length: 70 }, (_, i): Point => {
        const [angle, radius] = [i / 2.8, (0.5 * i) / 70];
        return [0.5 + radius * Math.cos(angle), 0.5 + radius * Math.sin(angle)];
      }),
    ),
  grid: line => {
    for (const at of [0, 0.33, 0.67, 1]) {
      line(...corner([at, 0], [at, 1]));
      line(...corner([0, at], [1, at]));
    }
  },
  hatching: line => {
    for (let i = 0; i < 6; i++) line(...corner([0.2 * i, 0], [0.2 * i - 0.3, 1]), ...corner([0.2 * i, 0]));
    for (let i = 0; i < 6; i++) line(...corner([-0.1, 0.2 * i], [1, 0.2 * i - 0.1]));
  },
  star: line =>
    line(
      ...corner(
        ...Array.from({ length: 6 }, (_, i): Point => {
          const angle = (4 * Math.PI * i) / 5 - Math.PI / 2;
          return [0.5 + 0.5 * Math.cos(angle), 0.5 + 0.5 * Math.sin(angle)];
        }),
      ),
    ),
  'ruled line': line => line(...corner([-0.8, 0.5], [1.8, 0.52])),
  waves: line => {
    for (const y of [0.2, 0.5, 0.8])
      line(...Array.from({ length: 17 }, (_, i): Point => [-0.4 + i * 0.11, y + (i % 2 ? 0.07 : -0.07)]));
  },
  house: line => {
    line(...corner([0, 0.4], [0, 1], [1, 1], [1, 0.4], [0.5, 0], [0, 0.4], [1, 0.4]));
    line(...corner([0.4, 1], [0.4, 0.65], [0.65, 0.65], [0.65, 1]));
  },
  asterisk: line => {
    for (let i = 0; i < 4; i++) {
      const [x, y] = [0.5 * Math.cos((Math.PI * i) / 4), 0.5 * Math.sin((Math.PI * i) / 4)];
      line(...corner([0.5 - x, 0.5 - y], [0.5 + x, 0.5 + y]));
    }
  },
  blot: (line, random) => {
    for (let i = 0; i < 30; i++)
      line(...scrawl(random, 6).map(([x, y]): Point => [0.25 + x / 2, 0.25 + y / 2]));
  },
  flower: line => {
    for (let i = 0; i < 6; i++)
      line(...around(0.5 + 0.28 * Math.cos(i * 1.047), 0.35 + 0.28 * Math.sin(i * 1.047), 0.15));
    line(...around(0.5, 0.35, 0.12));
    line([0.5, 0.5], [0.52, 0.8], [0.5, 1.1]);
  },
  signature: (line, random) =>
    line(
      ...Array.from(
        { length: 22 },
        (_, i): Point => [-0.6 + i * 0.1 + random.normal(0.09), 0.5 + random.normal(0.22)],
      ),
    ),
  texture: () => {},
  shadow: () => {},
  net: line => {
    for (let i = 0; i < 5; i++) {
      line(...corner([0.25 * i, 0], [1 - 0.25 * i, 1]));
      line(...corner([0, 0.25 * i], [1, 1 - 0.25 * i]));
    }
  },
} satisfies Readonly<Record<string, Thing>>;

export type ThingName = keyof typeof things;
export const thingNames = Object.keys(things) as ThingName[];

export function drawThing(name: ThingName, width: number, height: number, random: Draw): Ink {
  const sheet = blankSheet(width, height);
  const size = Math.min(width, height) * random.between(0.35, 0.6);
  const [left, top] = [
    (width - size) * random.between(0.35, 0.65),
    (height - size) * random.between(0.35, 0.65),
  ];
  const pen = size * random.between(0.03, 0.07);
  things[name]((...path) => {
    const placed = path.map(
      ([x, y]): Point => [left + size * (x + random.normal(0.008)), top + size * (y + random.normal(0.008))],
    );
    draw(sheet, curve(placed), pen, random);
  }, random);
  return sheet;
}
