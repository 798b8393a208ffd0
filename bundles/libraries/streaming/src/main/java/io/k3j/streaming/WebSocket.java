package io.k3j.streaming;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One side of a WebSocket connection (RFC 6455) after the handshake. One thread receives; any thread sends.
///
/// A message is received whole and within a bound ([#receive]), as bytes without one ([#next], [#read]), or not kept at
/// all ([#awaitClose]). In each case fragments are put together, and memory is taken for what has come, not for what a
/// frame's head says. Sending makes no fragments. A sender writes one frame at a time, and blocks while the other side
/// does not read. There are no timers here: who wants to know of silence asks [#heardNanos], of another side that does
/// not read [#writing].
///
/// **Failure.** `IOException` from whoever sends or receives; the socket is then of no use.
public final class WebSocket implements AutoCloseable {
    /// RFC 6455 §1.3.
    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    /// Codes of a close frame, RFC 6455 §7.4.1.
    private static final int NORMAL = 1000;
    private static final int TOO_BIG = 1009;
    private final WebSocketInput in;
    private final WebSocketOutput out;
    /// Who answers pings; null for the receiving thread, which may then have to wait for a sender.
    private volatile @Nullable Consumer<byte[]> pings;

    /// The server's side: takes over both directions of an upgraded connection.
    /// @param in buffered here
    /// @param out written to once per frame and flushed
    public WebSocket(InputStream in, OutputStream out) {
        this(in, out, null);
    }

    private WebSocket(InputStream in, OutputStream out, @Nullable RandomGenerator masks) {
        this.out = new WebSocketOutput(out, masks);
        this.in = new WebSocketInput(in, this::control);
    }

    /// The client's side, which masks what it sends.
    /// @param masks must not be guessed by whoever chooses what is sent (RFC 6455 §10.3)
    public static WebSocket ofClient(InputStream in, OutputStream out, RandomGenerator masks) {
        return new WebSocket(in, out, masks);
    }

    /// Has pings told instead of answered by the receiving thread.
    /// @param receiver told the payload, on the receiving thread; must not block
    void answerPings(Consumer<byte[]> receiver) {
        pings = receiver;
    }

    /// When anything last came, on the clock of `System.nanoTime`. Any thread. At first when the socket was made.
    long heardNanos() {
        return in.heardNanos();
    }

    /// For how long one frame is being written by now: the other side reads nothing, or slowly. Zero between two
    /// frames. Any thread.
    Duration writing() {
        return out.writing();
    }

    /// Sends a ping without a payload. The answer is not told, but [#heardNanos] changes.
    public void ping() throws IOException {
        out.frame(WebSocketInput.PING, new byte[0]);
    }

    /// Answers a ping.
    void pong(byte[] payload) throws IOException {
        out.frame(WebSocketInput.PONG, payload);
    }

    /// The answer to a client's `Sec-WebSocket-Key`. RFC 6455 §4.2.2. Pure.
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
    /// @param ours the best first; the server chooses (RFC 6455 §4.2.2)
    public static Optional<String> protocol(Collection<String> offered, List<String> ours) {
        List<String> all = offered.stream().flatMap(o -> List.of(o.split(",")).stream()).map(String::strip).toList();
        return ours.stream().filter(all::contains).findFirst();
    }

    /// The next message, text or binary; empty when the client has closed. Answers pings meanwhile. Blocks until one
    /// has come whole. A connection that ends between two frames counts as closed by the client, too.
    /// @param most bytes of a message, all its fragments together
    /// @throws IOException when the connection breaks within a frame, or a message is longer: then the client is told
    ///     so (code 1009), unless it keeps somebody writing
    public Optional<byte[]> receive(int most) throws IOException {
        try {
            return in.receive(most);
        } catch (WebSocketInput.TooBig tooBig) {
            try {
                out.endUnlessBusy(code(TOO_BIG));
            } catch (IOException gone) {
                tooBig.addSuppressed(gone);
            }
            throw tooBig;
        }
    }

    /// Goes on to the next message, text or binary, whose bytes [#read] gives; what was left of the one before is not
    /// kept. Answers pings meanwhile. Blocks until it begins.
    /// @return false when the client has closed, or the connection has ended between two frames
    /// @throws IOException when the connection breaks within a frame
    public boolean next() throws IOException {
        return in.next();
    }

    /// Bytes of the present message, as they come; blocks until there are some.
    /// @param length 1 or more
    /// @return how many; -1 at the end of the message, also where the client has closed before it
    /// @throws IOException when the connection breaks within a frame
    public int read(byte[] into, int from, int length) throws IOException {
        return in.read(into, from, length);
    }

    /// Blocks until the client has closed. What it sends meanwhile is not kept; its pings are answered.
    /// @throws IOException when the connection breaks within a frame
    public void awaitClose() throws IOException {
        while (in.next()) {
            // nobody wants it
        }
    }

    private void control(int kind, byte[] payload) throws IOException {
        if (kind == WebSocketInput.CLOSE) {
            // answering it repeats its code
            out.end(payload);
        } else if (kind == WebSocketInput.PING) {
            Consumer<byte[]> receiver = pings;
            if (receiver == null) {
                pong(payload);
            } else {
                receiver.accept(payload);
            }
        }
    }

    /// Sends one text message. Blocks while the other side does not read.
    /// @param utf8 its encoded text
    public void sendText(byte[] utf8) throws IOException {
        out.frame(WebSocketOutput.TEXT, utf8);
    }

    /// Sends one binary message. Blocks while the other side does not read.
    /// @throws IOException when the connection is gone, we have closed it, or the thread is interrupted while others
    ///     send
    public void send(byte[] message) throws IOException {
        out.frame(WebSocketOutput.BINARY, message);
    }

    /// Sends a channel number and bytes as one binary message.
    /// @param channel 0 to 255
    public void send(int channel, byte[] bytes, int from, int length) throws IOException {
        byte[] message = new byte[length + 1];
        message[0] = (byte) channel;
        System.arraycopy(bytes, from, message, 1, length);
        out.frame(WebSocketOutput.BINARY, message);
    }

    /// Says that nothing more comes, in order. Nothing may be sent afterwards; the other side may still.
    public void end() throws IOException {
        out.end(code(NORMAL));
    }

    private static byte[] code(int number) {
        return ByteBuffer.allocate(Short.BYTES).putShort((short) number).array();
    }

    /// Closes the connection. At once, without a close frame.
    @Override
    public void close() throws IOException {
        in.close();
        out.close();
    }
}
