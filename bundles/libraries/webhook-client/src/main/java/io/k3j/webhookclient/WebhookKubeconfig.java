package io.k3j.webhookclient;

import io.k3j.httpproxy.HttpProxy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Where the webhook of a flag is, and who asks there: the current context of a kubeconfig, read as upstream's
/// `clientcmd` does. It holds credentials, of which its text and its messages tell nothing. Any thread.
public final class WebhookKubeconfig {
    private final URI server;
    private final @Nullable SSLContext tls;
    private final Credential credential;
    private final Optional<HttpProxy> proxy;

    WebhookKubeconfig(URI server, @Nullable SSLContext tls, Credential credential, Optional<HttpProxy> proxy) {
        this.server = server;
        this.tls = tls;
        this.credential = credential;
        this.proxy = proxy;
    }

    /// The value of `Authorization`.
    interface Credential {
        /// Empty for none.
        String header();
    }

    /// Reads a file, and those it names: keys and certificates once, the file of a token with each request.
    /// @param environment may name proxies
    /// @throws IOException for what cannot be used, in upstream's words; without a credential
    public static WebhookKubeconfig read(Path file, Map<String, String> environment) throws IOException {
        return new WebhookKubeconfigReader(file, environment).read();
    }

    /// Where to post to, without query.
    URI server() {
        return server;
    }

    /// Whom to believe and what to show; empty without TLS.
    Optional<SSLContext> tls() {
        return Optional.ofNullable(tls);
    }

    /// The value of `Authorization`, empty for none: no token goes out in the clear.
    String authorization() {
        return tls == null ? "" : credential.header();
    }

    Optional<HttpProxy> proxy() {
        return proxy;
    }

    @Override
    public String toString() {
        return server.toString();
    }
}
