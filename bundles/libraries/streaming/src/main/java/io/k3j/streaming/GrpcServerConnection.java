package io.k3j.streaming;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One client of a [GrpcServer]: takes whole requests, has them answered on a thread of their own, and sends answers as
/// far as the client's windows allow.
final class GrpcServerConnection {
    private static final System.Logger LOG = System.getLogger("io.k3j.streaming");
    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    /// Settings of HTTP/2, RFC 9113 §6.5.2.
    private static final short MAX_CONCURRENT_STREAMS = 3;
    private static final short INITIAL_WINDOW_SIZE = 4;
    private static final int SETTING_BYTES = 6;
    private static final int REFUSED_STREAM = 7;
    private static final int MOST_CALLS = 16;
    /// How much is taken before the client is told that it may send as much again.
    private static final int UPDATE_AFTER = 16 * 1024;
    /// Of a call from its head to its end.
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final long LOOK_NANOS = 10_000_000;
    private static final byte[] NOTHING = {};
    private static final byte[] HEAD = HeaderBlock.of(":status", "200", "content-type", "application/grpc");
    private static final byte[] FINE = HeaderBlock.of("grpc-status", "0");
    private final FrameChannel frames;
    private final Map<Integer, GrpcCall> calls = new ConcurrentHashMap<>();
    /// Requests that are not complete; the reading thread's.
    private final Map<Integer, Request> arriving = new HashMap<>();
    /// Threads that answer, those of calls among them that the client has given up meanwhile.
    private final AtomicInteger answering = new AtomicInteger();
    private final HeaderFrames headers = new HeaderFrames();
    private final SendWindow sending = new SendWindow();
    private final GrpcRequests answers;
    private final String name;
    private final GrpcServer.Service service;
    private final int most;
    private final Consumer<GrpcServerConnection> gone;
    private volatile boolean open = true;
    /// The last stream that began, and what has come since the last update; the reading thread's.
    private int newest;
    private int consumed;

    /// @param message null until it is there
    private record Request(String path, GrpcCall call, AtomicReference<byte @Nullable []> message) {
    }

    /// @param gone told, at least once, when it is of no use any more
    GrpcServerConnection(ByteChannel channel, String name, GrpcServer.Service service, int most,
            Consumer<GrpcServerConnection> gone) {
        this.name = name;
        this.service = service;
        this.most = most;
        this.gone = gone;
        frames = FrameChannel.serving(channel, name, new Frames());
        answers = new GrpcRequests(frames, sending, calls, new GrpcRequests.Terms(NOTHING, most), () -> open);
    }

    void start() {
        frames.offer(FrameChannel.SETTINGS, 0, 0, ByteBuffer.allocate(SETTING_BYTES).putShort(MAX_CONCURRENT_STREAMS)
                .putInt(MOST_CALLS).array());
        frames.start();
    }

    private final class Frames implements FrameChannel.Handler {
        @Override
        public void take(int type, int flags, int stream, byte[] payload) throws IOException {
            GrpcServerConnection.this.take(type, flags, stream, payload);
        }

        @Override
        public void ended(String why) {
            open = false;
            sending.close();
            calls.values().forEach(c -> c.fail(GrpcFailure.CANCELLED, why));
            gone.accept(GrpcServerConnection.this);
        }
    }

    private void take(int type, int flags, int stream, byte[] payload) throws IOException {
        switch (type) {
            case FrameChannel.DATA -> data(flags, stream, payload);
            case FrameChannel.HEADERS, FrameChannel.CONTINUATION -> head(type, flags, stream, payload);
            case FrameChannel.SETTINGS -> settings(flags, payload);
            case FrameChannel.PING -> {
                if ((flags & ACK) == 0) {
                    frames.offer(FrameChannel.PING, ACK, 0, payload);
                }
            }
            case FrameChannel.WINDOW_UPDATE -> widen(stream, ByteBuffer.wrap(payload).getInt());
            case FrameChannel.RST_STREAM -> reset(stream);
            default -> {
                // a client that leaves closes its connection; unknown frames are ignored, as HTTP/2 asks
            }
        }
    }

    private void head(int type, int flags, int stream, byte[] payload) throws IOException {
        Optional<Map<String, String>> read = headers.take(type, flags, stream, payload);
        if (read.isEmpty()) {
            return;
        }
        if (!arriving.containsKey(stream)) {
            begin(stream, read.get().getOrDefault(":path", ""));
        }
        if (headers.last()) {
            answer(stream);
        }
    }

    /// Streams of a client have odd numbers that rise (RFC 9113 §5.1.1).
    private void begin(int stream, String path) throws IOException {
        if (stream % 2 == 0 || stream <= newest) {
            throw new IOException("stream " + stream + " after " + newest);
        }
        newest = stream;
        if (arriving.size() + answering.get() >= MOST_CALLS) {
            frames.offer(FrameChannel.RST_STREAM, stream, REFUSED_STREAM);
            return;
        }
        AtomicReference<byte @Nullable []> message = new AtomicReference<>();
        GrpcCall call = new GrpcCall(stream, sending.begin(), System.nanoTime() + LIMIT.toNanos(), most, message::set);
        calls.put(stream, call);
        arriving.put(stream, new Request(path, call, message));
    }

    private void data(int flags, int stream, byte[] payload) {
        consumed += payload.length;
        // an update that found no room in the queue is owed, not forgotten
        if (consumed > UPDATE_AFTER && frames.offer(FrameChannel.WINDOW_UPDATE, 0, consumed)) {
            consumed = 0;
        }
        Request request = arriving.get(stream);
        if (request == null) {
            return;
        }
        GrpcCall call = request.call();
        call.consumed += payload.length;
        if (call.consumed > UPDATE_AFTER && frames.offer(FrameChannel.WINDOW_UPDATE, stream, call.consumed)) {
            call.consumed = 0;
        }
        call.frame(flags, payload);
        if ((flags & END_STREAM) != 0 || call.end.isDone()) {
            answer(stream);
        }
    }

    private void answer(int stream) {
        Request request = arriving.remove(stream);
        if (request != null) {
            answering.incrementAndGet();
            Thread.ofVirtual().name(name + "-call").start(() -> answer(request));
        }
    }

    private void answer(Request request) {
        GrpcCall call = request.call();
        try {
            byte[] message = answered(request);
            send(call, END_HEADERS, HEAD);
            answers.send(call, message, 0);
            send(call, END_HEADERS | END_STREAM, FINE);
        } catch (GrpcFailure e) {
            refuse(call, e.code(), String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.WARNING, "A call failed path=" + request.path(), e);
            refuse(call, GrpcFailure.INTERNAL, "internal error");
        } finally {
            calls.remove(call.id);
            answering.decrementAndGet();
        }
    }

    private byte[] answered(Request request) {
        byte[] message = request.message().get();
        if (request.call().end.isCompletedExceptionally()
                && request.call().end.exceptionNow() instanceof GrpcFailure why) {
            throw why;
        }
        if (message == null) {
            throw new GrpcFailure(GrpcFailure.INTERNAL, "a call without a request");
        }
        return service.answer(request.path(), message);
    }

    /// A client that has gone is told nothing.
    private void refuse(GrpcCall call, int code, String words) {
        if (!open || code == GrpcFailure.CANCELLED || !calls.containsKey(call.id)) {
            return;
        }
        byte[] status = HeaderBlock.of(":status", "200", "content-type", "application/grpc", "grpc-status",
                Integer.toString(code), "grpc-message", encoded(words));
        try {
            send(call, END_HEADERS | END_STREAM, status);
        } catch (GrpcFailure late) {
            answers.cancel(call);
        }
    }

    /// @throws GrpcFailure when the client takes nothing until the call's end
    private void send(GrpcCall call, int flags, byte[] block) {
        boolean sent = false;
        while (open && !sent && calls.containsKey(call.id)) {
            sent = frames.send(FrameChannel.HEADERS, flags, call.id, block, Math.min(LOOK_NANOS, call.leftOrLate()));
        }
    }

    /// Percent-encoded UTF-8, as gRPC has it for `grpc-message`.
    private static String encoded(String words) {
        StringBuilder out = new StringBuilder();
        for (byte b : words.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b <= '~' && b != '%') {
                out.append((char) b);
            } else {
                out.append('%').append(Character.toUpperCase(Character.forDigit(b >> 4 & 0xf, 16)))
                        .append(Character.toUpperCase(Character.forDigit(b & 0xf, 16)));
            }
        }
        return out.toString();
    }

    private void settings(int flags, byte[] payload) {
        if ((flags & ACK) != 0) {
            return;
        }
        ByteBuffer b = ByteBuffer.wrap(payload);
        while (b.remaining() >= SETTING_BYTES) {
            int id = b.getShort();
            long value = b.getInt() & 0xffff_ffffL;
            if (id == INITIAL_WINDOW_SIZE) {
                sending.begin(value, calls.values());
            }
        }
        frames.offer(FrameChannel.SETTINGS, ACK, 0, NOTHING);
    }

    /// @param stream 0 for the connection
    private void widen(int stream, int by) {
        GrpcCall call = calls.get(stream);
        if (stream == 0 || call != null) {
            sending.widen(call, by);
        }
    }

    private void reset(int stream) {
        arriving.remove(stream);
        GrpcCall call = calls.remove(stream);
        if (call != null) {
            call.fail(GrpcFailure.CANCELLED, "reset by the client");
        }
    }

    /// Ends the connection unless a call of it is being answered; says whether it did. Does not wait.
    boolean endIdle() {
        boolean idle = answering.get() == 0;
        if (idle) {
            frames.end("room for another client");
        }
        return idle;
    }

    /// Ends the connection with all its calls; waits two seconds at most.
    void close() {
        frames.end("the server is closed");
        frames.join();
    }
}
