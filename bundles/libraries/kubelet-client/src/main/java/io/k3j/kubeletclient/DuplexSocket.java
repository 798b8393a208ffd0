package io.k3j.kubeletclient;

import io.k3j.edgeapi.ByteDuplex;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/// Wraps a byte channel as a `java.net.Socket`, as the JDK's TLS requires.
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
        // the channel has no read timeout; its opener detects a dead peer
    }

    @Override
    public void setTcpNoDelay(boolean on) {
        // nothing to set on a channel
    }

    @Override
    public void shutdownOutput() {
        // TLS sends its own close_notify
    }

    @Override
    public void close() {
        closed = true;
        duplex.close();
    }
}
