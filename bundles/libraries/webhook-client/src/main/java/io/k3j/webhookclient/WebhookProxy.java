package io.k3j.webhookclient;

import io.k3j.httpproxy.HttpProxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/// A proxy on the way to a webhook, as `proxy-url` of a kubeconfig names it. Immutable; its text has no login.
/// @param host not resolved here, without the brackets of IPv6
/// @param login `user:password`, empty without
record WebhookProxy(Kind kind, String host, int port, String login) {
    /// What is spoken with it.
    enum Kind {
        /// HTTP: CONNECT for TLS, whole addresses for what goes in the clear.
        HTTP(80),
        /// The same over TLS.
        HTTPS(443),
        /// SOCKS version 5 (RFC 1928).
        SOCKS5(1080);

        private final int port;

        Kind(int port) {
            this.port = port;
        }
    }

    /// Reads a URL.
    /// @throws IllegalArgumentException without the URL, which may have a password
    static WebhookProxy parse(String url) {
        URI address;
        try {
            address = new URI(url);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("could not parse");
        }
        String scheme = address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
        Kind kind = switch (scheme) {
            case "http" -> Kind.HTTP;
            case "https" -> Kind.HTTPS;
            case "socks5" -> Kind.SOCKS5;
            default -> throw new IllegalArgumentException("unsupported scheme \"" + scheme
                    + "\", must be http, https, or socks5");
        };
        if (address.getHost() == null) {
            throw new IllegalArgumentException("it names no host");
        }
        return new WebhookProxy(kind, ClientConfig.host(address),
                address.getPort() < 0 ? kind.port : address.getPort(),
                address.getUserInfo() == null ? "" : address.getUserInfo());
    }

    /// One that the environment names.
    static WebhookProxy of(HttpProxy named) {
        String host = named.host();
        return new WebhookProxy(Kind.HTTP, host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                named.port(), named.login());
    }

    /// The value of `Proxy-Authorization`, empty for none.
    String authorization() {
        return login.isEmpty() ? ""
                : "Basic " + Base64.getEncoder().encodeToString(
                        (login.indexOf(':') < 0 ? login + ":" : login).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "proxy " + host + ":" + port;
    }
}
