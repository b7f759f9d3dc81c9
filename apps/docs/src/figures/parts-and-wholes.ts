import type { Library } from '../library';

/** Where a part or a whole is, and how it is turned, in radians. */
export interface Pose {
  readonly x: number;
  readonly y: number;
  readonly angle: number;
}

export const parts = ['rectangle', 'triangle'] as const;
export const wholes = ['house', 'boat'] as const;

/** Where each part is in each whole, as seen from the middle of the whole, upright. */
const places: Readonly<Record<(typeof parts)[number], Readonly<Record<(typeof wholes)[number], Pose>>>> = {
  rectangle: { house: { x: 0, y: -0.4, angle: 0 }, boat: { x: 0, y: 0.4, angle: 0 } },
  triangle: { house: { x: 0, y: 0.4, angle: 0 }, boat: { x: 0, y: -0.4, angle: Math.PI } },
};

/** The poses of the parts of an upright whole. */
export function partsOf(whole: (typeof wholes)[number], { x, y }: { x: number; y: number }): Pose[] {
  return parts.map(part => ({
    x: places[part][whole].x + x,
    y: places[part][whole].y + y,
    angle: places[part][whole].angle,
  }));
}

/** A pose as a capsule: [x, y, cos, sin]. What follows from it for a whole is linear in these four. */
export function capsuleOf({ x, y, angle }: Pose): number[] {
  return [x, y, Math.cos(angle), Math.sin(angle)];
}

/** The pose that a capsule tells. Its direction alone counts. */
export function poseOf([x = 0, y = 0, cos = 0, sin = 0]: readonly number[]): Pose {
  const norm = Math.hypot(cos, sin) || 1;
  return { x: x / norm, y: y / norm, angle: Math.atan2(sin, cos) };
}

/**
 * W of a part and a whole [4, 4], for rows: the whole is turned by `-place.angle` against the part, and its middle lies
 * where the part's place in it, turned likewise, is taken off.
 */
export function weightOf(place: Pose): number[][] {
  const [cos, sin] = [Math.cos(place.angle), Math.sin(place.angle)];
  // The whole's angle is a - p, for a part at angle a whose place has angle p.
  // Its middle is (x, y) - R(a - p) place.
  const along = [cos, -sin]; // cos(a - p) = cos a cos p + sin a sin p; sin(a - p) = sin a cos p - cos a sin p
  const [px, py] = [place.x, place.y];
  const ofCos = [
    -(px * along[0]! - py * along[1]!),
    -(px * along[1]! + py * along[0]!),
    along[0]!,
    along[1]!,
  ];
  const ofSin = [
    -(-px * along[1]! - py * along[0]!),
    -(px * along[0]! - py * along[1]!),
    -along[1]!,
    along[0]!,
  ];
  return [[1, 0, 0, 0], [0, 1, 0, 0], ofCos, ofSin];
}

export interface Recognition {
  /** [part][whole] */
  readonly votes: readonly (readonly Pose[])[];
  readonly couplings: readonly (readonly number[])[];
  /** The lengths of the wholes' capsules. */
  readonly lengths: readonly number[];
}

/** Routes the parts' capsules to the wholes. */
export function recognise({ tf, core }: Library, poses: readonly Pose[], iterations = 3): Recognition {
  const weight = parts.map(part => wholes.map(whole => weightOf(places[part][whole])));
  const [votes, couplings, lengths] = tf.tidy(() => {
    const u = tf.tensor3d([poses.map(capsuleOf)]);
    const w = tf.tensor4d(weight); // [parts, wholes, 4, 4]
    const routing = core.dynamicRouting(u, w, { iterations });
    const votes = tf.sum(tf.mul(tf.reshape(u, [parts.length, 1, 4, 1]), w), 2);
    const read = [
      votes,
      tf.squeeze(routing.couplings, [0]),
      tf.squeeze(core.capsuleLength(routing.capsules)),
    ];
    return read.map(tensor => tensor.arraySync()) as [number[][][], number[][], number[]];
  });
  return { votes: votes.map(ofPart => ofPart.map(poseOf)), couplings, lengths };
}
