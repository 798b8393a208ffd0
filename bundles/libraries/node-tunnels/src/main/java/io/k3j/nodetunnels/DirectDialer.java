package io.k3j.nodetunnels;

import io.k3j.edgeapi.ByteDuplex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;

/// Reaches nodes over the network, without a tunnel, within ten seconds. Any thread. Nagle's algorithm is off: what is
/// passed on was already cut into messages by its sender. A node that vanishes is noticed by probes, at Go's defaults:
/// whoever waits for a log's next line would wait for good.
final class DirectDialer implements EgressDialer.Direct {
    /// Milliseconds; what [io.k3j.edgeapi.NodeDialer] promises its callers.
    private static final int TEN_SECONDS = (int) TimeUnit.SECONDS.toMillis(10);
    private static final int PROBE_SECONDS = 15;
    private static final int PROBES = 9;

    /// @param node only for the message: the address alone decides
    /// @throws IOException naming node and address; nothing stays open then
    @Override
    public ByteDuplex dial(String node, String host, int port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, PROBE_SECONDS);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, PROBE_SECONDS);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
            socket.connect(new InetSocketAddress(host, port), TEN_SECONDS);
            return new Dialled(socket, socket.getInputStream(), socket.getOutputStream());
        } catch (IOException unreachable) {
            socket.close();
            throw new IOException("cannot reach " + host + ":" + port + " on node " + node + ": "
                    + unreachable.getMessage(), unreachable);
        }
    }

    /// Closing it closes the socket, which wakes whoever reads or writes.
    private record Dialled(Socket socket, InputStream input, OutputStream output) implements ByteDuplex {
        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException stuck) {
                throw new UncheckedIOException(stuck);
            }
        }
    }
}
