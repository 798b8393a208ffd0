package io.k3j.streaming;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// gRPC calls over one connected channel: HTTP/2 with prior knowledge, many calls at once.
///
/// **Why our own.** A node needs unary calls and one event stream on a unix socket; this is a hundredth of
/// a gRPC library's size and has no thread-locals that would keep a swapped bundle alive.
///
/// **Threads.** Any thread calls and blocks; interrupting a caller ends its call only, because two virtual
/// threads of the connection do all reading and writing.
///
/// **Failure.** [GrpcFailure]; after the connection broke every call is `UNAVAILABLE` and [#open] is false.
public final class GrpcConnection implements AutoCloseable {
    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int CANCEL = 8;
    private static final int OUR_WINDOW = 1 << 30;
    private static final int UPDATE_AFTER = 1 << 24;
    private static final long MAX_TIMEOUT = 99_999_999; // `grpc-timeout` has eight digits
    private static final byte[] NOTHING = {};

    private final FrameChannel frames;
    private final Map<Integer, GrpcCall> calls = new ConcurrentHashMap<>();
    private final HeaderBlock headers = new HeaderBlock();
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();
    private final byte[] common;
    private final SendWindow sending = new SendWindow();
    private volatile boolean open = true;
    private volatile boolean leaving;
    private int nextId = 1;
    private int consumed;

    /// Takes the connected, blocking channel over and closes it in the end; `name` is for its threads.
    public GrpcConnection(SocketChannel channel, String name) {
        this(channel, name, Map.of());
    }

    /// Takes a connected, blocking channel over, as one through TLS.
    ///
    /// @param name for the names of the connection's threads
    /// @param metadata headers of every call, in lower case
    public GrpcConnection(ByteChannel channel, String name, Map<String, String> metadata) {
        common = HeaderBlock.of(metadata.entrySet().stream()
                .flatMap(e -> Stream.of(e.getKey(), e.getValue())).toArray(String[]::new));
        frames = new FrameChannel(channel, name, new Frames());
        // no push, wide windows: the runtime is trusted and messages are bounded
        frames.send(FrameChannel.SETTINGS, 0, 0, ByteBuffer.allocate(12).putShort((short) 2).putInt(0)
                .putShort((short) 4).putInt(OUR_WINDOW).array());
        frames.offer(FrameChannel.WINDOW_UPDATE, 0, OUR_WINDOW - 65_535);
        frames.start();
    }

    /// Whether calls can be made.
    public boolean open() {
        return open && !leaving;
    }

    /// One request, one answer.
    /// @param path `/package.Service/Method`
    /// @throws GrpcFailure when refused, late or disconnected
    public byte[] call(String path, byte[] request, Duration timeout) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        // the server is told as well, so that it does not carry out what nobody waits for
        byte[] limit = HeaderBlock.of("grpc-timeout", Math.clamp(timeout.toMillis(), 1, MAX_TIMEOUT) + "m");
        GrpcCall call = begin(path, limit, answer::complete);
        send(call, request, END_STREAM);
        await(call, timeout);
        return answer.getNow(new byte[0]);
    }

    /// One request, many answers, told by the connection's reading thread, which they should not block
    /// for long. Returns when the server has ended the stream.
    public void stream(String path, byte[] request, Consumer<byte[]> receiver) {
        GrpcCall call = begin(path, NOTHING, receiver);
        send(call, request, END_STREAM);
        await(call, Duration.ofDays(36_500));
    }

    /// A call in which both sides say what they like when they like. The answers are told by the connection's
    /// reading thread.
    /// @throws GrpcFailure when there is no connection
    public GrpcStream open(String path, Consumer<byte[]> receiver) {
        GrpcCall call = begin(path, NOTHING, receiver);
        call.end.whenComplete((ended, why) -> calls.remove(call.id));
        return new GrpcStream(this, call);
    }

    private GrpcCall begin(String path, byte[] more, Consumer<byte[]> receiver) {
        byte[] head = HeaderBlock.of(":method", "POST", ":scheme", "http", ":path", path, ":authority", "localhost",
                "content-type", "application/grpc", "te", "trailers");
        byte[] whole = ByteBuffer.allocate(head.length + common.length + more.length).put(head).put(common).put(more)
                .array();
        GrpcCall call;
        synchronized (sending) {
            if (!open()) {
                throw new GrpcFailure(GrpcFailure.UNAVAILABLE, "connection is closed");
            }
            call = new GrpcCall(nextId, sending.begin(), receiver);
            nextId += 2;
            calls.put(call.id, call);
            // queued under the lock: ids must arrive in order
            frames.send(FrameChannel.HEADERS, END_HEADERS, call.id, whole);
        }
        return call;
    }

    /// Sends one message of a call.
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
                frames.send(FrameChannel.DATA, message.hasRemaining() ? 0 : flags, call.id, part);
            } catch (GrpcFailure interrupted) {
                // what was never sent is still the other calls' to use
                widen(0, n);
                cancel(call);
                throw interrupted;
            }
        } while (message.hasRemaining());
    }

    private int reserved(GrpcCall call, int wish) {
        try {
            return sending.reserve(call, wish);
        } catch (InterruptedException e) {
            cancel(call);
            Thread.currentThread().interrupt();
            throw new GrpcFailure(GrpcFailure.CANCELLED, "interrupted");
        }
    }

    private void await(GrpcCall call, Duration timeout) {
        try {
            call.end.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof GrpcFailure f ? f : new GrpcFailure(13, String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            cancel(call);
            throw new GrpcFailure(GrpcFailure.DEADLINE_EXCEEDED, "no answer within " + timeout.toMillis() + " ms");
        } catch (InterruptedException e) {
            cancel(call);
            Thread.currentThread().interrupt();
            throw new GrpcFailure(GrpcFailure.CANCELLED, "interrupted");
        } finally {
            calls.remove(call.id);
        }
    }

    /// Tells the server that nobody waits any more.
    void cancel(GrpcCall call) {
        calls.remove(call.id);
        frames.offer(FrameChannel.RST_STREAM, call.id, CANCEL);
    }

    /// What comes in, on the reading thread.
    private final class Frames implements FrameChannel.Handler {
        @Override
        public void take(int type, int flags, int stream, byte[] payload) throws IOException {
            GrpcConnection.this.take(type, flags, stream, payload);
        }

        @Override
        public void ended(String why) {
            GrpcConnection.this.ended(why);
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
            case FrameChannel.RST_STREAM -> reset(stream, ByteBuffer.wrap(payload).getInt());
            case FrameChannel.GOAWAY -> leave(ByteBuffer.wrap(payload).getInt() & Integer.MAX_VALUE);
            default -> {
                // unknown frames are ignored, as HTTP/2 asks
            }
        }
    }

    private void data(int flags, int stream, byte[] payload) {
        int pad = (flags & 8) != 0 ? payload[0] & 0xff : -1;
        GrpcCall call = calls.get(stream);
        consumed += payload.length;
        // an update that found no room in the queue is owed, not forgotten
        if (consumed > UPDATE_AFTER && frames.offer(FrameChannel.WINDOW_UPDATE, 0, consumed)) {
            consumed = 0;
        }
        if (call == null) {
            return;
        }
        call.consumed += payload.length;
        if (call.consumed > UPDATE_AFTER && frames.offer(FrameChannel.WINDOW_UPDATE, stream, call.consumed)) {
            call.consumed = 0;
        }
        call.data(payload, pad + 1 > 0 ? 1 : 0, payload.length - (pad < 0 ? 0 : pad + 1));
        if ((flags & END_STREAM) != 0) {
            call.fail(2, "ended without a status");
        }
    }

    private void head(int type, int flags, int stream, byte[] payload) throws IOException {
        int from = 0;
        int until = payload.length;
        if (type == FrameChannel.HEADERS) {
            block.reset();
            boolean padded = (flags & 8) != 0;
            until -= padded ? payload[0] & 0xff : 0;
            from += (padded ? 1 : 0) + ((flags & 32) != 0 ? 5 : 0);
            lastOfStream = (flags & END_STREAM) != 0;
        }
        block.write(payload, from, until - from);
        if ((flags & END_HEADERS) != 0) {
            Map<String, String> read = headers.read(stream, block.toByteArray());
            GrpcCall call = calls.get(stream);
            if (call != null) {
                call.headers(read, lastOfStream);
            }
        }
    }

    private boolean lastOfStream;

    private void settings(int flags, byte[] payload) {
        if ((flags & ACK) != 0) {
            return;
        }
        ByteBuffer b = ByteBuffer.wrap(payload);
        while (b.remaining() >= 6) {
            int id = b.getShort();
            long value = b.getInt() & 0xffff_ffffL;
            if (id == 4) {
                sending.begin(value, calls.values());
            }
        }
        frames.offer(FrameChannel.SETTINGS, ACK, 0, new byte[0]);
    }

    private void widen(int stream, int by) {
        GrpcCall call = calls.get(stream);
        if (stream == 0 || call != null) {
            sending.widen(call, by);
        }
    }

    private void reset(int stream, int error) {
        GrpcCall call = calls.get(stream);
        if (call != null) {
            call.fail(error == 7 ? GrpcFailure.UNAVAILABLE : GrpcFailure.CANCELLED, "reset with error " + error);
        }
    }

    private void leave(int lastTaken) {
        leaving = true;
        open = !calls.isEmpty() && open;
        calls.values().stream().filter(c -> c.id > lastTaken)
                .forEach(c -> c.fail(GrpcFailure.UNAVAILABLE, "the server is leaving"));
    }

    private void ended(String why) {
        open = false;
        sending.close();
        calls.values().forEach(c -> c.fail(GrpcFailure.UNAVAILABLE, why));
    }

    /// Ends every call and the connection; returns when its threads have ended.
    @Override
    public void close() {
        frames.end("connection is closed");
        frames.join();
    }
}
