package io.k3j.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Whether the other end of an HTTP/2 connection is still there, and still reads. HTTP/2 has windows for those who want
/// to wait: whoever leaves the socket full instead, or says nothing even when asked, has hung or gone without a word.
/// All on the connection's event loop.
///
/// ```
///   HEARD ── quiet, streams open ──► ASKED ── answer too late ──► over
///     ▲ └───────── socket full, nothing leaves it ───────────────► over
///     └────── any frame, or bytes leaving a full socket ──────┘
/// ```
final class Pulse {
    private final Channel channel;
    private final Patience patience;
    private long heard;
    private long asked;
    private long looked;
    private boolean waiting;
    private boolean full;
    private long moved;
    private @Nullable Object first;
    private long gone;

    /// What to do after a look.
    enum Finding {
        WELL, ASK, OVER
    }

    Pulse(Channel channel, Patience patience, long now) {
        this.channel = channel;
        this.patience = patience;
        this.heard = now;
        this.looked = now;
    }

    /// Something has come from the other end.
    void heard(long now) {
        heard = now;
        waiting = false;
    }

    /// Looks after it; `wanted` says whether streams are open.
    Finding look(long now, boolean wanted) {
        forgive(now);
        moved(now);
        if (full && passed(moved, patience.full(), now)) {
            return Finding.OVER;
        }
        if (waiting) {
            return passed(asked, patience.answer(), now) ? Finding.OVER : Finding.WELL;
        }
        if (!wanted || !passed(heard, patience.quiet(), now)) {
            return Finding.WELL;
        }
        waiting = true;
        asked = now;
        return Finding.ASK;
    }

    /// Time in which this process stood still is nobody's silence: what came meanwhile has not been read yet.
    private void forgive(long now) {
        long still = now - looked - 2 * patience.look().toNanos();
        looked = now;
        if (still > 0) {
            heard += still;
            asked += still;
            moved += still;
        }
    }

    /// A socket that was full at the last look and has taken something since has an end that reads. One that takes all
    /// at once says nothing: the kernel does so for a while whoever is there.
    private void moved(long now) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        Object before = first;
        long goneBefore = gone;
        boolean wasFull = full;
        first = buffer == null ? null : buffer.current();
        gone = buffer == null ? 0 : buffer.currentProgress();
        full = first != null;
        if (full && !wasFull) {
            moved = now;
        } else if (full && (first != before || gone != goneBefore)) {
            moved = now;
            heard(now);
        }
    }

    private static boolean passed(long since, Duration limit, long now) {
        return now - since > limit.toNanos();
    }
}
