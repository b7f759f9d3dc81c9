import type { ComponentChildren } from 'preact';

interface PanelProps {
  /** Its place in the page's address. */
  readonly id: string;
  readonly title: string;
  /** What it shows and why: text and formula. */
  readonly explanation: ComponentChildren;
  /** The page of the tutorial that tells more, in whose folder `demo/` this page lies. */
  readonly more: { readonly page: string; readonly title: string };
  readonly children: ComponentChildren;
}

/** A part of the page: a figure to touch, and beside it what it means. */
export function Panel({ id, title, explanation, more, children }: PanelProps) {
  return (
    <section class="panel" id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      <div class="figure">{children}</div>
      <div class="explanation">
        {explanation}
        <p>
          In the tutorial: <a href={`../${more.page}.html`}>{more.title}</a>
        </p>
      </div>
    </section>
  );
}
