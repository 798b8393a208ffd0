package io.k3j.clusterdns;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.SupervisedLoop;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// The sockets of one address, UDP and TCP, and their threads. Each question has a virtual thread of its
/// own; beyond the bounds, in all and per client, UDP questions are dropped, which clients ask again, and connections
/// are closed.
final class Listeners implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.clusterdns");
    private static final int AT_ONCE = 1024;
    private static final int AT_ONCE_PER_CLIENT = 256;
    private static final int LARGEST = 65_535;
    private static final long AGAIN_NANOS = 100_000_000;
    private final Responder responder;
    private final Predicate<InetAddress> welcome;
    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final Shares questions = new Shares(AT_ONCE, AT_ONCE_PER_CLIENT);
    private final Connections connections;
    private final List<SupervisedLoop> loops;

    /// Opens both sockets; port 0 picks one free port for both. Who is not welcome gets no answer.
    /// @param clock a monotonic one
    /// @param health where the threads report, under names that end with the address
    /// @throws IOException when the address cannot be used
    Listeners(InetSocketAddress address, Responder responder, Predicate<InetAddress> welcome, InstantSource clock,
            Health health) throws IOException {
        this.responder = responder;
        this.welcome = welcome;
        tcp = new ServerSocket();
        tcp.setReuseAddress(true);
        tcp.bind(address);
        try {
            udp = new DatagramSocket(new InetSocketAddress(address.getAddress(), tcp.getLocalPort()));
        } catch (IOException e) {
            tcp.close();
            throw e;
        }
        String at = "-" + address.getAddress().getHostAddress();
        connections = new Connections(clock, health, "dns-connections" + at);
        loops = List.of(SupervisedLoop.virtual(health, "dns-udp" + at, this::datagrams).start(),
                SupervisedLoop.virtual(health, "dns-tcp" + at, this::connections).start());
    }

    int port() {
        return tcp.getLocalPort();
    }

    private void datagrams() {
        byte[] buffer = new byte[LARGEST];
        while (!udp.isClosed()) {
            DatagramPacket packet = new DatagramPacket(buffer, LARGEST);
            try {
                udp.receive(packet);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "udp: {0}", e.getMessage());
                continue;
            }
            byte[] message = Arrays.copyOf(packet.getData(), packet.getLength());
            InetSocketAddress from = (InetSocketAddress) packet.getSocketAddress();
            if (message.length >= Wire.HEADER && welcome.test(from.getAddress())
                    && questions.take(from.getAddress())) {
                Thread.ofVirtual().name("dns-question").start(() -> answer(message, from));
            }
        }
    }

    private void answer(byte[] message, InetSocketAddress to) {
        try {
            byte[] answer = responder.respond(message, false, to.getAddress());
            udp.send(new DatagramPacket(answer, answer.length, to));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "udp answer: {0}", e.getMessage());
        } finally {
            questions.give(to.getAddress());
        }
    }

    private void connections() {
        while (!tcp.isClosed()) {
            try {
                take(tcp.accept());
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "tcp: {0}", e.getMessage());
                // for want of a descriptor it would fail again at once
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
            while (true) {
                byte[] message = new byte[in.readUnsignedShort()];
                in.readFully(message);
                if (message.length < Wire.HEADER) {
                    return;
                }
                byte[] answer = responder.respond(message, true, socket.getInetAddress());
                out.writeShort(answer.length);
                out.write(answer);
                out.flush();
                connections.answered(socket);
            }
        } catch (EOFException e) {
            LOG.log(System.Logger.Level.TRACE, "client done");
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "tcp client: {0}", e.getMessage());
        } finally {
            connections.end(socket);
        }
    }

    @Override
    public void close() {
        loops.forEach(SupervisedLoop::close);
        udp.close();
        try {
            tcp.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "tcp not closed: {0}", e.getMessage());
        }
        connections.close();
    }
}
