package io.k3j.kubeletclient;

import io.k3j.edgeapi.ByteDuplex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/// A channel with TLS over a plain one. Closing it closes the plain one at once, because closing a TLS socket could
/// wait for a stuck writer.
public final class TlsChannel implements ByteDuplex {
    /// Upstream's `TLSHandshakeTimeout`: a peer that accepts and says nothing holds nobody longer.
    private static final Duration HANDSHAKE = Duration.ofSeconds(10);
    private final ByteDuplex plain;
    private final InputStream input;
    private final OutputStream output;

    private TlsChannel(ByteDuplex plain, SSLSocket socket) throws IOException {
        this.plain = plain;
        this.input = socket.getInputStream();
        this.output = socket.getOutputStream();
    }

    /// Blocks for the handshake, ten seconds at most; the peer's certificate must have the node's name, in any case of
    /// letters, among its DNS names. The JDK's own check takes names like `101`, `10.1` and `10.0.0.9` for addresses
    /// and compares them with those in the certificate, which are what an agent says of itself.
    ///
    /// @param context whom it trusts and which certificate it shows; shared, so that sessions are resumed
    /// @param plain closed when the handshake fails
    /// @throws IOException when it fails, or the certificate is another node's
    public static ByteDuplex ofNode(SSLContext context, ByteDuplex plain, String node, int port) throws IOException {
        return over(context, plain, node, port, session -> PeerNames.verify(session, node));
    }

    /// The same for a peer whose name does not matter.
    ///
    /// @param context must show no credential worth anything
    /// @throws IOException as [#ofNode]
    public static ByteDuplex unverified(SSLContext context, ByteDuplex plain, String host, int port)
            throws IOException {
        return over(context, plain, host, port, session -> {
        });
    }

    /// The same for a server with a name, which its certificate must be for (RFC 9525; an address must be one of
    /// those in it), and which it is told where it has a dot. A name with an underscore, which the JDK takes for none,
    /// is compared as Go compares it, and not told: servers of Java would end the handshake.
    ///
    /// @param host as in an `https` address
    /// @throws IOException as [#ofNode]
    public static ByteDuplex ofHost(SSLContext context, ByteDuplex plain, String host, int port) throws IOException {
        return over(context, plain, host, port, host.indexOf('_') < 0 ? new HostName()
                : session -> PeerNames.verifyHost(session, host));
    }

    /// Whether a peer that is trusted is the one that is meant.
    private interface Identification {
        void check(SSLSession session) throws IOException;

        /// That of the JDK, which looks within the handshake; empty: none.
        default String algorithm() {
            return "";
        }
    }

    /// As browsers do it.
    private static final class HostName implements Identification {
        @Override
        public void check(SSLSession session) {
            // done
        }

        @Override
        public String algorithm() {
            return "HTTPS";
        }
    }

    private static ByteDuplex over(SSLContext context, ByteDuplex plain, String host, int port,
            Identification peer) throws IOException {
        boolean done = false;
        CountDownLatch over = new CountDownLatch(1);
        // a channel has no time-outs of its own
        Thread.ofVirtual().name("tls-handshake-limit").start(() -> limit(plain, over));
        try {
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(new DuplexSocket(plain), host, port,
                    true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm(peer.algorithm());
            parameters.setApplicationProtocols(new String[] {"http/1.1"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            peer.check(socket.getSession());
            ByteDuplex channel = new TlsChannel(plain, socket);
            done = true;
            return channel;
        } finally {
            over.countDown();
            if (!done) {
                plain.close();
            }
        }
    }

    private static void limit(ByteDuplex plain, CountDownLatch over) {
        try {
            if (!over.await(HANDSHAKE.toMillis(), TimeUnit.MILLISECONDS)) {
                plain.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
        plain.close();
    }
}
