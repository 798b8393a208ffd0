package io.k3j.httpproxy;

import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

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
    /// The status by which the proxy, and no server behind it, asks for another login.
    public static final int LOGIN_REFUSED = 407;
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

    /// Lets a client go through it, to whatever host: that the host is not one to spare was found out before. Its
    /// requests show the login by [#on(HttpRequest.Builder)]: a client that was given it would be asked for servers
    /// behind the proxy as well, and fail a request to which they answer 401.
    public void on(HttpClient.Builder client) {
        client.proxy(ProxySelector.of(InetSocketAddress.createUnresolved(host, port)));
    }

    /// Shows the login to the proxy, and to nobody else, at once as programs of Go do. What the request shows the
    /// server stays as it is. A client that does not go through a proxy leaves it out.
    public void on(HttpRequest.Builder request) {
        if (!login.isEmpty()) {
            request.setHeader("Proxy-Authorization", "Basic "
                    + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
        }
    }

    /// What is to be told where an answer has the status [#LOGIN_REFUSED], without the login.
    public String refusal() {
        return this + (login.isEmpty() ? " wants a login; write it as http://USER:PASSWORD@HOST:PORT"
                : " refused the login") + " (" + LOGIN_REFUSED + ")";
    }

    /// For messages, without the login.
    @Override
    public String toString() {
        return "proxy " + host + ":" + port;
    }
}
