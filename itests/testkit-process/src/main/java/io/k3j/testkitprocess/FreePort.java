package io.k3j.testkitprocess;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Ports for processes that are told where to listen. They lie below those that the kernel gives to outgoing
/// connections: one of those could take the port before the process listens, or while it is restarted; a client that
/// tries again and again to connect to it even does so itself.
public final class FreePort {
    private static final int FROM = 15_000;
    private static final int TO = 32_000;
    private static final int TRIES = 1_000;

    private FreePort() {
    }

    /// A port of the loopback that nobody listens on now.
    /// @throws IllegalStateException when there is none
    public static int next() {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(FROM, TO);
            try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (IOException taken) {
                // the next one
            }
        }
        throw new IllegalStateException("no free port between " + FROM + " and " + TO);
    }
}
