import { expect, it } from 'vitest';
import { differences, WrongOwner } from './owner';

it('finds nothing where only the order of keys differs', () => {
  const saved = { a: 1, b: { c: [1, 2], d: null } };
  expect(differences(saved, { b: { d: null, c: [1, 2] }, a: 1 }, 'owner')).toEqual([]);
});

it('says where values differ, and how', () => {
  const saved = { model: { routing: { iterations: 3 }, classes: 10 }, layers: [1, 2], gone: true };
  const here = { model: { routing: { iterations: 2 }, classes: 10 }, layers: [1, 2, 3], added: 'x' };
  expect(differences(saved, here, 'owner')).toEqual([
    'owner.model.routing.iterations: 3 in the checkpoint, 2 here',
    'owner.layers: [1,2] in the checkpoint, [1,2,3] here',
    'owner.gone: true in the checkpoint, absent here',
    'owner.added: absent in the checkpoint, "x" here',
  ]);
});

it('tells objects, arrays and null apart', () => {
  expect(differences(null, {}, 'owner')).toEqual(['owner: null in the checkpoint, {} here']);
  expect(differences([], {}, 'owner')).toEqual(['owner: [] in the checkpoint, {} here']);
});

it('shows the first differences in its message and keeps all', () => {
  const all = Array.from({ length: 8 }, (_, i) => `difference ${i}`);
  const error = new WrongOwner('step-100', all);
  expect(error.message).toMatch(/^checkpoint step-100 .*difference 4; and 3 more\./);
  expect(error.differences).toEqual(all);
});
