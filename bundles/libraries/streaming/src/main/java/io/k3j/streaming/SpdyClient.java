package io.k3j.streaming;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.Deflater;

/// The client's side of a SPDY/3.1 connection to a container runtime's streaming server.
///
/// Kept as simple as those servers are: headers go out in plain zlib, headers of replies are not looked at,
/// and no window updates are sent, because no such server has flow control.
///
/// **Threads.** Any thread opens and uses streams; one virtual thread of the connection reads frames. A
/// stream nobody reads holds the whole connection up after 1 MiB.
///
/// **Failure.** `IOException` from the stream that is written; what is read fails once its waiting bytes have been
/// taken. Streams that the server resets end, as in order: the error stream says what happened.
public final class SpdyClient implements AutoCloseable {
    /// The high bit of a control frame and the version 3; the type is added.
    private static final int VERSION = 0x8003_0000;
    private static final int SYN_STREAM = 1;
    private static final int RST_STREAM = 3;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int FIN = 1;
    /// Bytes in a frame that we send.
    private static final int MAX_DATA = 32 * 1024;
    private static final String ENDED = "connection ended";
    /// Room for what zlib adds to a block that does not shrink.
    private static final int FIXED_HEADERS = 256;

    private final DataInputStream in;
    private final DataOutputStream out;
    /// One for the connection: later blocks refer to earlier ones. Without SPDY's dictionary, which the runtime's
    /// servers do not insist on. Guarded by [#streams].
    private final Deflater deflater = new Deflater();
    private final Map<Integer, Stream> streams = new ConcurrentHashMap<>();
    /// The reading thread has ended: a stream opened now would never end. Guarded by [#streams].
    private boolean ended;
    /// Odd, as a client's; guarded by this.
    private int nextId = 1;

    /// Takes over both directions of a connection that has been upgraded.
    public SpdyClient(InputStream in, OutputStream out) {
        this.in = new DataInputStream(new BufferedInputStream(in));
        this.out = new DataOutputStream(out);
        Thread.ofVirtual().name("spdy-read").start(this::read);
    }

    /// One stream: two directions that end apart from each other.
    public final class Stream {
        private final int id;
        private final ByteQueue received = new ByteQueue();
        private final OutputStream sent = new Sending();

        private Stream(int id) {
            this.id = id;
        }

        /// From the server; ends when the server has ended its direction, fails when the connection breaks.
        public InputStream input() {
            return received;
        }

        /// To the server; closing it ends our direction only.
        public OutputStream output() {
            return sent;
        }

        /// Each write leaves as frames at once; blocks while the server does not read.
        private final class Sending extends OutputStream {
            private boolean ended;

            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                for (int at = 0; at < length; at += MAX_DATA) {
                    data(id, 0, bytes, from + at, Math.min(MAX_DATA, length - at));
                }
            }

            @Override
            public void close() throws IOException {
                if (!ended) {
                    ended = true;
                    data(id, FIN, new byte[0], 0, 0);
                }
            }
        }
    }

    /// Opens a stream with headers, as `streamtype: stdin`. Does not wait for the server's reply: a refusal shows as
    /// the end of the stream.
    /// @throws IOException when the connection is gone
    public synchronized Stream open(Map<String, String> headers) throws IOException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        DataOutputStream block = new DataOutputStream(plain);
        block.writeInt(headers.size());
        for (Map.Entry<String, String> e : headers.entrySet()) {
            text(block, e.getKey());
            text(block, e.getValue());
        }
        byte[] packed = new byte[plain.size() * 2 + FIXED_HEADERS];
        Stream stream = new Stream(nextId);
        int n = register(stream, plain.toByteArray(), packed);
        out.writeInt(VERSION | SYN_STREAM);
        out.writeInt(10 + n);
        out.writeInt(nextId);
        out.writeInt(0);
        out.writeShort(0);
        out.write(packed, 0, n);
        out.flush();
        nextId += 2;
        return stream;
    }

    /// Puts a stream among those that end with the connection, and packs its headers.
    /// @return how many bytes of `packed` are used
    private int register(Stream stream, byte[] plain, byte[] packed) throws IOException {
        synchronized (streams) {
            if (ended) {
                throw new IOException(ENDED);
            }
            streams.put(stream.id, stream);
            deflater.setInput(plain);
            return deflater.deflate(packed, 0, packed.length, Deflater.SYNC_FLUSH);
        }
    }

    /// A length of four bytes and the text: names in lower case.
    private static void text(DataOutputStream block, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        block.writeInt(bytes.length);
        block.write(bytes);
    }

    /// One frame is written whole before another begins.
    private synchronized void data(int id, int flags, byte[] bytes, int from, int length) throws IOException {
        out.writeInt(id);
        out.writeInt(flags << 24 | length);
        out.write(bytes, from, length);
        out.flush();
    }

    /// Until the server says GOAWAY or the connection ends; then all streams end.
    private void read() {
        try {
            while (true) {
                int head = in.readInt();
                int second = in.readInt();
                byte[] payload = in.readNBytes(second & 0xff_ffff);
                if (head >= 0) {
                    received(head, second >>> 24, payload);
                } else if (control(head & 0xffff, payload)) {
                    break;
                }
            }
            end();
            streams.values().forEach(s -> s.received.end());
        } catch (IOException e) {
            end();
            streams.values().forEach(s -> s.received.fail(ENDED));
        }
    }

    /// No stream is opened from here on. Takes no lock under which a thread writes: the server may read no more.
    private void end() {
        synchronized (streams) {
            ended = true;
            deflater.end();
        }
    }

    /// Bytes of streams nobody knows are dropped.
    private void received(int id, int flags, byte[] payload) {
        Stream s = streams.get(id);
        if (s != null) {
            s.received.give(payload);
            if ((flags & FIN) != 0) {
                s.received.end();
            }
        }
    }

    /// A PING is answered as it came. Replies, settings, headers and windows are not looked at.
    /// @param payload the frame without its head
    /// @return whether the connection has ended in order
    private boolean control(int type, byte[] payload) throws IOException {
        if (type == RST_STREAM && payload.length >= 4) {
            Stream s = streams.get(ByteBuffer.wrap(payload).getInt());
            if (s != null) {
                s.received.end();
            }
        } else if (type == PING) {
            synchronized (this) {
                out.writeInt(VERSION | PING);
                out.writeInt(payload.length);
                out.write(Arrays.copyOf(payload, payload.length));
                out.flush();
            }
        }
        return type == GOAWAY;
    }

    /// Closes the connection. Streams that are read end with a failure. The reading thread ends by it, and is not
    /// waited for.
    @Override
    public void close() throws IOException {
        in.close();
        out.close();
    }
}
