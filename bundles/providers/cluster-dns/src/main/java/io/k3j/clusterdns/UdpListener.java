package io.k3j.clusterdns;

import io.k3j.dnsmessage.DnsQuery;
import io.k3j.dnsplugins.ClientShares;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/// One UDP socket. What can be answered at once is answered on the thread that reads it; what has to wait for a
/// resolver gets a virtual thread. When more comes than is answered, what is in the socket's buffer is taken in
/// first, and clients take turns.
final class UdpListener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.clusterdns");
    private static final int LARGEST = 65_535;
    private static final int BUFFER = 4 * 1024 * 1024;
    /// How many may be read and not yet answered.
    static final int MOST_READ = 1024;
    static final int MOST_READ_PER_CLIENT = 256;
    /// How many are answered before the socket is looked at again.
    private static final int TURN = 32;
    /// How many wait for resolvers.
    private static final int MOST_WAITING = 1024;
    private static final int MOST_WAITING_PER_CLIENT = 256;
    private final DatagramChannel channel;
    private final Selector selector;
    private final int port;
    private final Responder responder;
    private final Predicate<InetAddress> welcome;
    private final ClientShares waiting = new ClientShares(MOST_WAITING, MOST_WAITING_PER_CLIENT);
    private final FairQueue<InetAddress, Datagram> read = new FairQueue<>(MOST_READ, MOST_READ_PER_CLIENT);
    private final ReentrantLock sending = new ReentrantLock();
    private final ByteBuffer in = ByteBuffer.allocateDirect(LARGEST);
    private final ByteBuffer out = ByteBuffer.allocateDirect(LARGEST);

    @SuppressWarnings("ArrayRecordComponent")
    private record Datagram(byte[] message, InetSocketAddress from) {
    }

    /// @param port of the Corefile's server block
    /// @throws IOException when the address is not available
    UdpListener(InetSocketAddress address, int port, Responder responder, Predicate<InetAddress> welcome)
            throws IOException {
        this.port = port;
        this.responder = responder;
        this.welcome = welcome;
        channel = DatagramChannel.open(address.getAddress().getAddress().length == 4
                ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        try {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER);
            channel.bind(address);
            channel.configureBlocking(false);
            selector = Selector.open();
            channel.register(selector, SelectionKey.OP_READ);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /// Goes on until it is closed. The socket's buffer is emptied before anything is answered.
    void run() {
        while (channel.isOpen()) {
            try {
                boolean more = true;
                while (more) {
                    more = take();
                }
                if (read.isEmpty()) {
                    selector.select();
                    selector.selectedKeys().clear();
                } else {
                    answerSome();
                }
            } catch (ClosedChannelException | ClosedSelectorException e) {
                LOG.log(System.Logger.Level.TRACE, "Socket closed");
                return;
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "Udp: {0}", e.getMessage());
            }
        }
    }

    /// Takes in one datagram.
    /// @return whether there was one
    private boolean take() throws IOException {
        in.clear();
        InetSocketAddress from = (InetSocketAddress) channel.receive(in);
        if (from == null) {
            return false;
        }
        if (in.position() >= DnsQuery.HEADER && welcome.test(from.getAddress())) {
            byte[] message = new byte[in.position()];
            in.flip().get(message);
            read.add(from.getAddress(), new Datagram(message, from));
        }
        return true;
    }

    private void answerSome() {
        for (int i = 0; i < TURN; i++) {
            Datagram d = read.next();
            if (d == null) {
                return;
            }
            Optional<byte[]> response = responder.respond(d.message(), port, false, d.from(), false);
            if (response.isPresent()) {
                send(response.get(), d.from());
            } else if (waiting.take(d.from().getAddress())) {
                Thread.ofVirtual().name("dns-question").start(() -> answerLater(d));
            }
        }
    }

    private void answerLater(Datagram d) {
        try {
            responder.respond(d.message(), port, false, d.from(), true).ifPresent(r -> send(r, d.from()));
        } finally {
            waiting.release(d.from().getAddress());
        }
    }

    private void send(byte[] response, InetSocketAddress to) {
        if (response.length == 0) {
            return;
        }
        sending.lock();
        try {
            channel.send(out.clear().put(response).flip(), to);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Udp answer: {0}", e.getMessage());
        } finally {
            sending.unlock();
        }
    }

    int port() throws IOException {
        return ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    @Override
    public void close() {
        try {
            channel.close();
            selector.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Udp not closed: {0}", e.getMessage());
        }
    }
}
