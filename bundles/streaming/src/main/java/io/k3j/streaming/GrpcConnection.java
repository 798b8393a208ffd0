package io.k3j.streaming;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

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

    private final FrameChannel frames;
    private final Map<Integer, GrpcCall> calls = new ConcurrentHashMap<>();
    private final HeaderBlock headers = new HeaderBlock();
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();
    private volatile boolean open = true;
    private int nextId = 1;
    private long window = 65_535;
    private long initialWindow = 65_535;
    private int consumed;

    /// Takes the connected, blocking channel over and closes it in the end.
    ///
    /// @param name for the names of the connection's threads
    public GrpcConnection(SocketChannel channel, String name) {
        frames = new FrameChannel(channel, name, new Frames());
        // no push, wide windows: the runtime is trusted and messages are bounded
        frames.send(FrameChannel.SETTINGS, 0, 0, ByteBuffer.allocate(12).putShort((short) 2).putInt(0)
                .putShort((short) 4).putInt(OUR_WINDOW).array());
        frames.offer(FrameChannel.WINDOW_UPDATE, 0, OUR_WINDOW - 65_535);
        frames.start();
    }

    /// Whether calls can be made.
    public boolean open() {
        return open;
    }

    /// One request, one answer.
    ///
    /// @param path `/package.Service/Method`
    /// @throws GrpcFailure when refused, late or disconnected
    public byte[] call(String path, byte[] request, Duration timeout) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        GrpcCall call = begin(path, request, answer::complete);
        await(call, timeout);
        return answer.getNow(new byte[0]);
    }

    /// One request, many answers, told by the connection's reading thread, which they should not block
    /// for long. Returns when the server has ended the stream.
    public void stream(String path, byte[] request, Consumer<byte[]> receiver) {
        await(begin(path, request, receiver), Duration.ofDays(36_500));
    }

    private GrpcCall begin(String path, byte[] request, Consumer<byte[]> receiver) {
        byte[] head = HeaderBlock.of(":method", "POST", ":scheme", "http", ":path", path, ":authority", "localhost",
                "content-type", "application/grpc", "te", "trailers");
        GrpcCall call;
        synchronized (this) {
            if (!open) {
                throw new GrpcFailure(GrpcFailure.UNAVAILABLE, "connection is closed");
            }
            call = new GrpcCall(nextId, initialWindow, receiver);
            nextId += 2;
            calls.put(call.id, call);
            // queued under the lock: ids must arrive in order
            frames.send(FrameChannel.HEADERS, END_HEADERS, call.id, head);
        }
        body(call, ByteBuffer.allocate(request.length + 5).put((byte) 0).putInt(request.length).put(request).flip());
        return call;
    }

    private void body(GrpcCall call, ByteBuffer message) {
        do {
            int n = reserve(call, Math.min(FrameChannel.MAX_FRAME, message.remaining()));
            byte[] part = new byte[n];
            message.get(part);
            frames.send(FrameChannel.DATA, message.hasRemaining() ? 0 : END_STREAM, call.id, part);
        } while (message.hasRemaining());
    }

    private synchronized int reserve(GrpcCall call, int wish) {
        while (open && Math.min(window, call.window) <= 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                cancel(call);
                Thread.currentThread().interrupt();
                throw new GrpcFailure(GrpcFailure.CANCELLED, "interrupted");
            }
        }
        if (!open) {
            throw new GrpcFailure(GrpcFailure.UNAVAILABLE, "connection is closed");
        }
        int n = (int) Math.min(wish, Math.min(window, call.window));
        window -= n;
        call.window -= n;
        return n;
    }

    private void await(GrpcCall call, Duration timeout) {
        try {
            call.end.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof GrpcFailure f ? f : new GrpcFailure(13, String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            cancel(call);
            throw new GrpcFailure(GrpcFailure.DEADLINE_EXCEEDED, "no answer within " + timeout.toSeconds() + " s");
        } catch (InterruptedException e) {
            cancel(call);
            Thread.currentThread().interrupt();
            throw new GrpcFailure(GrpcFailure.CANCELLED, "interrupted");
        } finally {
            calls.remove(call.id);
        }
    }

    private void cancel(GrpcCall call) {
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
            case FrameChannel.GOAWAY -> open = !calls.isEmpty() && open;
            default -> {
                // unknown frames are ignored, as HTTP/2 asks
            }
        }
    }

    private void data(int flags, int stream, byte[] payload) {
        int pad = (flags & 8) != 0 ? payload[0] & 0xff : -1;
        GrpcCall call = calls.get(stream);
        consumed += payload.length;
        if (consumed > UPDATE_AFTER) {
            frames.offer(FrameChannel.WINDOW_UPDATE, 0, consumed);
            consumed = 0;
        }
        if (call == null) {
            return;
        }
        call.consumed += payload.length;
        if (call.consumed > UPDATE_AFTER) {
            frames.offer(FrameChannel.WINDOW_UPDATE, stream, call.consumed);
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

    private synchronized void settings(int flags, byte[] payload) {
        if ((flags & ACK) != 0) {
            return;
        }
        ByteBuffer b = ByteBuffer.wrap(payload);
        while (b.remaining() >= 6) {
            int id = b.getShort();
            long value = b.getInt() & 0xffff_ffffL;
            if (id == 4) {
                long more = value - initialWindow;
                calls.values().forEach(c -> c.window += more);
                initialWindow = value;
            }
        }
        frames.offer(FrameChannel.SETTINGS, ACK, 0, new byte[0]);
        notifyAll();
    }

    private synchronized void widen(int stream, int by) {
        if (stream == 0) {
            window += by;
        } else if (calls.get(stream) instanceof GrpcCall call) {
            call.window += by;
        }
        notifyAll();
    }

    private void reset(int stream, int error) {
        GrpcCall call = calls.get(stream);
        if (call != null) {
            call.fail(error == 7 ? GrpcFailure.UNAVAILABLE : GrpcFailure.CANCELLED, "reset with error " + error);
        }
    }

    private void ended(String why) {
        synchronized (this) {
            open = false;
            notifyAll();
        }
        calls.values().forEach(c -> c.fail(GrpcFailure.UNAVAILABLE, why));
    }

    /// Ends every call and the connection; returns when its threads have ended.
    @Override
    public void close() {
        frames.end("connection is closed");
        frames.join();
    }
}
