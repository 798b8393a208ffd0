package io.k3j.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// Just enough HTTP/2 and gRPC to call etcd's `KV/Put` over one clear-text connection with many streams: as light as a
/// client can be, so that the server is what is measured.
final class EtcdClient implements AutoCloseable {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RESET = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GO_AWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final int WINDOW_STEP = 32_768;
    private final Socket socket;
    private final OutputStream out;
    private final byte[] head;
    private final ReentrantLock lock = new ReentrantLock();
    private final ConcurrentHashMap<Integer, Call> calls = new ConcurrentHashMap<>();
    private final Semaphore window = new Semaphore(65_535);
    private int nextStream = 1;
    private int consumed;

    EtcdClient(String host, int port) throws IOException {
        socket = new Socket(host, port);
        socket.setTcpNoDelay(true);
        out = socket.getOutputStream();
        head = head(host + ":" + port);
        out.write(PREFACE);
        out.write(frame(SETTINGS, 0, 0));
        Thread.ofPlatform().daemon().name("etcd-client").start(this::listen);
    }

    private static byte[] head(String authority) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x83);
        block.write(0x86);
        block.write(0x04);
        text(block, "/etcdserverpb.KV/Put");
        block.write(0x01);
        text(block, authority);
        block.write(0x0f);
        block.write(0x10);
        text(block, "application/grpc");
        block.write(0x00);
        text(block, "te");
        text(block, "trailers");
        return block.toByteArray();
    }

    private static void text(ByteArrayOutputStream block, String text) throws IOException {
        block.write(text.length());
        block.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /// Puts and waits for the answer.
    void put(String key, byte[] value) throws IOException {
        byte[] message = message(key.getBytes(StandardCharsets.UTF_8), value);
        window.acquireUninterruptibly(message.length);
        Call call = new Call(Thread.currentThread());
        lock.lock();
        try {
            int stream = nextStream;
            nextStream += 2;
            calls.put(stream, call);
            out.write(frame(HEADERS, END_HEADERS, stream, head, frame(DATA, END_STREAM, stream, message)));
        } finally {
            lock.unlock();
        }
        while (!call.over) {
            LockSupport.park(call);
        }
        if (!call.answered) {
            throw new IOException("etcd refused a put");
        }
    }

    private static byte[] message(byte[] key, byte[] value) {
        ByteBuffer message = ByteBuffer.allocate(key.length + value.length + 16);
        message.position(5);
        field(message, 1, key);
        field(message, 2, value);
        message.put(0, (byte) 0).putInt(1, message.position() - 5);
        byte[] bytes = new byte[message.position()];
        message.get(0, bytes);
        return bytes;
    }

    private static void field(ByteBuffer message, int number, byte[] bytes) {
        message.put((byte) (number << 3 | 2));
        int left = bytes.length;
        while (left > 127) {
            message.put((byte) (left & 127 | 128));
            left >>>= 7;
        }
        message.put((byte) left).put(bytes);
    }

    private static byte[] frame(int type, int flags, int stream, byte[]... parts) {
        int length = parts.length == 0 ? 0 : parts[0].length;
        int rest = parts.length > 1 ? parts[1].length : 0;
        ByteBuffer frame = ByteBuffer.allocate(9 + length + rest);
        frame.put((byte) (length >>> 16)).putShort((short) length).put((byte) type).put((byte) flags).putInt(stream);
        for (byte[] part : parts) {
            frame.put(part);
        }
        return frame.array();
    }

    private void listen() {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 65_536))) {
            while (true) {
                int lengthAndType = in.readInt();
                int flags = in.readUnsignedByte();
                int stream = in.readInt() & Integer.MAX_VALUE;
                byte[] payload = in.readNBytes(lengthAndType >>> 8);
                take(lengthAndType & 0xff, flags, stream, payload);
            }
        } catch (IOException e) {
            calls.values().forEach(Call::end);
        }
    }

    private void take(int type, int flags, int stream, byte[] payload) throws IOException {
        switch (type) {
            case DATA -> {
                Objects.requireNonNull(calls.get(stream)).answered = true;
                consumed += payload.length;
                if (consumed >= WINDOW_STEP) {
                    send(frame(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(consumed).array()));
                    consumed = 0;
                }
            }
            case SETTINGS -> acknowledge(SETTINGS, flags, new byte[0]);
            case PING -> acknowledge(PING, flags, payload);
            case WINDOW_UPDATE -> {
                if (stream == 0) {
                    window.release(ByteBuffer.wrap(payload).getInt());
                }
            }
            case RESET, GO_AWAY -> throw new IOException("etcd ends a stream or the connection");
            default -> {
            }
        }
        if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
            Objects.requireNonNull(calls.remove(stream)).end();
        }
    }

    private void acknowledge(int type, int flags, byte[] payload) throws IOException {
        if ((flags & ACK) == 0) {
            send(frame(type, ACK, 0, payload));
        }
    }

    private void send(byte[] frame) throws IOException {
        lock.lock();
        try {
            out.write(frame);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static final class Call {
        private final Thread caller;
        private volatile boolean over;
        private volatile boolean answered;

        Call(Thread caller) {
            this.caller = caller;
        }

        void end() {
            over = true;
            LockSupport.unpark(caller);
        }
    }
}
