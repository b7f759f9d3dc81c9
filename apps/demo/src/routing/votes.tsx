import { ImageView } from '../figures/image-view';
import type { ImageRouting } from './routing';

/** Who voted for the winner: a circle for each position over the digit, or a bar for each capsule where there is one position. */
export function Votes({ view }: { readonly view: ImageRouting }) {
  const { rows, columns } = view.grid;
  return (
    <figure class="votes">
      <h3>Votes for {view.winner}</h3>
      {rows * columns > 1 ? <VotesOverDigit view={view} /> : <VotesByCapsule view={view} />}
    </figure>
  );
}

function VotesOverDigit({ view }: { readonly view: ImageRouting }) {
  const { first, step, side } = view.field;
  const { rows, columns } = view.grid;
  const votes = votesByPosition(view);
  const most = Math.max(...votes.map(Math.abs), 1e-8);
  return (
    <>
      <div class="over-digit">
        <ImageView pixels={view.image} framed />
        <svg
          viewBox="0 0 28 28"
          role="img"
          aria-label={`Where the capsules sit that voted for ${view.winner}`}
        >
          {votes.map((vote, position) => (
            <circle
              key={position}
              class={vote < 0 ? 'against' : 'for'}
              cx={first + step * (position % columns)}
              cy={first + step * Math.floor(position / columns)}
              // The area, not the radius, says how much.
              r={step * 0.62 * Math.sqrt(Math.abs(vote) / most)}
            />
          ))}
        </svg>
      </div>
      <figcaption>
        {rows} × {columns} positions, each looking at {side} × {side} pixels. The area is what its capsules
        added to capsule {view.winner}; blue ones pulled the other way.
      </figcaption>
    </>
  );
}

function VotesByCapsule({ view }: { readonly view: ImageRouting }) {
  const most = Math.max(...view.contributions.map(Math.abs), 1e-8);
  return (
    <>
      <ol class="vote-bars">
        {Array.from(view.contributions, (vote, capsule) => (
          <li key={capsule}>
            <span class="class">{capsule + 1}</span>
            <span class="bar" aria-hidden="true">
              <span
                class={vote < 0 ? 'against' : 'for'}
                style={{ width: `${(100 * Math.abs(vote)) / most}%` }}
              />
            </span>
            <span class="value">{vote.toFixed(3)}</span>
          </li>
        ))}
      </ol>
      <figcaption>
        {view.contributions.length} capsules, each looking at the whole image, and what they added to capsule{' '}
        {view.winner}
      </figcaption>
    </>
  );
}

/** Summed over the channels of a position. */
function votesByPosition({ contributions, grid: { channels } }: ImageRouting): number[] {
  return Array.from({ length: contributions.length / channels }, (_, position) =>
    contributions
      .subarray(position * channels, (position + 1) * channels)
      .reduce((sum, contribution) => sum + contribution, 0),
  );
}
