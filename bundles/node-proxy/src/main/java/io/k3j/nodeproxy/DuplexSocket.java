package io.k3j.nodeproxy;

import io.k3j.edgeapi.ByteDuplex;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/// A byte channel in the dress of a socket, so that the JDK's TLS can be laid over it.
final class DuplexSocket extends Socket {
    private final ByteDuplex duplex;
    private volatile boolean closed;

    DuplexSocket(ByteDuplex duplex) {
        this.duplex = duplex;
    }

    @Override
    public InputStream getInputStream() {
        return duplex.input();
    }

    @Override
    public OutputStream getOutputStream() {
        return duplex.output();
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void setSoTimeout(int millis) {
        // the channel knows no read timeout; a dead peer is noticed by whoever opened the channel
    }

    @Override
    public void setTcpNoDelay(boolean on) {
        // nothing to set on a channel
    }

    @Override
    public void shutdownOutput() {
        // TLS says good-bye by itself
    }

    @Override
    public void close() {
        closed = true;
        duplex.close();
    }
}
