import type { ImageSet } from '@capsnet/data';
import { expect, test } from 'vitest';
import { tinyConfigs } from '../../test/tiny-problem';
import { type Course, courseImages, courseLabels, decodeCourse, encodeCourse, makeCourse } from './course';
import { ours } from './ours';
import { makeProblem } from './problem';

/** 9 images of 12x11 whose pixels tell image and place. */
const set: ImageSet = {
  shape: [9, 12, 11],
  data: Uint8Array.from({ length: 9 * 132 }, (_, index) => (index * 7) % 256),
  labels: Uint8Array.from({ length: 9 }, (_, index) => index % 3),
};
const course = makeCourse(set, { epochs: 2, batch: 3, heldBack: 2 });

test('holds back the last images, and goes through the others in an order of its own in each epoch', () => {
  expect(course.heldBack).toEqual({ shape: [2, 12, 11, 1], data: set.data.slice(7 * 132) });
  expect([...course.heldBackLabels]).toEqual([1, 2]);
  expect(course.images.shape).toEqual([7, 12, 11, 1]);
  const epochs = [course.order.slice(0, 6), course.order.slice(6)].map(epoch => [...epoch]);
  for (const epoch of epochs) {
    expect(new Set(epoch).size).toBe(6);
    expect(Math.max(...epoch)).toBeLessThan(7);
  }
  expect(epochs[0]).not.toEqual(epochs[1]);
});

test('its learning rates fall along half a cosine', () => {
  expect(course.rates).toHaveLength(4);
  expect(course.rates[0]).toBeCloseTo(1e-3, 9);
  expect(course.rates[1]).toBeCloseTo(1e-5 + 0.75 * 0.00099, 9);
  expect(course.rates[3]).toBeCloseTo(1e-5, 9);
});

test('moves the images of a batch down and right, and what comes in is black', () => {
  const shifts = Int32Array.from([0, 0, 2, -1, -1, 2]);
  const moved = courseImages(
    { ...course, shifts: Int32Array.from([...shifts, ...course.shifts.slice(6)]) },
    0,
  );
  for (let row = 0; row < 3; row++) {
    const image = course.order[row]!;
    for (let y = 0; y < 12; y++) {
      for (let x = 0; x < 11; x++) {
        const [fromY, fromX] = [y - shifts[2 * row]!, x - shifts[2 * row + 1]!];
        const isInside = fromY >= 0 && fromY < 12 && fromX >= 0 && fromX < 11;
        const expected = isInside ? set.data[image * 132 + fromY * 11 + fromX]! / 255 : 0;
        expect(moved[row * 132 + y * 11 + x]).toBeCloseTo(expected, 6);
      }
    }
  }
  expect([...courseLabels(course, 1)]).toEqual([3, 4, 5].map(place => course.order[place]! % 3));
  expect(Math.max(...course.shifts)).toBe(2);
  expect(Math.min(...course.shifts)).toBe(-2);
});

test('survives its file', () => {
  expect(decodeCourse(encodeCourse(course))).toEqual(course);
});

test('needs images for a batch and to hold back', () => {
  expect(() => makeCourse(set, { epochs: 1, batch: 8, heldBack: 2 })).toThrow('found 9');
  expect(() => makeCourse(set, { epochs: 1, batch: 3, heldBack: 0 })).toThrow('to hold back');
});

test('the packages learn it: losses fall, and accuracy is that of the validation split', async () => {
  // Two images, one of each class, over and over: soon both are right.
  const pair: ImageSet = {
    shape: [8, 12, 11],
    data: Uint8Array.from({ length: 8 * 132 }, (_, index) =>
      Math.floor(index / 132) % 2 === 0 ? 255 * Number(index % 11 < 5) : 255 * Number(index % 11 > 5),
    ),
    labels: Uint8Array.from({ length: 8 }, (_, index) => index % 2),
  };
  const lessons: Course = makeCourse(pair, { epochs: 15, batch: 6, heldBack: 2 });
  const problem = makeProblem('paper', 1, tinyConfigs.paper);
  const contender = await ours('cpu', problem, lessons);
  const losses: number[] = [];
  for (const _ of lessons.rates) losses.push(await contender.learn!());
  expect(losses.at(-1)).toBeLessThan(losses[0]!);
  const lengths = (await ours('cpu', { ...problem, images: heldBackOf(lessons) })).infer(2).lengths;
  const before = await ours('cpu', problem, lessons);
  const right = [0, 1].filter(
    row => lengths[3 * row + row] === Math.max(...lengths.subarray(3 * row, 3 * row + 3)),
  );
  expect(await before.accuracy!()).toBe(right.length / 2);
  await expect(contender.learn!()).rejects.toThrow('the training has ended');
});

function heldBackOf({ heldBack: { shape, data } }: Course) {
  return { shape, data: Float32Array.from(data, byte => byte / 255) };
}
