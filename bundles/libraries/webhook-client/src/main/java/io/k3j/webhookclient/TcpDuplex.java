package io.k3j.webhookclient;

import io.k3j.edgeapi.ByteDuplex;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/// A TCP connection as a channel. Closing it wakes whoever connects, reads or writes.
final class TcpDuplex implements ByteDuplex {
    private final Socket socket = new Socket();
    private InputStream input = InputStream.nullInputStream();
    private OutputStream output = OutputStream.nullOutputStream();

    /// Connects; blocks.
    /// @param millis at most
    void connect(InetSocketAddress address, int millis) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setKeepAlive(true);
        socket.connect(address, millis);
        // heads of answers are read byte by byte
        input = new BufferedInputStream(socket.getInputStream());
        output = socket.getOutputStream();
    }

    @Override
    public InputStream input() {
        return input;
    }

    @Override
    public OutputStream output() {
        return output;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException stuck) {
            throw new UncheckedIOException(stuck);
        }
    }
}
