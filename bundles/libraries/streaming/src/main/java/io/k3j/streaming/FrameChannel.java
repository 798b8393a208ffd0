package io.k3j.streaming;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// HTTP/2 frames on a blocking channel: two virtual threads do all reading and writing, so that the
/// interruption of a caller can never close the channel.
///
/// Frames in both directions are 16 KiB at most, which is what HTTP/2 allows without a word about it (RFC 9113 §4.2,
/// §6.5.2). The reading thread must not wait for the writing one: what it has to say it offers, and it goes without
/// where the queue is full.
final class FrameChannel {
    /// Types of frames, RFC 9113 §6.
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    /// Bytes of a payload.
    static final int MAX_FRAME = 16384;
    /// What a client says first, RFC 9113 §3.4.
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_QUEUED_FRAMES = 1024;
    /// Length of three bytes, type, flags, stream of four bytes; RFC 9113 §4.1.
    private static final int HEAD = 9;
    private static final int MAX_WRITE = 64 * 1024;

    /// Hears of what comes in; called by the reading thread.
    interface Handler {
        /// A whole frame.
        /// @param payload the receiver's to keep
        /// @throws IOException to end the connection, as does any exception without a check
        void take(int type, int flags, int stream, byte[] payload) throws IOException;

        /// The connection is of no use any more. Called once or more.
        void ended(String why);
    }

    private final ByteChannel channel;
    private final Handler handler;
    /// Whole frames, in the order in which they leave.
    private final BlockingQueue<ByteBuffer> outgoing = new ArrayBlockingQueue<>(MAX_QUEUED_FRAMES);
    private final Thread reader;
    private final Thread writer;
    private final boolean serving;
    /// Only ever goes from true to false.
    private volatile boolean open = true;

    /// A client's side.
    /// @param name for the names of both threads
    /// @param handler hears of frames only after [#start]
    FrameChannel(ByteChannel channel, String name, Handler handler) {
        this(channel, name, handler, false);
        outgoing.add(ByteBuffer.wrap(PREFACE));
    }

    /// A server's side: the client's preface is read first, and whoever says another one is let go.
    static FrameChannel serving(ByteChannel channel, String name, Handler handler) {
        return new FrameChannel(channel, name, handler, true);
    }

    private FrameChannel(ByteChannel channel, String name, Handler handler, boolean serving) {
        this.channel = channel;
        this.handler = handler;
        this.serving = serving;
        writer = Thread.ofVirtual().name(name + "-write").unstarted(this::write);
        reader = Thread.ofVirtual().name(name + "-read").unstarted(this::read);
    }

    /// Begins; once. A client's preface leaves first, then what was offered before.
    void start() {
        writer.start();
        reader.start();
    }

    /// Queues a frame; blocks for so many nanoseconds at most when too many wait. Says whether it did.
    /// @throws GrpcFailure `CANCELLED` when interrupted; the flag stays set and the frame is not queued
    boolean send(int type, int flags, int stream, byte[] payload, long nanos) {
        try {
            return outgoing.offer(frame(type, flags, stream, payload), nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GrpcFailure(GrpcFailure.CANCELLED, "interrupted");
        }
    }

    /// Queues a small control frame with one number, unless too many wait. Says whether it did.
    /// @param number the payload: a window, an error code
    boolean offer(int type, int stream, int number) {
        return outgoing.offer(frame(type, 0, stream, ByteBuffer.allocate(4).putInt(number).array()));
    }

    /// Queues a control frame, unless too many wait.
    void offer(int type, int flags, int stream, byte[] payload) {
        outgoing.offer(frame(type, flags, stream, payload));
    }

    /// Head and payload in one buffer, which is written once.
    private static ByteBuffer frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(HEAD + payload.length).put((byte) (payload.length >>> 16))
                .putShort((short) payload.length).put((byte) type).put((byte) flags).putInt(stream).put(payload).flip();
    }

    /// Ends with the connection: interrupted by [#end] where the queue is empty. Blocks on the other side's reading.
    private void write() {
        // what has queued up goes out as one write
        ByteBuffer batch = ByteBuffer.allocate(MAX_WRITE);
        try {
            while (open) {
                ByteBuffer next = outgoing.take();
                while (next != null && next.remaining() <= batch.remaining()) {
                    batch.put(next);
                    next = outgoing.poll();
                }
                write(batch.flip());
                batch.clear();
                if (next != null) {
                    write(next);
                }
            }
        } catch (IOException | InterruptedException e) {
            end("connection broke: " + e.getMessage());
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /// Ends when the channel is closed. A frame longer than we allowed ends the connection: RFC 9113 would call it
    /// FRAME_SIZE_ERROR.
    private void read() {
        ByteBuffer in = ByteBuffer.allocate(MAX_FRAME + HEAD).flip();
        try {
            if (serving) {
                greet(in);
            }
            while (open) {
                fill(in, HEAD);
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
                handler.take(type, flags, stream, payload);
            }
        } catch (IOException | RuntimeException e) {
            end("connection broke: " + e.getMessage());
        }
    }

    private void greet(ByteBuffer in) throws IOException {
        fill(in, PREFACE.length);
        byte[] first = new byte[PREFACE.length];
        in.get(first);
        if (!Arrays.equals(first, PREFACE)) {
            throw new IOException("no HTTP/2 with prior knowledge");
        }
    }

    /// Reads until so many bytes lie in the buffer.
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

    /// Closes the channel and tells the handler. Any thread, any number of times; does not wait for the threads.
    void end(String why) {
        open = false;
        try {
            channel.close();
        } catch (IOException e) {
            // it is of no use any more
        }
        handler.ended(why);
        writer.interrupt();
    }

    /// Waits for both threads' end. A second for each at most: a handler of the caller's may be running on the reading
    /// thread.
    void join() {
        try {
            reader.join(Duration.ofSeconds(1));
            writer.join(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
