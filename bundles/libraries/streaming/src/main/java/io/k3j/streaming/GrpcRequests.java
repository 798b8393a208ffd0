package io.k3j.streaming;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// What a connection's calls send: their heads in order of their numbers, then their messages as far as the windows and
/// the queue allow. Nothing waits beyond a call's deadline. Any thread; blocks.
final class GrpcRequests {
    private static final int END_HEADERS = 4;
    private static final int CANCEL = 8;
    /// How long room in the queue is waited for before a look at whether the call still makes sense.
    private static final long LOOK_NANOS = 10_000_000;

    private final FrameChannel frames;
    /// Its lock is also the order of calls: numbers of streams must arrive rising (RFC 9113 §5.1.1).
    private final SendWindow sending;
    private final Map<Integer, GrpcCall> calls;
    private final Terms terms;
    private final BooleanSupplier open;
    /// Odd, as a client's; guarded by `sending`.
    private int nextId = 1;

    /// What all calls have.
    ///
    /// @param headers a header block without compression, which may be put together of parts
    /// @param most bytes of a message of an answer
    record Terms(byte[] headers, int most) {
    }

    /// @param calls where those are that have begun
    /// @param open whether calls may begin
    GrpcRequests(FrameChannel frames, SendWindow sending, Map<Integer, GrpcCall> calls, Terms terms,
            BooleanSupplier open) {
        this.frames = frames;
        this.sending = sending;
        this.calls = calls;
        this.terms = terms;
        this.open = open;
    }

    /// Begins a call.
    /// @param path `/package.Service/Method`
    /// @param more headers besides the usual
    /// @param until its deadline, a value of `System.nanoTime()`
    /// @param receiver told each message of the answer
    /// @throws GrpcFailure when there is no connection, or no room in time
    GrpcCall begin(String path, byte[] more, long until, Consumer<byte[]> receiver) {
        byte[] head = HeaderBlock.of(":method", "POST", ":scheme", "http", ":path", path, ":authority", "localhost",
                "content-type", "application/grpc", "te", "trailers");
        byte[] whole = ByteBuffer.allocate(head.length + terms.headers.length + more.length).put(head)
                .put(terms.headers).put(more).array();
        while (true) {
            // queued under the lock, as ids must arrive in order; given back in between, as the reading thread needs it
            synchronized (sending) {
                if (!open.getAsBoolean()) {
                    throw new GrpcFailure(GrpcFailure.UNAVAILABLE, "connection is closed");
                }
                GrpcCall call = new GrpcCall(nextId, sending.begin(), until, terms.most, receiver);
                if (queued(call, whole)) {
                    nextId += 2;
                    return call;
                }
            }
        }
    }

    /// In the table before its head leaves: the answer may come before this returns.
    private boolean queued(GrpcCall call, byte[] head) {
        long patience = Math.min(LOOK_NANOS, call.leftOrLate());
        boolean queued = false;
        calls.put(call.id, call);
        try {
            queued = frames.send(FrameChannel.HEADERS, END_HEADERS, call.id, head, patience);
        } finally {
            if (!queued) {
                calls.remove(call.id);
            }
        }
        return queued;
    }

    /// Sends one message of a call. A call that the server has ended meanwhile is no failure here: [GrpcCall#end] says
    /// how it ended.
    /// @param flags of its last frame: whether nothing follows
    /// @throws GrpcFailure when the connection or the call's time ended, or this thread was interrupted
    void send(GrpcCall call, byte[] request, int flags) {
        ByteBuffer message = ByteBuffer.allocate(request.length + 5).put((byte) 0).putInt(request.length).put(request)
                .flip();
        do {
            int n = reserved(call, Math.min(FrameChannel.MAX_FRAME, message.remaining()));
            if (n == 0) {
                return;
            }
            byte[] part = new byte[n];
            message.get(part);
            try {
                while (!frames.send(FrameChannel.DATA, message.hasRemaining() ? 0 : flags, call.id, part,
                        Math.min(LOOK_NANOS, call.leftOrLate()))) {
                    if (call.end.isDone()) {
                        sending.widen(null, n);
                        return;
                    }
                }
            } catch (GrpcFailure interruptedOrLate) {
                // what was never sent is still the other calls' to use
                sending.widen(null, n);
                cancel(call);
                throw interruptedOrLate;
            }
        } while (message.hasRemaining());
    }

    /// Room in the windows; 0 when the call has ended. Whatever else ends the waiting cancels the call.
    private int reserved(GrpcCall call, int wish) {
        try {
            return sending.reserve(call, wish);
        } catch (GrpcFailure closedOrLate) {
            cancel(call);
            throw closedOrLate;
        } catch (InterruptedException e) {
            cancel(call);
            Thread.currentThread().interrupt();
            throw new GrpcFailure(GrpcFailure.CANCELLED, "interrupted");
        }
    }

    /// Tells the server that nobody waits any more. CANCEL (8). Goes without where the queue is full: the server then
    /// learns it from what we do not take.
    void cancel(GrpcCall call) {
        calls.remove(call.id);
        frames.offer(FrameChannel.RST_STREAM, call.id, CANCEL);
    }
}
