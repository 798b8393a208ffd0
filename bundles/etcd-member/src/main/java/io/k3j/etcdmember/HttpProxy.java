package io.k3j.etcdmember;

import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A proxy that is asked over HTTP, named by a flag or by the environment in the way it does so for programs of Go:
/// `HTTPS_PROXY` or `HTTP_PROXY`, unless `NO_PROXY` has the host, each also in small letters. Source:
/// <https://pkg.go.dev/golang.org/x/net/http/httpproxy>.
///
/// @param login `user:password`, empty without
record HttpProxy(String host, int port, String login) {
    private static final int HTTP_PORT = 80;

    /// Reads `http://[USER:PASSWORD@]HOST[:PORT]`; the scheme may be missing.
    /// @param from who says so, for the error
    /// @throws IllegalArgumentException in a sentence without the login
    static HttpProxy parse(String from, String given) {
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

    private static IllegalArgumentException unusable(String from) {
        return new IllegalArgumentException(from + " names no proxy that can be used; write http://HOST:PORT, or"
                + " http://USER:PASSWORD@HOST:PORT");
    }

    /// What the environment says about the way to a URL.
    static Optional<HttpProxy> of(Map<String, String> environment, URI target) {
        String name = target.getScheme().toUpperCase(Locale.ROOT) + "_PROXY";
        String given = said(environment, name);
        return given.isEmpty() || new NoProxy(said(environment, "NO_PROXY")).spares(target)
                ? Optional.empty() : Optional.of(parse(name, given));
    }

    private static String said(Map<String, String> environment, String name) {
        String large = environment.getOrDefault(name, "");
        return large.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : large;
    }

    /// Lets a client go through it.
    void on(HttpClient.Builder client) {
        client.proxy(ProxySelector.of(InetSocketAddress.createUnresolved(host, port)));
        if (!login.isEmpty()) {
            client.authenticator(new Login(login));
        }
    }

    @Override
    public String toString() {
        return "proxy " + host + ":" + port;
    }

    private static final class Login extends Authenticator {
        private final String login;

        Login(String login) {
            this.login = login;
        }

        @Override
        protected PasswordAuthentication getPasswordAuthentication() {
            int colon = login.indexOf(':');
            return new PasswordAuthentication(colon < 0 ? login : login.substring(0, colon),
                    (colon < 0 ? "" : login.substring(colon + 1)).toCharArray());
        }
    }
}
