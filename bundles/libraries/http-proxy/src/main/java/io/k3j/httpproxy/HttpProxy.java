package io.k3j.httpproxy;

import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A proxy that is asked over HTTP, named by a flag or by the environment in the way it does so for programs of Go:
/// `HTTPS_PROXY` or `HTTP_PROXY`, unless `NO_PROXY` has the host, each also in small letters. Source:
/// <https://pkg.go.dev/golang.org/x/net/http/httpproxy>. Immutable; its text has no login.
///
/// TLS goes through it by CONNECT. A login is shown then, too: the launcher sets
/// `jdk.http.auth.tunneling.disabledSchemes` to none.
///
/// @param host not resolved here: the client does it at each connection
/// @param port 80 unless it is given
/// @param login `user:password`, empty without
public record HttpProxy(String host, int port, String login) {
    private static final int HTTP_PORT = 80;

    /// Reads `http://[USER:PASSWORD@]HOST[:PORT]`; the scheme may be missing.
    ///
    /// @param from who says so, for the error: a flag or a variable
    /// @throws IllegalArgumentException in a sentence without the login
    public static HttpProxy parse(String from, String given) {
        URI url = uri(from, given.contains("://") ? given : "http://" + given);
        if (!"http".equals(url.getScheme()) || url.getHost() == null) {
            throw unusable(from);
        }
        String login = url.getUserInfo() == null ? "" : url.getUserInfo();
        return new HttpProxy(url.getHost(), url.getPort() < 0 ? HTTP_PORT : url.getPort(), login);
    }

    private static URI uri(String from, String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException malformed) {
            throw unusable(from);
        }
    }

    /// Never with what was given, which may hold a password.
    private static IllegalArgumentException unusable(String from) {
        return new IllegalArgumentException(from + " names no proxy that can be used; write http://HOST:PORT, or"
                + " http://USER:PASSWORD@HOST:PORT");
    }

    /// What the environment says about the way to a URL; empty for the straight one.
    /// @throws IllegalArgumentException when it names a proxy that cannot be used
    public static Optional<HttpProxy> of(Map<String, String> environment, URI target) {
        String name = target.getScheme().toUpperCase(Locale.ROOT) + "_PROXY";
        String given = said(environment, name);
        return given.isEmpty() || new NoProxy(said(environment, "NO_PROXY")).spares(target)
                ? Optional.empty() : Optional.of(parse(name, given));
    }

    /// Capitals win, as in Go.
    private static String said(Map<String, String> environment, String name) {
        String large = environment.getOrDefault(name, "");
        return large.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : large;
    }

    /// Lets a client go through it, to whatever host: that the host is not one to spare was found out before. The login
    /// is shown to the proxy only; where there is one, and a server asks for a login itself by the scheme `Basic`, a
    /// request without a header `Authorization` ends with an `IOException`.
    public void on(HttpClient.Builder client) {
        client.proxy(ProxySelector.of(InetSocketAddress.createUnresolved(host, port)));
        if (!login.isEmpty()) {
            client.authenticator(new Login(login));
        }
    }

    /// For messages, without the login.
    @Override
    public String toString() {
        return "proxy " + host + ":" + port;
    }

    private static final class Login extends Authenticator {
        private final String login;

        Login(String login) {
            this.login = login;
        }

        /// The JDK asks for servers that answer 401 as well.
        @Override
        protected @Nullable PasswordAuthentication getPasswordAuthentication() {
            if (getRequestorType() != RequestorType.PROXY) {
                return null;
            }
            int colon = login.indexOf(':');
            return new PasswordAuthentication(colon < 0 ? login : login.substring(0, colon),
                    (colon < 0 ? "" : login.substring(colon + 1)).toCharArray());
        }
    }
}
