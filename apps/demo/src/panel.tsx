import type { ComponentChildren } from 'preact';

interface PanelProps {
  /** Its place in the page's address. */
  readonly id: string;
  readonly title: string;
  /** What it shows and why: text and formula. */
  readonly explanation: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A part of the page: a figure to touch, and beside it what it means. */
export function Panel({ id, title, explanation, children }: PanelProps) {
  return (
    <section class="panel" id={id} aria-labelledby={`${id}-title`}>
      <div class="explanation">
        <h2 id={`${id}-title`}>{title}</h2>
        {explanation}
      </div>
      <div class="figure">{children}</div>
    </section>
  );
}
