package io.k3j.streaming;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/// A byte stream carried in the binary messages of a WebSocket, as `SPDY/3.1+portforward.k8s.io` does.
///
/// The boundaries of messages mean nothing: `kubectl port-forward` tunnels its SPDY connection this way (KEP-4006,
/// "Transition from SPDY to WebSockets"). Closing either stream closes nothing; the socket is its owner's.
public final class MessageBytes {
    private final WebSocket socket;

    /// Over a socket whose messages nobody else receives.
    public MessageBytes(WebSocket socket) {
        this.socket = socket;
    }

    /// The bytes the client sends; one reader. Blocks while no message comes; ends when the client closes the
    /// WebSocket.
    public InputStream input() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                int n = socket.read(into, from, length);
                while (n < 0 && socket.next()) {
                    n = socket.read(into, from, length);
                }
                return n;
            }
        };
    }

    /// Bytes to the client, each write one message. Any thread. Each write leaves at once; blocks while the client does
    /// not read.
    public OutputStream output() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                socket.send(new byte[] {(byte) b});
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                socket.send(Arrays.copyOfRange(bytes, from, from + length));
            }
        };
    }
}
