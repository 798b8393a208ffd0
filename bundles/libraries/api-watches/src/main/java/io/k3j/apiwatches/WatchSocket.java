package io.k3j.apiwatches;

import io.k3j.apirequests.Form;
import io.k3j.clientapi.ApiFault;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import io.k3j.model.Struct;
import io.k3j.streaming.WebSocket;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A watch over a WebSocket, as some client libraries prefer it: one message per event, text for JSON, binary for CBOR
/// and protobuf, the latter without a length in front. One thread of its own sends what is pending, one more hears when
/// the client closes; both end with the connection.
///
/// To the hub it is a stream like that of an HTTP answer: offers never block. There is no edge between, so it has its
/// own queue and its own bound. Any thread may offer; the three conditions below change under the lock.
final class WatchSocket implements ResponseStream {
    /// What may be pending before a blocking writer waits; a frame larger than this still goes out, alone.
    static final int HIGH_WATER_BYTES = 256 << 10;
    /// What stands before a protobuf event in an HTTP answer. A message of a WebSocket knows its own length.
    private static final int LENGTH_BYTES = 4;
    /// For closing; bytes go through [#socket].
    private final ByteDuplex connection;
    private final WebSocket socket;
    private final Form.Type type;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /// Frames in order, shared with other watches: nobody changes them.
    private final Deque<byte[]> pending = new ArrayDeque<>();
    private int pendingBytes;
    /// Nothing more is taken; what is pending is still sent.
    private boolean ending;
    /// Nothing more is sent.
    private boolean broken;

    private WatchSocket(ByteDuplex connection, Form.Type type) {
        this.connection = connection;
        this.socket = new WebSocket(connection.input(), connection.output());
        this.type = type;
    }

    /// Whether a request asks for one, by `Upgrade: websocket`.
    static boolean wanted(Exchange exchange) {
        return exchange.header("upgrade").filter("websocket"::equalsIgnoreCase).isPresent();
    }

    /// Shakes hands (RFC 6455 §4.2) and takes the connection over; its threads run from now on.
    ///
    /// @throws ApiFault 400 without a key
    /// @throws IOException when the client has gone
    /// @throws UnsupportedOperationException on HTTP/2, which has no upgrade
    static WatchSocket accept(Exchange exchange, Form.Type type) throws IOException {
        String key = exchange.header("sec-websocket-key").orElseThrow(
                () -> new ApiFault(400, "BadRequest", "the header Sec-WebSocket-Key is missing", Struct.EMPTY));
        WatchSocket watch = new WatchSocket(exchange.upgrade(Map.of("connection", "Upgrade", "upgrade", "websocket",
                "sec-websocket-accept", WebSocket.accept(key))), type);
        Thread.ofVirtual().name("watch-socket-send").start(watch::send);
        Thread.ofVirtual().name("watch-socket-receive").start(watch::receive);
        return watch;
    }

    /// Interrupted, it fails as if the client had gone: a watch that is behind is ended so.
    @Override
    public void write(byte[]... parts) throws IOException {
        lock.lock();
        try {
            while (!broken && pendingBytes > HIGH_WATER_BYTES) {
                changed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            lock.unlock();
        }
        if (!offer(Integer.MAX_VALUE, parts)) {
            throw new IOException("the client has gone");
        }
    }

    /// The bound is looked at before the parts are added, so one frame may go beyond it, as with an HTTP answer.
    @Override
    public boolean offer(int maxPendingBytes, byte[]... parts) {
        lock.lock();
        try {
            if (broken || ending || pendingBytes > maxPendingBytes) {
                return false;
            }
            for (byte[] part : parts) {
                pending.add(part);
                pendingBytes += part.length;
            }
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// False as soon as the end is decided, though frames may still be on their way.
    @Override
    public boolean open() {
        lock.lock();
        try {
            return !broken && !ending;
        } finally {
            lock.unlock();
        }
    }

    /// Returns at once; the sending thread says goodbye behind what is pending.
    @Override
    public void close() {
        lock.lock();
        try {
            ending = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Closing the connection wakes the thread that receives.
    @Override
    public void abort() {
        lock.lock();
        try {
            broken = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        connection.close();
    }

    /// Sends until the end, then says goodbye and closes.
    private void send() {
        try {
            for (byte[] frame = next(); frame != null; frame = next()) {
                send(frame);
            }
            socket.end();
        } catch (IOException e) {
            // the client has gone: the watch learns it from open()
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            abort();
        }
    }

    /// Browsers and client libraries expect JSON as text.
    private void send(byte[] frame) throws IOException {
        switch (type) {
            case JSON, YAML -> socket.sendText(frame);
            case PROTOBUF -> socket.send(Arrays.copyOfRange(frame, LENGTH_BYTES, frame.length));
            case CBOR -> socket.send(frame);
        }
    }

    /// The next frame, waiting for one; null at the end.
    private byte @Nullable [] next() throws InterruptedException {
        lock.lock();
        try {
            while (pending.isEmpty() && !ending && !broken) {
                changed.await();
            }
            byte[] frame = broken ? null : pending.poll();
            if (frame != null) {
                pendingBytes -= frame.length;
                changed.signalAll();
            }
            return frame;
        } finally {
            lock.unlock();
        }
    }

    /// What a client sends is thrown away as it comes, since a watch has nothing to be told; pings are answered by the
    /// socket. It is read all the same: nothing else tells that the client has closed.
    private void receive() {
        try {
            socket.awaitClose();
        } catch (IOException e) {
            // the same end
        } finally {
            abort();
        }
    }
}
