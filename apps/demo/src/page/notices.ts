import { signal } from '@preact/signals';

/** What people should know of: a lost context, a backend that is not there, a file that cannot be loaded. Newest first. */
export const notices = signal<readonly string[]>([]);

/** More would push the page out of sight. */
const most = 2;

/** Shows a notice until it is closed, or newer ones take its place. */
export function notify(text: string): void {
  notices.value = [text, ...notices.value.filter(other => other !== text)].slice(0, most);
}
