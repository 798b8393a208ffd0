package io.k3j.streaming;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One side of a WebSocket connection (RFC 6455) after the handshake. One thread receives; any thread sends.
public final class WebSocket implements AutoCloseable {
    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int MAX_MESSAGE = 16 << 20;
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private final DataInputStream in;
    private final OutputStream out;
    private final @Nullable RandomGenerator masks;
    private volatile long heardNanos = System.nanoTime();
    private volatile @Nullable Consumer<byte[]> pings;
    private boolean closed;

    /// The server's side: takes over both directions of an upgraded connection.
    public WebSocket(InputStream in, OutputStream out) {
        this(in, out, null);
    }

    private WebSocket(InputStream in, OutputStream out, @Nullable RandomGenerator masks) {
        this.in = new DataInputStream(new BufferedInputStream(in));
        this.out = out;
        this.masks = masks;
    }

    /// The client's side, which masks what it sends.
    public static WebSocket ofClient(InputStream in, OutputStream out, RandomGenerator masks) {
        return new WebSocket(in, out, masks);
    }

    /// Has pings told instead of answered by the receiving thread.
    void answerPings(Consumer<byte[]> receiver) {
        pings = receiver;
    }

    /// When the last frame came, on the clock of `System.nanoTime`.
    long heardNanos() {
        return heardNanos;
    }

    /// Sends a ping without a payload.
    public void ping() throws IOException {
        frame(PING, new byte[0]);
    }

    /// Answers a ping.
    void pong(byte[] payload) throws IOException {
        frame(PONG, payload);
    }

    /// The answer to a client's `Sec-WebSocket-Key`.
    public static String accept(String key) {
        try {
            return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1")
                    .digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The first of our protocols that the client offers, too.
    /// @param offered the values of `Sec-WebSocket-Protocol`, each a list with commas
    public static Optional<String> protocol(Collection<String> offered, List<String> ours) {
        List<String> all = offered.stream().flatMap(o -> List.of(o.split(",")).stream()).map(String::strip).toList();
        return ours.stream().filter(all::contains).findFirst();
    }

    /// The next message, text or binary; empty when the client has closed. Answers pings meanwhile.
    public Optional<byte[]> receive() throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        while (true) {
            int first;
            try {
                first = in.readUnsignedByte();
            } catch (EOFException e) {
                return Optional.empty();
            }
            byte[] payload = payload(in.readUnsignedByte());
            heardNanos = System.nanoTime();
            switch (first & 0xf) {
                case CLOSE -> {
                    end(payload);
                    return Optional.empty();
                }
                case PING -> answer(payload);
                case PONG -> {
                    // nobody waits for it
                }
                default -> {
                    if (message.size() + payload.length > MAX_MESSAGE) {
                        throw new IOException("message too big");
                    }
                    message.writeBytes(payload);
                    if ((first & 0x80) != 0) {
                        return Optional.of(message.toByteArray());
                    }
                }
            }
        }
    }

    private void answer(byte[] payload) throws IOException {
        Consumer<byte[]> receiver = pings;
        if (receiver == null) {
            frame(PONG, payload);
        } else {
            receiver.accept(payload);
        }
    }

    private byte[] payload(int second) throws IOException {
        long length = second & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        if (length < 0 || length > MAX_MESSAGE) {
            throw new IOException("message too big");
        }
        byte[] mask = new byte[4];
        if ((second & 0x80) != 0) {
            in.readFully(mask);
        }
        byte[] bytes = new byte[(int) length];
        in.readFully(bytes);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] ^= mask[i & 3];
        }
        return bytes;
    }

    /// Sends one text message.
    /// @param utf8 its encoded text
    public void sendText(byte[] utf8) throws IOException {
        frame(TEXT, utf8);
    }

    /// Sends one binary message.
    public void send(byte[] message) throws IOException {
        frame(BINARY, message);
    }

    /// Sends a channel number and bytes as one binary message.
    public void send(int channel, byte[] bytes, int from, int length) throws IOException {
        byte[] message = new byte[length + 1];
        message[0] = (byte) channel;
        System.arraycopy(bytes, from, message, 1, length);
        frame(BINARY, message);
    }

    private synchronized void frame(int kind, byte[] payload) throws IOException {
        if (closed) {
            throw new IOException("closed");
        }
        closed |= kind == CLOSE;
        ByteBuffer b = ByteBuffer.allocate(payload.length + 14);
        int masked = masks == null ? 0 : 0x80;
        b.put((byte) (0x80 | kind & 0xf | CONTINUATION));
        if (payload.length < 126) {
            b.put((byte) (masked | payload.length));
        } else if (payload.length < 65_536) {
            b.put((byte) (masked | 126)).putShort((short) payload.length);
        } else {
            b.put((byte) (masked | 127)).putLong(payload.length);
        }
        mask(b, payload);
        out.write(b.array(), 0, b.position());
        out.flush();
    }

    private void mask(ByteBuffer to, byte[] payload) {
        if (masks == null) {
            to.put(payload);
            return;
        }
        byte[] mask = new byte[4];
        masks.nextBytes(mask);
        to.put(mask);
        for (int i = 0; i < payload.length; i++) {
            to.put((byte) (payload[i] ^ mask[i & 3]));
        }
    }

    /// Says that nothing more comes, in order.
    public void end() throws IOException {
        end(ByteBuffer.allocate(2).putShort((short) 1000).array());
    }

    /// Each side sends one.
    private synchronized void end(byte[] payload) throws IOException {
        if (!closed) {
            frame(CLOSE, payload);
        }
    }

    /// Closes the connection.
    @Override
    public void close() throws IOException {
        in.close();
        out.close();
    }
}
