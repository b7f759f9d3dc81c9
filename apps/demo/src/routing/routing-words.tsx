import { formula as agreement } from '../formulas/agreement.tex';
import { formula as selfAttention } from '../formulas/self-attention.tex';
import { formula as vote } from '../formulas/vote.tex';
import { networkState } from '../network/network-client';
import { Formula } from '../page/formula';

/** What the network in use does between primary and digit capsules. */
export function RoutingWords() {
  const { value } = networkState;
  const routing = value.status === 'ready' ? value.network.routing : 'dynamic';
  return (
    <>
      <p>
        Primary capsules each see a part of the image, and each predicts what every digit capsule would be:
        its <em>votes</em>. A digit capsule is the sum of the votes that are coupled to it.
      </p>
      {routing !== 'em' && <Formula formula={vote} />}
      {routing === 'dynamic' && (
        <>
          <p>
            At first every primary capsule is coupled to all digits equally. One whose vote agrees with a
            digit capsule is coupled to it more strongly in the next iteration, and to the others less.
          </p>
          <Formula formula={agreement} />
          <p>
            Most capsules look at blank paper. Their votes are short, and they stay undecided: an average in
            which each counts the same would hardly move. The number below a map weighs each by how far its
            vote agrees with the digit.
          </p>
        </>
      )}
      {routing === 'self-attention' && (
        <>
          <p>
            There is one pass, without iterations: the more the vote of a primary capsule agrees with all
            other votes for a digit, the more strongly it is coupled to that digit.
          </p>
          <Formula formula={selfAttention} />
        </>
      )}
      {routing === 'em' && (
        <p>
          Each digit capsule is a Gaussian over the votes, in as many dimensions as a vote has. In turns, the
          votes are coupled to the Gaussians under which they are likely, and the Gaussians are fitted to the
          votes that are coupled to them.
        </p>
      )}
      <p>
        Each little map shows the couplings of one channel of primary capsules, by position, to one digit: the
        columns are the digits, the rows the channels.
      </p>
    </>
  );
}
