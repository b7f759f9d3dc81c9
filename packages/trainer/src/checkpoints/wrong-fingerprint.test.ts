import { expect, it } from 'vitest';
import { differenceLines, WrongFingerprint } from './wrong-fingerprint';

it('says where values differ, and how', () => {
  const saved = { model: { routing: { iterations: 3 }, classes: 10 }, layers: [1, 2], gone: true };
  const here = { model: { classes: 10, routing: { iterations: 2 } }, layers: [1, 2, 3], added: 'x' };
  expect(differenceLines(saved, here, 'fingerprint')).toEqual([
    'fingerprint.model.routing.iterations: 3 in the checkpoint, 2 here',
    'fingerprint.layers: [1, 2] in the checkpoint, [1, 2, 3] here',
    'fingerprint.gone: true in the checkpoint, nothing here',
    'fingerprint.added: nothing in the checkpoint, "x" here',
  ]);
});

it('tells values as a whole apart', () => {
  expect(differenceLines(null, {}, 'fingerprint')).toEqual([
    'fingerprint: null in the checkpoint, an object here',
  ]);
});

it('shows the first differences in its message and keeps all', () => {
  const all = Array.from({ length: 8 }, (_, i) => `difference ${i}`);
  const error = new WrongFingerprint('step-100', all);
  expect(error.message).toMatch(/^checkpoint step-100 .*difference 4; and 3 more\./);
  expect(error).toMatchObject({ name: 'WrongFingerprint', code: 'other-run', differences: all });
});
