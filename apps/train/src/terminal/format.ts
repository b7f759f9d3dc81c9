/** `99.13%` */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)}%`;
}

/** `42 s`, `12 min 5 s`, `3 h 20 min` */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `60,000` */
export function count(number: number): string {
  return number.toLocaleString('en');
}

/** `2.1 GB` */
export function bytes(number: number): string {
  return number < 1e9 ? `${Math.round(number / 1e6)} MB` : `${(number / 1e9).toFixed(1)} GB`;
}

/** Images a second, with as many digits as mean something. */
export function rate(imagesPerSecond: number): string {
  return `${imagesPerSecond < 10 ? imagesPerSecond.toFixed(1) : Math.round(imagesPerSecond)} images/s`;
}
