package io.k3j.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// A TCP load balancer in front of a live server and a dead one it has not noticed: every n-th connection is
/// accepted and leads nowhere.
final class Balancer implements AutoCloseable {
    private final String server;
    private final int every;
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    private final AtomicInteger accepted = new AtomicInteger();
    private final List<Socket> open = new ArrayList<>();

    Balancer(String server, int every) throws IOException {
        this.server = server;
        this.every = every;
        Thread.ofVirtual().name("balancer").start(this::accept);
    }

    String url() {
        return "https://127.0.0.1:" + listener.getLocalPort();
    }

    /// The number of accepted connections.
    int accepted() {
        return accepted.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket near = keep(listener.accept());
                if (accepted.incrementAndGet() % every != 0) {
                    Socket far = keep(new Socket());
                    far.connect(new InetSocketAddress(ServerAddresses.host(server), ServerAddresses.port(server)));
                    Thread.ofVirtual().start(() -> copy(near, far));
                    Thread.ofVirtual().start(() -> copy(far, near));
                }
            } catch (IOException closed) {
                return;
            }
        }
    }

    private synchronized Socket keep(Socket socket) {
        open.add(socket);
        return socket;
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.close();
        } catch (IOException ended) {
            // the other direction ends as well
        }
    }

    @Override
    public synchronized void close() throws IOException {
        listener.close();
        for (Socket one : open) {
            one.close();
        }
    }
}
