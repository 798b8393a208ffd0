package io.k3j.streaming;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
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
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int CANCEL = 8;
    private static final int MAX_FRAME = 16384;
    private static final int OUR_WINDOW = 1 << 30;
    private static final int UPDATE_AFTER = 1 << 24;
    private static final int MAX_QUEUED_FRAMES = 1024;

    private final SocketChannel channel;
    private final BlockingQueue<ByteBuffer> outgoing = new ArrayBlockingQueue<>(MAX_QUEUED_FRAMES);
    private final Map<Integer, GrpcCall> calls = new ConcurrentHashMap<>();
    private final HeaderBlock headers = new HeaderBlock();
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();
    private final Thread reader;
    private final Thread writer;
    private volatile boolean open = true;
    private int nextId = 1;
    private long window = 65_535;
    private long initialWindow = 65_535;
    private int consumed;

    /// Takes the connected, blocking channel over and closes it in the end.
    ///
    /// @param name for the names of the connection's threads
    public GrpcConnection(SocketChannel channel, String name) {
        this.channel = channel;
        outgoing.add(ByteBuffer.wrap(PREFACE));
        // no push, wide windows: the runtime is trusted and messages are bounded
        outgoing.add(frame(SETTINGS, 0, 0, ByteBuffer.allocate(12).putShort((short) 2).putInt(0).putShort((short) 4)
                .putInt(OUR_WINDOW).array()));
        outgoing.add(frame(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(OUR_WINDOW - 65_535).array()));
        writer = Thread.ofVirtual().name(name + "-write").start(this::write);
        reader = Thread.ofVirtual().name(name + "-read").start(this::read);
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
            send(frame(HEADERS, END_HEADERS, call.id, head));
        }
        body(call, ByteBuffer.allocate(request.length + 5).put((byte) 0).putInt(request.length).put(request).flip());
        return call;
    }

    private void body(GrpcCall call, ByteBuffer message) {
        do {
            int n = reserve(call, Math.min(MAX_FRAME, message.remaining()));
            byte[] part = new byte[n];
            message.get(part);
            send(frame(DATA, message.hasRemaining() ? 0 : END_STREAM, call.id, part));
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
        outgoing.offer(frame(RST_STREAM, 0, call.id, ByteBuffer.allocate(4).putInt(CANCEL).array()));
    }

    private void send(ByteBuffer frame) {
        try {
            outgoing.put(frame);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GrpcFailure(GrpcFailure.CANCELLED, "interrupted");
        }
    }

    private static ByteBuffer frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length).put((byte) (payload.length >>> 16))
                .putShort((short) payload.length)
                .put((byte) type).put((byte) flags).putInt(stream).put(payload).flip();
    }

    private void write() {
        try {
            while (open) {
                ByteBuffer next = outgoing.take();
                while (next.hasRemaining()) {
                    channel.write(next);
                }
            }
        } catch (IOException | InterruptedException e) {
            end("connection broke: " + e.getMessage());
        }
    }

    private void read() {
        ByteBuffer in = ByteBuffer.allocate(MAX_FRAME + 9).flip();
        try {
            while (open) {
                fill(in, 9);
                int length = (in.get() & 0xff) << 16 | in.getShort() & 0xffff;
                int type = in.get();
                int flags = in.get();
                int stream = in.getInt() & 0x7fff_ffff;
                if (length > MAX_FRAME) {
                    throw new IOException("frame of " + length + " bytes");
                }
                fill(in, length);
                byte[] payload = new byte[length];
                in.get(payload);
                take(type, flags, stream, payload);
            }
        } catch (IOException | RuntimeException e) {
            end("connection broke: " + e.getMessage());
        }
    }

    private void fill(ByteBuffer in, int bytes) throws IOException {
        if (in.remaining() >= bytes) {
            return;
        }
        in.compact();
        while (in.position() < bytes) {
            if (channel.read(in) < 0) {
                throw new IOException("closed by the other side");
            }
        }
        in.flip();
    }

    private void take(int type, int flags, int stream, byte[] payload) throws IOException {
        switch (type) {
            case DATA -> data(flags, stream, payload);
            case HEADERS, CONTINUATION -> head(type, flags, stream, payload);
            case SETTINGS -> settings(flags, payload);
            case PING -> {
                if ((flags & ACK) == 0) {
                    outgoing.offer(frame(PING, ACK, 0, payload));
                }
            }
            case WINDOW_UPDATE -> widen(stream, ByteBuffer.wrap(payload).getInt());
            case RST_STREAM -> reset(stream, ByteBuffer.wrap(payload).getInt());
            case GOAWAY -> open = !calls.isEmpty() && open;
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
            outgoing.offer(frame(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(consumed).array()));
            consumed = 0;
        }
        if (call == null) {
            return;
        }
        call.consumed += payload.length;
        if (call.consumed > UPDATE_AFTER) {
            outgoing.offer(frame(WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(call.consumed).array()));
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
        if (type == HEADERS) {
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
        outgoing.offer(frame(SETTINGS, ACK, 0, new byte[0]));
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

    private void end(String why) {
        synchronized (this) {
            open = false;
            notifyAll();
        }
        try {
            channel.close();
        } catch (IOException e) {
            // it is of no use any more
        }
        calls.values().forEach(c -> c.fail(GrpcFailure.UNAVAILABLE, why));
        writer.interrupt();
    }

    /// Ends every call and the connection; returns when its threads have ended.
    @Override
    public void close() {
        end("connection is closed");
        try {
            reader.join(Duration.ofSeconds(1));
            writer.join(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
