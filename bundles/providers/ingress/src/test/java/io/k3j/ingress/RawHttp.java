package io.k3j.ingress;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// A client that sends exactly what a test says.
final class RawHttp implements AutoCloseable {
    private static final int LIMIT_MILLIS = 60_000;
    private final Socket socket;

    RawHttp(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(LIMIT_MILLIS);
        socket.setTcpNoDelay(true);
    }

    /// A connection for which the kernel holds little: what it holds is not what the proxy has taken.
    static Socket narrow(int port) throws IOException {
        Socket socket = new Socket();
        socket.setSendBufferSize(32 * 1024);
        socket.setReceiveBufferSize(32 * 1024);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
    }

    RawHttp send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    /// Status line, header lines and the body that `content-length` announces.
    String answer() throws IOException {
        String head = head(socket.getInputStream());
        String lower = head.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("content-length: ");
        int length = at < 0 ? 0 : Integer.parseInt(lower.substring(at + 16, lower.indexOf('\r', at)));
        return head + new String(socket.getInputStream().readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    /// To the empty line that ends a head.
    static String head(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (!all.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("ended after: " + all.toString(StandardCharsets.ISO_8859_1));
            }
            all.write(next);
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /// So many bytes.
    String bytes(int number) throws IOException {
        return new String(socket.getInputStream().readNBytes(number), StandardCharsets.ISO_8859_1);
    }

    /// Everything to the end of the connection.
    String rest() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /// Whether nothing comes for a moment.
    boolean silent(int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            return socket.getInputStream().read() == Integer.MIN_VALUE;
        } catch (SocketTimeoutException nothing) {
            return true;
        } finally {
            socket.setSoTimeout(LIMIT_MILLIS);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
