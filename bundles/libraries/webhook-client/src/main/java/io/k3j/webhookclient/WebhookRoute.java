package io.k3j.webhookclient;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.httpproxy.HttpProxy;
import io.k3j.kubeletclient.ResponseHead;
import io.k3j.kubeletclient.TlsChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// The way to the webhook of a kubeconfig: through a proxy where it names one, with TLS where its address says so.
/// Immutable; any thread; blocks.
/// @param server without query, its path at least a slash
/// @param serverName whose certificate the server must have, and what it is told; empty: that of its address
record WebhookRoute(URI server, String serverName, Optional<WebhookProxy> proxy) {
    /// As upstream.
    private static final int DIAL_MILLIS = 30_000;
    /// Addresses of a name that are tried.
    private static final int MOST_ADDRESSES = 3;
    /// For one of several addresses, where so much is left; as upstream.
    private static final long LEAST_MILLIS = 2_000;
    private static final int OK = 200;

    /// Who is told of each channel before something is waited for on it, so that he can close it.
    interface Opening {
        /// @throws IOException when nothing is to be opened any more
        void use(ByteDuplex channel) throws IOException;

        /// How long he waits yet, in nanoseconds.
        long left();
    }

    /// Whether its address is one of HTTPS.
    boolean secure() {
        return "https".equals(server.getScheme());
    }

    /// What a request is for.
    /// @param query with its question mark
    String target(String query) {
        return passed().isPresent() ? server + query : server.getRawPath() + query;
    }

    /// Headers for who passes requests on, as `Name: value`.
    List<String> headers() {
        return passed().map(WebhookProxy::authorization).filter(login -> !login.isEmpty())
                .map(login -> List.of("Proxy-Authorization: " + login)).orElse(List.of());
    }

    /// The proxy that gets whole requests, and not a connection to take through.
    private Optional<WebhookProxy> passed() {
        return proxy.filter(p -> !secure() && p.kind() != WebhookProxy.Kind.SOCKS5);
    }

    /// A channel on which a request can be made.
    /// @param tls null for plain HTTP
    ByteDuplex open(@Nullable SSLContext tls, Opening opening) throws IOException {
        String host = ClientConfig.host(server);
        ByteDuplex channel = proxy.isPresent() ? through(proxy.get(), tls, opening) : dialled(host, port(), opening);
        return tls == null ? channel
                : TlsChannel.ofHost(tls, channel, serverName.isEmpty() ? host : serverName, port());
    }

    private int port() {
        return server.getPort() >= 0 ? server.getPort() : secure() ? 443 : 80;
    }

    private ByteDuplex through(WebhookProxy to, @Nullable SSLContext tls, Opening opening) throws IOException {
        ByteDuplex channel = dialled(to.host(), to.port(), opening);
        if (to.kind() == WebhookProxy.Kind.HTTPS) {
            // whom the kubeconfig believes as the webhook, under the name it gives, as upstream
            channel = TlsChannel.ofHost(tls == null ? machine() : tls, channel,
                    serverName.isEmpty() ? to.host() : serverName, to.port());
        }
        if (to.kind() == WebhookProxy.Kind.SOCKS5) {
            Socks5.connect(channel, to, ClientConfig.host(server), port());
        } else if (secure()) {
            tunnel(channel, to);
        }
        return channel;
    }

    /// CONNECT (RFC 9110, 9.3.6).
    private void tunnel(ByteDuplex channel, WebhookProxy to) throws IOException {
        String host = ClientConfig.host(server);
        String target = (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port();
        String login = to.authorization();
        channel.output().write(("CONNECT " + target + " HTTP/1.1\r\nHost: " + target
                + "\r\nUser-Agent: kube-apiserver"
                + (login.isEmpty() ? "" : "\r\nProxy-Authorization: " + login) + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        channel.output().flush();
        int status = ResponseHead.read(channel.input()).status();
        if (status == HttpProxy.LOGIN_REFUSED) {
            throw new IOException("proxyconnect tcp: " + to
                    + (login.isEmpty() ? " wants a login" : " refused the login") + " (" + status + ")");
        }
        if (status != OK) {
            throw new IOException("proxyconnect tcp: " + to + " has answered " + status);
        }
    }

    private static SSLContext machine() throws IOException {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static ByteDuplex dialled(String host, int port, Opening opening) throws IOException {
        List<InetAddress> all = List.of(InetAddress.getAllByName(host));
        int tried = Math.min(MOST_ADDRESSES, all.size());
        IOException last = new IOException("no address");
        for (int i = 0; i < tried; i++) {
            TcpDuplex channel = new TcpDuplex();
            opening.use(channel);
            try {
                channel.connect(new InetSocketAddress(all.get(i), port), millis(opening.left(), tried - i));
                return channel;
            } catch (IOException unreachable) {
                channel.close();
                last = unreachable;
            }
        }
        throw new IOException("dial tcp " + host + ":" + port + ": " + last.getMessage(), last);
    }

    /// How long the first of some addresses is tried: one from which nothing comes leaves time for the others.
    /// @param left nanoseconds for all
    static int millis(long left, int addresses) {
        long all = Math.clamp(TimeUnit.NANOSECONDS.toMillis(left), 1, DIAL_MILLIS);
        return (int) Math.max(all / addresses, Math.min(all, LEAST_MILLIS));
    }
}
