package io.k3j.streaming;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
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
    /// What the server may send before we say more, of a call and of the connection: enough that a message never waits.
    private static final int OUR_WINDOW = 1 << 30;
    /// How much is taken before the server is told so.
    private static final int UPDATE_AFTER = 1 << 24;
    private static final long MAX_TIMEOUT = 99_999_999; // `grpc-timeout` has eight digits
    private static final Duration FOREVER = Duration.ofDays(36_500);
    private static final byte[] NOTHING = {};
    /// A list of all containers of a node is far below.
    private static final int MAX_MESSAGE_BYTES = 64 << 20;

    private final FrameChannel frames;
    /// Calls under way by their streams. What arrives for others is read and forgotten.
    private final Map<Integer, GrpcCall> calls = new ConcurrentHashMap<>();
    private final HeaderFrames headers = new HeaderFrames();
    private final SendWindow sending = new SendWindow();
    private final GrpcRequests requests;
    private volatile boolean open = true;
    /// The server has said GOAWAY: calls that it has taken go on, new ones need another connection.
    private volatile boolean leaving;
    /// What has come on the whole connection since the last update; the reading thread's.
    private int consumed;

    /// Takes the connected, blocking channel over and closes it in the end; `name` is for its threads.
    /// @param channel in blocking mode
    /// @param name for the names of the connection's threads
    public GrpcConnection(SocketChannel channel, String name) {
        this(channel, name, Map.of());
    }

    /// The same for a server whose answers are short.
    /// @param most bytes of a message of an answer; a longer one fails its call as `RESOURCE_EXHAUSTED`
    public GrpcConnection(SocketChannel channel, String name, int most) {
        this(channel, name, Map.of(), most);
    }

    /// Takes a connected, blocking channel over, as one through TLS. Both threads begin at once.
    ///
    /// @param channel closed by [#close] and whenever the connection breaks
    /// @param name for the names of the connection's threads
    /// @param metadata headers of every call, in lower case
    public GrpcConnection(ByteChannel channel, String name, Map<String, String> metadata) {
        this(channel, name, metadata, MAX_MESSAGE_BYTES);
    }

    private GrpcConnection(ByteChannel channel, String name, Map<String, String> metadata, int most) {
        byte[] common = HeaderBlock.of(metadata.entrySet().stream()
                .flatMap(e -> Stream.of(e.getKey(), e.getValue())).toArray(String[]::new));
        frames = new FrameChannel(channel, name, new Frames());
        requests = new GrpcRequests(frames, sending, calls, new GrpcRequests.Terms(common, most), this::open);
        // no push, wide windows: messages are bounded
        frames.offer(FrameChannel.SETTINGS, 0, 0, ByteBuffer.allocate(12).putShort((short) 2).putInt(0)
                .putShort((short) 4).putInt(OUR_WINDOW).array());
        frames.offer(FrameChannel.WINDOW_UPDATE, 0, OUR_WINDOW - 65_535);
        frames.start();
    }

    /// Whether calls can be made. False once the connection broke, was closed, or the server said it is leaving; never
    /// true again.
    public boolean open() {
        return open && !leaving;
    }

    /// One request, one answer. Blocks for the timeout at most, whatever the server does or does not take.
    /// @param path `/package.Service/Method`
    /// @param request the message, without gRPC's head
    /// @param timeout said to the server as well, in whole milliseconds
    /// @return the message; empty when the server sent none
    /// @throws GrpcFailure when refused, late or disconnected
    public byte[] call(String path, byte[] request, Duration timeout) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        // the server is told as well, so that it does not carry out what nobody waits for
        byte[] limit = HeaderBlock.of("grpc-timeout", Math.clamp(timeout.toMillis(), 1, MAX_TIMEOUT) + "m");
        long until = System.nanoTime() + timeout.toNanos();
        GrpcCall call = requests.begin(path, limit, until, answer::complete);
        requests.send(call, request, END_STREAM);
        await(call, timeout, until);
        return answer.getNow(new byte[0]);
    }

    /// One request, many answers, told by the connection's reading thread, which they should not block for long.
    /// Returns when the server has ended the stream. Without a deadline. An exception of the receiver ends the
    /// connection with all its calls.
    /// @throws GrpcFailure when the server ends it with a status, or the connection breaks; `CANCELLED` when this
    ///     thread is interrupted
    public void stream(String path, byte[] request, Consumer<byte[]> receiver) {
        long until = System.nanoTime() + FOREVER.toNanos();
        GrpcCall call = requests.begin(path, NOTHING, until, receiver);
        requests.send(call, request, END_STREAM);
        await(call, FOREVER, until);
    }

    /// A call in which both sides say what they like when they like. The answers are told by the connection's
    /// reading thread.
    /// @param receiver told each message; should not block for long
    /// @throws GrpcFailure when there is no connection
    public GrpcStream open(String path, Consumer<byte[]> receiver) {
        GrpcCall call = requests.begin(path, NOTHING, System.nanoTime() + FOREVER.toNanos(), receiver);
        call.end.whenComplete((ended, why) -> calls.remove(call.id));
        return new GrpcStream(requests, call);
    }

    /// Ends the call in any case, and tells the server where it has not ended itself.
    private void await(GrpcCall call, Duration timeout, long until) {
        try {
            call.end.get(until - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            GrpcFailure why = e.getCause() instanceof GrpcFailure f ? f
                    : new GrpcFailure(13, String.valueOf(e.getCause()));
            if (why.code() == GrpcFailure.RESOURCE_EXHAUSTED) {
                // the rest of an answer that is too long
                requests.cancel(call);
            }
            throw why;
        } catch (TimeoutException e) {
            requests.cancel(call);
            throw new GrpcFailure(GrpcFailure.DEADLINE_EXCEEDED, "no answer within " + timeout.toMillis() + " ms");
        } catch (InterruptedException e) {
            requests.cancel(call);
            Thread.currentThread().interrupt();
            throw new GrpcFailure(GrpcFailure.CANCELLED, "interrupted");
        } finally {
            calls.remove(call.id);
        }
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

    /// Padding counts against the windows (RFC 9113 §6.1).
    private void data(int flags, int stream, byte[] payload) {
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
        call.frame(flags, payload);
        if ((flags & END_STREAM) != 0) {
            call.fail(2, "ended without a status");
        }
    }

    private void head(int type, int flags, int stream, byte[] payload) throws IOException {
        Optional<Map<String, String>> read = headers.take(type, flags, stream, payload);
        GrpcCall call = calls.get(stream);
        if (call != null && read.isPresent()) {
            call.headers(read.get(), headers.last());
        }
    }

    /// Of all settings only the windows of calls matter here (SETTINGS_INITIAL_WINDOW_SIZE, 4); each is acknowledged.
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

    /// @param stream 0 for the connection
    private void widen(int stream, int by) {
        GrpcCall call = calls.get(stream);
        if (stream == 0 || call != null) {
            sending.widen(call, by);
        }
    }

    /// REFUSED_STREAM (7) says that nothing was done, so the caller may try again.
    private void reset(int stream, int error) {
        GrpcCall call = calls.get(stream);
        if (call != null) {
            call.fail(error == 7 ? GrpcFailure.UNAVAILABLE : GrpcFailure.CANCELLED, "reset with error " + error);
        }
    }

    /// @param lastTaken streams above it were not looked at by the server
    private void leave(int lastTaken) {
        leaving = true;
        open = !calls.isEmpty() && open;
        calls.values().stream().filter(c -> c.id > lastTaken)
                .forEach(c -> c.fail(GrpcFailure.UNAVAILABLE, "the server is leaving"));
    }

    /// Called by [FrameChannel], maybe more than once.
    private void ended(String why) {
        open = false;
        sending.close();
        calls.values().forEach(c -> c.fail(GrpcFailure.UNAVAILABLE, why));
    }

    /// Ends every call and the connection; returns when its threads have ended. Calls under way fail with
    /// `UNAVAILABLE`. Waits two seconds at most.
    @Override
    public void close() {
        frames.end("connection is closed");
        frames.join();
    }
}
