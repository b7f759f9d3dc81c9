/** A point of a digit whose height is 1, its top left corner being the origin. */
export type Point = readonly [x: number, y: number];

/** What a pen draws from where it touches the paper to where it leaves it: a curve through points, with a corner where one stands twice. */
export type Stroke = readonly Point[];

/** How somebody writes the digits 0 to 9, each as strokes. */
export interface Hand {
  /** To the right, for each unit of height. */
  readonly slant: number;
  readonly digits: readonly (readonly Stroke[])[];
}

const points = (text: string): Stroke =>
  text.split(' ').map(pair => pair.split(',').map(Number) as [number, number]);

const hand = (slant: number, digits: readonly (readonly string[])[]): Hand => ({
  slant,
  digits: digits.map(strokes => strokes.map(points)),
});

/**
 * Written from memory, none traced from MNIST: an American schoolbook with open fours and a one that is a stroke; a quick European hand
 * with an upstroke of the one, a crossed seven and a looped two; an engineer's with serifs.
 */
export const hands = {
  school: hand(0, [
    ['.5,0 .22,.14 .12,.5 .22,.86 .5,1 .78,.86 .88,.5 .78,.14 .5,0'],
    ['.5,0 .5,1'],
    ['.12,.25 .25,.05 .55,0 .82,.2 .72,.48 .4,.78 .1,1 .1,1 .88,1'],
    ['.15,.12 .45,0 .78,.15 .7,.4 .42,.48 .42,.48 .75,.58 .85,.8 .5,1 .12,.88'],
    ['.3,0 .12,.6 .12,.6 .9,.6', '.68,.2 .68,1'],
    ['.25,.02 .2,.45 .2,.45 .5,.38 .82,.55 .8,.85 .5,1 .12,.9', '.25,.02 .8,.02'],
    ['.7,.02 .35,.25 .14,.65 .3,.97 .65,.97 .82,.72 .6,.52 .3,.57 .16,.75'],
    ['.1,.03 .85,.03 .85,.03 .4,1'],
    ['.75,.18 .5,0 .25,.18 .38,.42 .65,.58 .8,.8 .5,1 .2,.8 .35,.57 .62,.42 .75,.18'],
    ['.8,.2 .5,0 .2,.2 .25,.48 .55,.52 .8,.25 .8,.2 .8,.2 .72,.65 .5,1'],
  ]),
  quick: hand(0.18, [
    ['.6,.02 .32,.08 .15,.5 .3,.95 .6,.95 .8,.5 .62,.08 .45,.03'],
    ['.25,.32 .6,0 .6,0 .55,1'],
    ['.15,.2 .45,0 .8,.18 .65,.5 .3,.9 .15,.92 .25,.8 .5,.9 .9,.97'],
    ['.15,.03 .8,.03 .8,.03 .42,.4 .42,.4 .75,.5 .82,.78 .5,1 .15,.88'],
    ['.65,1 .65,0 .65,0 .08,.68 .08,.68 .92,.68'],
    ['.82,.02 .3,.04 .3,.04 .22,.42 .22,.42 .6,.38 .82,.65 .6,.95 .15,.95'],
    ['.6,0 .25,.45 .15,.75 .35,1 .7,.92 .72,.62 .45,.52 .2,.72'],
    ['.1,.08 .2,.03 .88,.03 .88,.03 .42,1', '.3,.5 .8,.47'],
    ['.78,.12 .45,0 .2,.2 .5,.45 .8,.72 .5,1 .18,.78 .5,.47 .75,.25 .78,.12'],
    ['.78,.12 .45,0 .22,.22 .4,.48 .7,.35 .78,.12 .78,.12 .74,1'],
  ]),
  engineer: hand(0.05, [
    ['.5,0 .2,.1 .06,.5 .2,.9 .5,1 .8,.9 .94,.5 .8,.1 .5,0'],
    ['.3,.2 .55,0 .55,0 .55,1', '.3,1 .8,1'],
    ['.15,.15 .4,0 .75,.06 .82,.3 .5,.62 .12,1 .12,1 .9,1'],
    ['.18,.1 .5,0 .8,.2 .5,.46 .35,.46', '.5,.46 .85,.7 .55,1 .12,.9'],
    ['.18,0 .15,.52 .15,.52 .88,.52', '.72,0 .72,1'],
    ['.22,0 .2,.44 .2,.44 .55,.38 .86,.68 .6,1 .15,.93', '.22,0 .82,0'],
    ['.78,.1 .55,0 .25,.2 .13,.6 .25,.95 .6,1 .86,.76 .65,.5 .35,.52 .15,.7'],
    ['.12,.14 .12,.02 .12,.02 .88,.02 .88,.02 .62,.4 .45,1'],
    ['.5,0 .25,.1 .25,.36 .5,.46 .75,.36 .75,.1 .5,0', '.5,.46 .18,.6 .18,.88 .5,1 .82,.88 .82,.6 .5,.46'],
    ['.8,.25 .55,.0 .2,.12 .2,.4 .5,.52 .8,.3 .8,.25 .8,.25 .78,.72 .55,1 .25,.92'],
  ]),
} satisfies Readonly<Record<string, Hand>>;

export type HandName = keyof typeof hands;
export const handNames = Object.keys(hands) as HandName[];
