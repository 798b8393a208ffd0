package io.k3j.streaming;

import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// How much may still be sent, of the whole connection and of each call. Its lock also guards the order in
/// which calls begin.
///
/// HTTP/2's flow control, RFC 9113 §5.2 and §6.9. Numbers are `long`, so that windows a server widens too far do not
/// wrap; a window may be negative after the server has narrowed it (§6.9.2).
final class SendWindow {
    /// Bytes, of the connection and of each call, before the server says otherwise.
    private static final int AT_FIRST = 65_535;
    /// What the connection may still send.
    private long window = AT_FIRST;
    /// What calls begin with.
    private long beginning = AT_FIRST;
    private boolean closed;

    /// What a new call begins with.
    synchronized long begin() {
        return beginning;
    }

    /// The server has changed what calls begin with, also for those that have begun.
    /// @param value the server's SETTINGS_INITIAL_WINDOW_SIZE
    /// @param calls those under way, whose windows change by the difference
    synchronized void begin(long value, Collection<GrpcCall> calls) {
        long more = value - beginning;
        calls.forEach(c -> c.window += more);
        beginning = value;
        notifyAll();
    }

    /// Takes up to `wish` bytes; blocks while there are none. 0 when the call has ended meanwhile. What is taken and
    /// then not sent is given back by [#widen] without a call.
    /// @param wish above 0
    /// @return how many may be sent, `wish` at most
    /// @throws GrpcFailure when the connection ends, or the call's deadline
    /// @throws InterruptedException when interrupted
    synchronized int reserve(GrpcCall call, int wish) throws InterruptedException {
        while (!closed && !call.end.isDone() && Math.min(window, call.window) <= 0) {
            TimeUnit.NANOSECONDS.timedWait(this, call.leftOrLate());
        }
        if (closed) {
            throw new GrpcFailure(GrpcFailure.UNAVAILABLE, "connection is closed");
        }
        if (call.end.isDone()) {
            return 0;
        }
        int n = (int) Math.min(wish, Math.min(window, call.window));
        window -= n;
        call.window -= n;
        return n;
    }

    /// The server takes more, of the connection when no call is named.
    /// @param by bytes; of WINDOW_UPDATE or given back
    synchronized void widen(@Nullable GrpcCall call, int by) {
        if (call == null) {
            window += by;
        } else {
            call.window += by;
        }
        notifyAll();
    }

    /// Ends all waiting.
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
