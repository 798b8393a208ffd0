package io.k3j.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// A client that sends exactly the given bytes over TLS.
final class RawClient implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    /// `GET https://x/` as indexes of HPACK's static table.
    static final byte[] GET = {(byte) 0x82, (byte) 0x87, (byte) 0x84, 0x41, 1, 'x'};
    /// GET of `/held`.
    static final byte[] GET_HELD = {(byte) 0x82, (byte) 0x87, 4, 5, '/', 'h', 'e', 'l', 'd', 1, 1, 'x'};

    private final SSLSocket socket;

    RawClient(TestPort port, String protocol) throws IOException {
        socket = (SSLSocket) port.anonymous().getSocketFactory().createSocket("localhost", port.number());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {protocol});
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(60_000);
        socket.startHandshake();
    }

    /// Opens an HTTP/2 connection and exchanges settings.
    static RawClient http2(TestPort port) throws IOException {
        RawClient client = new RawClient(port, "h2");
        client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        client.frame(SETTINGS, 0, 0, new byte[0]);
        return client;
    }

    void send(String text) throws IOException {
        send(text.getBytes(ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        send(bytes(type, flags, stream, payload));
    }

    static byte[] bytes(int type, int flags, int stream, byte[] payload) {
        byte[] frame = new byte[9 + payload.length];
        frame[0] = (byte) (payload.length >> 16);
        frame[1] = (byte) (payload.length >> 8);
        frame[2] = (byte) payload.length;
        frame[3] = (byte) type;
        frame[4] = (byte) flags;
        for (int i = 0; i < 4; i++) {
            frame[5 + i] = (byte) (stream >> 8 * (3 - i));
        }
        System.arraycopy(payload, 0, frame, 9, payload.length);
        return frame;
    }

    InputStream in() throws IOException {
        return socket.getInputStream();
    }

    /// Reads until this text arrives; returns everything read.
    String until(String end) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        while (!read.toString(ISO_8859_1).endsWith(end)) {
            int next = in().read();
            if (next < 0) {
                return read.toString(ISO_8859_1) + "<end>";
            }
            read.write(next);
        }
        return read.toString(ISO_8859_1);
    }

    /// The next frame: type, flags and stream in the first three places, the payload's length and first
    /// eight bytes' last four (an error code, for GOAWAY) in the others; null at the end of the connection.
    int[] next() throws IOException {
        byte[] head = in().readNBytes(9);
        if (head.length < 9) {
            return null;
        }
        int length = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | head[2] & 0xff;
        byte[] payload = in().readNBytes(length);
        int code = length < 4 ? 0 : number(payload, length >= 8 ? 4 : 0);
        return new int[] {head[3], head[4], number(head, 5), length, code};
    }

    /// The next frame of a type; null at the end of the connection.
    int[] next(int type) throws IOException {
        int[] frame = next();
        while (frame != null && frame[0] != type) {
            frame = next();
        }
        return frame;
    }

    /// Whether the server closes the connection within two minutes while nothing is read from it.
    boolean refused() throws IOException {
        long end = System.nanoTime() + 120_000_000_000L;
        try {
            while (end - System.nanoTime() > 0) {
                frame(WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0, 1});
                new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
            }
            return false;
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        } catch (IOException cut) {
            return true;
        }
    }

    private static int number(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 24 | (bytes[at + 1] & 0xff) << 16 | (bytes[at + 2] & 0xff) << 8
                | bytes[at + 3] & 0xff;
    }

    /// The error code of the final GOAWAY; -1 when the connection ends without one, -2 when it stays open.
    int goAway() {
        int code = -1;
        try {
            for (int[] frame = next(); frame != null; frame = next()) {
                code = frame[0] == GOAWAY ? frame[4] : code;
            }
            return code;
        } catch (SocketTimeoutException goesOn) {
            return -2;
        } catch (IOException cut) {
            return code;
        }
    }

    /// Whether the server closes the connection within a minute, whatever it sends before.
    boolean ends() {
        try {
            while (in().read() >= 0) {
                continue;
            }
            return true;
        } catch (SocketTimeoutException goesOn) {
            return false;
        } catch (IOException cut) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
