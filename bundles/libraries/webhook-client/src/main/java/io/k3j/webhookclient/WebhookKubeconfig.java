package io.k3j.webhookclient;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Where the webhook of a flag is, and who asks there: the current context of a kubeconfig, read as upstream's
/// `clientcmd` does. It holds credentials, of which its text and its messages tell nothing. Any thread.
public final class WebhookKubeconfig {
    private final WebhookRoute route;
    private final @Nullable RereadFiles<SSLContext> tls;
    private final Credential credential;
    private final List<String> impersonation;

    /// @param tls null for plain HTTP
    /// @param impersonation headers that say as whom somebody acts, as `Name: value`
    WebhookKubeconfig(WebhookRoute route, @Nullable RereadFiles<SSLContext> tls, Credential credential,
            List<String> impersonation) {
        this.route = route;
        this.tls = tls;
        this.credential = credential;
        this.impersonation = impersonation;
    }

    /// The value of `Authorization`.
    interface Credential {
        /// Empty for none.
        String header();
    }

    /// Reads a file, and those it names: keys, certificates and authorities again when they change, the file of a token
    /// with each request. The kubeconfig itself is read once.
    /// @param environment may name proxies
    /// @throws IOException for what cannot be used, in upstream's words; without a credential
    public static WebhookKubeconfig read(Path file, Map<String, String> environment) throws IOException {
        return new WebhookKubeconfigReader(file, environment, System::nanoTime).read();
    }

    /// How the server is reached.
    WebhookRoute route() {
        return route;
    }

    /// Whom to believe and what to show, as their files are: the same one while they stay. Null for plain HTTP.
    @Nullable
    SSLContext tls() {
        return tls == null ? null : tls.current();
    }

    /// The value of `Authorization`, empty for none: no token goes out in the clear.
    String authorization() {
        return tls == null ? "" : credential.header();
    }

    /// Who asks, as whom, and what a proxy wants to know, as `Name: value`.
    List<String> headers() {
        List<String> headers = new ArrayList<>(route.headers());
        headers.addAll(impersonation);
        String authorization = authorization();
        if (!authorization.isEmpty()) {
            headers.add("Authorization: " + authorization);
        }
        return headers;
    }

    /// The proxy on the way; empty for none.
    Optional<WebhookProxy> proxy() {
        return route.proxy();
    }

    @Override
    public String toString() {
        return route.server().toString();
    }
}
