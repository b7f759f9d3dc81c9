import { describe, expect, test } from 'vitest';
import { DataError } from '../data-error';
import { parseCsv } from './csv';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('a table of pixels', () => {
  test('has its labels where its first line says', () => {
    const expected = {
      data: Uint8Array.of(0, 1, 2, 3, 255, 5, 6, 7),
      shape: [2, 2, 2],
      labels: Uint8Array.of(9, 3),
    };
    expect(parseCsv(bytes('label,pixel0,pixel1,pixel2,pixel3\n9,0,1,2,3\n3,255,5,6,7\n'))).toEqual(expected);
    expect(parseCsv(bytes('pixel0,pixel1,pixel2,pixel3,"Label"\n0,1,2,3,9\n255,5,6,7,3'))).toEqual(expected);
    expect(parseCsv(bytes('\ufefflabel,a,b,c,d\r\n9, 0,"1",2,3\r\n\r\n3,255,5,6,7\r\n\r\n'))).toEqual(
      expected,
    );
  });

  test('without names has its labels first', () => {
    expect(parseCsv(bytes('300,0,1,2,3\n7,4,5,6,7'))).toEqual({
      data: Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7]),
      shape: [2, 2, 2],
      labels: Uint16Array.of(300, 7),
    });
  });

  test('without labels has none', () => {
    expect(parseCsv(bytes('pixel0,pixel1,pixel2,pixel3\n0,1,2,3'))).toEqual({
      data: Uint8Array.of(0, 1, 2, 3),
      shape: [1, 2, 2],
    });
  });

  test('in colour has red, green and blue side by side', () => {
    const pixels = Array.from({ length: 12 }, (_, at) => at * 20);
    const { data, shape } = parseCsv(bytes(`label,${pixels.map(at => `p${at}`)}\n1,${pixels}`));
    expect([shape, [...data]]).toEqual([[1, 2, 2, 3], pixels]);
  });
});

test.each([
  ['label,a,b,c,d\n1,2,3,4\n', 'line 2, column 5: expected a whole number, found nothing'],
  ['label,a,b,c,d\n1,2,3,4,5,6\n', 'line 2: expected 5 columns, found more'],
  ['label,a,b,c,d\n1,2,3,4,256\n', 'line 2, column 5: expected a pixel of at most 255, found 256'],
  ['label,a,b,c,d\n1,2,3,4,5\n1,2,,4,5', 'line 3, column 3: expected a whole number, found nothing'],
  ['label,a,b,c,d\ncat,2,3,4,5', 'line 2, column 1: expected a whole number, found "cat"'],
  ['label,a,b,c,d\n1,2,3,0.5,5', 'line 2, column 4: expected a whole number, found "0.5"'],
  ['label,a,b,c,d\n1,2,-3,4,5', 'line 2, column 3: expected a whole number, found "-3"'],
  ['label,a,b,c,d\n99999,2,3,4,5', 'line 2, column 1: expected a label of at most 65535, found 99999'],
  ['label,a,b\n1,2,3', 'expected s² pixels of a square image, or 3 s² in colour, found 2 columns of pixels'],
  ['label,a,b,c,d\n', 'expected at least one image, found none'],
  [
    '<!doctype html>\n<p>',
    'line 1: expected numbers or names with commas between them, found "<!doctype html>"',
  ],
  ['', 'line 1: expected numbers or names'],
])('refuses %j', (text, message) => {
  expect(() => parseCsv(bytes(text))).toThrow(DataError);
  expect(() => parseCsv(bytes(text))).toThrow(message);
});

test('the label of a line that is cut off is not taken for a pixel of it', () => {
  expect(() => parseCsv(bytes('1,2,3,4,5\n6,7'))).toThrow(
    'line 2, column 3: expected a whole number, found nothing',
  );
});
