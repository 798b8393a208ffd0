package io.k3j.embeddedregistry;

import io.k3j.edgeapi.ByteDuplex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/// A TCP connection as a channel; a peer that says nothing for half a minute ends it.
///
/// @param socket connected
record TcpChannel(Socket socket, InputStream input, OutputStream output) implements ByteDuplex {
    private static final int CONNECT_MILLIS = 2_000;
    private static final int SILENCE_MILLIS = 30_000;

    /// Blocks for two seconds at most.
    static TcpChannel connect(InetSocketAddress at) throws IOException {
        Socket socket = new Socket();
        boolean done = false;
        try {
            socket.connect(at, CONNECT_MILLIS);
            socket.setSoTimeout(SILENCE_MILLIS);
            socket.setTcpNoDelay(true);
            TcpChannel channel = new TcpChannel(socket, socket.getInputStream(),
                    socket.getOutputStream());
            done = true;
            return channel;
        } finally {
            if (!done) {
                socket.close();
            }
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException ended) {
            // it had ended already
        }
    }
}
