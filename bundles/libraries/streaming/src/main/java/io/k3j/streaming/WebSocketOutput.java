package io.k3j.streaming;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What goes out on a WebSocket, one frame after the other. Any thread; blocks while the other side does not read.
final class WebSocketOutput {
    static final int TEXT = 1;
    static final int BINARY = 2;
    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;
    /// The longest head with its mask, in bytes.
    private static final int MAX_HEAD = 14;

    private final OutputStream out;
    /// Where masks come from; null on the server's side, which must not mask (RFC 6455 §5.1).
    private final @Nullable RandomGenerator masks;
    /// Held while a frame is written: frames do not mix.
    private final ReentrantLock turn = new ReentrantLock();
    /// When the present frame began to be written; null between two frames. Written by whose turn it is.
    private volatile @Nullable Long begunNanos;
    /// We have sent a close frame, after which nothing may be sent; guarded by [#turn].
    private boolean closed;

    /// @param out written to once per frame and flushed
    WebSocketOutput(OutputStream out, @Nullable RandomGenerator masks) {
        this.out = out;
        this.masks = masks;
    }

    /// For how long the present frame is being written by now: the other side reads nothing, or slowly. Zero between
    /// two frames.
    Duration writing() {
        Long begun = begunNanos;
        return begun == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - begun);
    }

    /// Sends a frame that is a whole message, or a ping or pong.
    /// @throws InterruptedIOException when interrupted while others write; the flag stays set, nothing was sent
    /// @throws IOException when the connection is gone, or we have closed it
    void frame(int kind, byte[] payload) throws IOException {
        awaitTurn();
        try {
            if (closed) {
                throw new IOException("closed");
            }
            write(kind, payload);
        } finally {
            turn.unlock();
        }
    }

    /// Says that nothing more comes. Nothing when that was said before: each side says it once.
    void end(byte[] payload) throws IOException {
        awaitTurn();
        try {
            endInTurn(payload);
        } finally {
            turn.unlock();
        }
    }

    /// The same unless somebody is writing: who reads does not wait for an other side that does not.
    void endUnlessBusy(byte[] payload) throws IOException {
        if (turn.tryLock()) {
            try {
                endInTurn(payload);
            } finally {
                turn.unlock();
            }
        }
    }

    private void endInTurn(byte[] payload) throws IOException {
        if (!closed) {
            closed = true;
            write(WebSocketInput.CLOSE, payload);
        }
    }

    /// Who was interrupted before may write all the same, where nobody else does.
    private void awaitTurn() throws IOException {
        if (!turn.tryLock()) {
            try {
                turn.lockInterruptibly();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException();
            }
        }
    }

    private void write(int kind, byte[] payload) throws IOException {
        ByteBuffer b = ByteBuffer.allocate(payload.length + MAX_HEAD);
        int flag = masks == null ? 0 : MASKED;
        b.put((byte) (FINAL | kind));
        if (payload.length < 126) {
            b.put((byte) (flag | payload.length));
        } else if (payload.length < 65_536) {
            b.put((byte) (flag | 126)).putShort((short) payload.length);
        } else {
            b.put((byte) (flag | 127)).putLong(payload.length);
        }
        mask(b, payload);
        begunNanos = System.nanoTime();
        try {
            out.write(b.array(), 0, b.position());
            out.flush();
        } finally {
            begunNanos = null;
        }
    }

    /// The four bytes of the mask and the payload under it; the payload as it is on the server's side.
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

    /// Closes the stream below, which wakes who writes; any thread.
    void close() throws IOException {
        out.close();
    }
}
