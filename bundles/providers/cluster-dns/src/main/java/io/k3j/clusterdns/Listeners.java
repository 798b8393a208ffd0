package io.k3j.clusterdns;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.dnsmessage.DnsQuery;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// The UDP and TCP sockets of one address and port, and their threads. Above the limits, in total and per client, UDP
/// queries are dropped, which clients retry, and connections are closed.
final class Listeners implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.clusterdns");
    private static final long AGAIN_NANOS = 100_000_000;
    private final int port;
    private final Responder responder;
    private final Predicate<InetAddress> welcome;
    private final UdpListener udp;
    private final ServerSocket tcp;
    private final TcpConnections connections;
    private final List<SupervisedLoop> loops;

    /// Where to listen, and for which port of the Corefile.
    record At(InetSocketAddress socket, int port) {
    }

    /// Opens both sockets; port 0 selects one free port for both. Clients outside of the allowed networks get no
    /// response.
    ///
    /// @param clock a monotonic clock
    /// @param health where the threads report, with names that end with the address
    /// @throws IOException when the address is not available
    Listeners(At at, Responder responder, Predicate<InetAddress> welcome,
            InstantSource clock, Health health) throws IOException {
        InetSocketAddress address = at.socket();
        port = at.port();
        this.responder = responder;
        this.welcome = welcome;
        tcp = new ServerSocket();
        tcp.setReuseAddress(true);
        tcp.bind(address);
        try {
            udp = new UdpListener(new InetSocketAddress(address.getAddress(), tcp.getLocalPort()), port, responder,
                    welcome);
        } catch (IOException e) {
            tcp.close();
            throw e;
        }
        String name = "-" + address.getAddress().getHostAddress() + (port == 53 ? "" : "-" + port);
        connections = new TcpConnections(clock, health, "dns-connections" + name);
        loops = List.of(SupervisedLoop.platform(health, "dns-udp" + name, udp::run).start(),
                SupervisedLoop.virtual(health, "dns-tcp" + name, this::connections).start());
    }

    int port() {
        return tcp.getLocalPort();
    }

    private void connections() {
        while (!tcp.isClosed()) {
            try {
                take(tcp.accept());
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "Tcp: {0}", e.getMessage());
                // without a free descriptor it would fail again at once
                LockSupport.parkNanos(AGAIN_NANOS);
            }
        }
    }

    private void take(Socket socket) throws IOException {
        boolean taken = false;
        try {
            if (welcome.test(socket.getInetAddress()) && connections.begin(socket)) {
                Thread.ofVirtual().name("dns-connection").start(() -> serve(socket));
                taken = true;
            }
        } finally {
            if (!taken) {
                socket.close();
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            InetSocketAddress client = (InetSocketAddress) socket.getRemoteSocketAddress();
            while (true) {
                byte[] message = new byte[in.readUnsignedShort()];
                in.readFully(message);
                Optional<byte[]> answer = message.length < DnsQuery.HEADER ? Optional.empty()
                        : responder.respond(message, port, true, client, true);
                if (answer.isEmpty() || answer.get().length == 0) {
                    return;
                }
                out.write(framed(answer.get()));
                out.flush();
                connections.answered(socket);
            }
        } catch (EOFException e) {
            LOG.log(System.Logger.Level.TRACE, "Client done");
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Tcp client: {0}", e.getMessage());
        } finally {
            connections.end(socket);
        }
    }

    private static byte[] framed(byte[] answer) {
        byte[] all = new byte[answer.length + 2];
        all[0] = (byte) (answer.length >> 8);
        all[1] = (byte) answer.length;
        System.arraycopy(answer, 0, all, 2, answer.length);
        return all;
    }

    @Override
    public void close() {
        loops.forEach(SupervisedLoop::close);
        udp.close();
        try {
            tcp.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Tcp not closed: {0}", e.getMessage());
        }
        connections.close();
    }
}
