import { expect, test } from 'vitest';
import { doubtAbout } from './doubt';

const size = { height: 5, width: 5, channels: 1 };

/** Paper with a stroke down its middle. */
const drawn = (paper: number, ink: number) =>
  Float32Array.from({ length: 25 }, (_, at) => (at % 5 === 2 && at > 4 && at < 20 ? ink : paper));

test.each([
  { paper: 0, ink: 1, doubt: undefined },
  { paper: 0.1, ink: 0.6, doubt: undefined },
  { paper: 0, ink: 0, doubt: 'no-contrast' },
  { paper: 1, ink: 1, doubt: 'no-contrast' },
  { paper: 0.5, ink: 0.5, doubt: 'no-contrast' },
  { paper: 0.1, ink: 0.4, doubt: 'low-contrast' },
  { paper: 1, ink: 0, doubt: 'bright-border' },
  { paper: 120 / 255, ink: 85 / 255, doubt: 'bright-border' }, // pencil on gray paper
])('ink of $ink on paper of $paper: $doubt', ({ paper, ink, doubt }) => {
  expect(doubtAbout(drawn(paper, ink), size)).toBe(doubt);
});
