package io.k3j.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Detects that the client of an HTTP/2 connection has vanished or no longer reads. A client that wants to pause
/// closes stream windows; one that leaves the socket full, or does not answer a ping, is dead.
/// All on the connection's event loop.
///
/// ```
///   ALIVE ── quiet, streams open ──► PINGED ── answer too late ─► dead
///     ▲ └───────── socket full, no progress ────────────────────► dead
///     └────── any frame, or progress of a full socket ─┘
/// ```
final class Pulse {
    private final Channel channel;
    private final Patience patience;
    private long lastReceived;
    private long pingSent;
    private long lastCheck;
    private boolean awaitingAnswer;
    private boolean full;
    private long lastProgress;
    private @Nullable Object head;
    private long headProgress;

    /// The result of a check: nothing to do, send a ping, or reset the connection.
    enum Verdict {
        ALIVE, PING, DEAD
    }

    Pulse(Channel channel, Patience patience, long now) {
        this.channel = channel;
        this.patience = patience;
        this.lastReceived = now;
        this.lastCheck = now;
    }

    /// Records that a frame was received.
    void received(long now) {
        lastReceived = now;
        awaitingAnswer = false;
    }

    /// Checks the client; `streamsOpen` tells whether streams are open.
    Verdict check(long now, boolean streamsOpen) {
        discountStall(now);
        updateProgress(now);
        if (full && passed(lastProgress, patience.full(), now)) {
            return Verdict.DEAD;
        }
        if (awaitingAnswer) {
            return passed(pingSent, patience.answer(), now) ? Verdict.DEAD : Verdict.ALIVE;
        }
        if (!streamsOpen || !passed(lastReceived, patience.quiet(), now)) {
            return Verdict.ALIVE;
        }
        awaitingAnswer = true;
        pingSent = now;
        return Verdict.PING;
    }

    /// Time in which this process itself was stopped does not count: frames received meanwhile have not been read
    /// yet.
    private void discountStall(long now) {
        long stalled = now - lastCheck - 2 * patience.checkInterval().toNanos();
        lastCheck = now;
        if (stalled > 0) {
            lastReceived += stalled;
            pingSent += stalled;
            lastProgress += stalled;
        }
    }

    /// A socket that was full at the last check and has made progress has a client that reads. A socket that takes
    /// everything at once proves nothing: the kernel's buffer does that without a reader.
    private void updateProgress(long now) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        Object before = head;
        long progressBefore = headProgress;
        boolean wasFull = full;
        head = buffer == null ? null : buffer.current();
        headProgress = buffer == null ? 0 : buffer.currentProgress();
        full = head != null;
        if (full && !wasFull) {
            lastProgress = now;
        } else if (full && (head != before || headProgress != progressBefore)) {
            lastProgress = now;
            received(now);
        }
    }

    private static boolean passed(long since, Duration limit, long now) {
        return now - since > limit.toNanos();
    }
}
