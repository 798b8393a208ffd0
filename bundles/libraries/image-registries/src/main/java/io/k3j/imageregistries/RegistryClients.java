package io.k3j.imageregistries;

import io.k3j.httpproxy.HttpProxy;
import io.k3j.pki.ClientTls;
import io.k3j.pki.Pem;
import io.k3j.pki.Trust;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// HTTP clients by what `configs` says of TLS and by the proxy on the way. A file that has changed makes a new one.
/// Redirects are not followed, since a login is for one host. For any thread.
final class RegistryClients implements AutoCloseable {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    /// Clients at a time; more are more hosts with certificates of their own than any node has.
    private static final int MOST_CLIENTS = 32;
    private final Map<String, String> environment;
    private final Map<Key, HttpClient> clients = new LinkedHashMap<>();

    private record Key(HostAccess.Tls tls, String stamps, Optional<HttpProxy> proxy) {
    }

    /// @param environment may name proxies
    RegistryClients(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /// Sends a request, and shows its login to the proxy on the way, if there is one. The caller closes the body of the
    /// answer.
    /// @param request has the URL
    /// @throws IOException naming the file, or the variable of the proxy, that cannot be used; or the proxy, where that
    ///         refuses the login
    HttpResponse<InputStream> send(URI url, HostAccess.Tls tls, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        Optional<HttpProxy> proxy = proxy(url);
        proxy.ifPresent(through -> through.on(request));
        HttpResponse<InputStream> answer = of(tls, proxy).send(request.build(), BodyHandlers.ofInputStream());
        if (proxy.isPresent() && answer.statusCode() == HttpProxy.LOGIN_REFUSED) {
            answer.body().close();
            throw new IOException(proxy.get().refusal());
        }
        return answer;
    }

    private synchronized HttpClient of(HostAccess.Tls tls, Optional<HttpProxy> proxy) throws IOException {
        Key key = new Key(tls, stamp(tls.authority()) + stamp(tls.certificate()) + stamp(tls.key()), proxy);
        HttpClient known = clients.get(key);
        if (known != null) {
            return known;
        }
        if (clients.size() >= MOST_CLIENTS) {
            close();
        }
        HttpClient fresh = open(key);
        clients.put(key, fresh);
        return fresh;
    }

    private Optional<HttpProxy> proxy(URI url) throws IOException {
        try {
            return HttpProxy.of(environment, url);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static String stamp(String file) throws IOException {
        return file.isEmpty() || Files.notExists(Path.of(file)) ? ""
                : "@" + Files.getLastModifiedTime(Path.of(file));
    }

    private static HttpClient open(Key key) throws IOException {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT_LIMIT)
                .version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER)
                .sslContext(context(key.tls()));
        builder.proxy(HttpClient.Builder.NO_PROXY);
        key.proxy().ifPresent(through -> through.on(builder));
        return builder.build();
    }

    private static SSLContext context(HostAccess.Tls tls) throws IOException {
        try {
            if (tls.unverified()) {
                return Trust.anybody();
            }
            List<X509Certificate> authorities = new ArrayList<>(Trust.ofMachine());
            if (!tls.authority().isEmpty()) {
                authorities.addAll(Pem.certificates(text(tls.authority(), "ca_file")));
            }
            return ClientTls.trusting(authorities, own(tls));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("the TLS files of registries.yaml cannot be used: " + e.getMessage(), e);
        }
    }

    private static Optional<ClientTls.Own> own(HostAccess.Tls tls) throws IOException {
        if (tls.certificate().isEmpty()) {
            return Optional.empty();
        }
        var keys = Pem.keys(text(tls.key(), "key_file"));
        if (keys.isEmpty()) {
            throw new IOException("key_file " + tls.key() + " has no private key");
        }
        return Optional.of(new ClientTls.Own(Pem.certificates(text(tls.certificate(), "cert_file")),
                keys.getFirst().secret()));
    }

    private static String text(String file, String field) throws IOException {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new IOException(field + " " + file + " cannot be read", e);
        }
    }

    /// What is under way goes on; nothing new begins.
    @Override
    public synchronized void close() {
        clients.values().forEach(HttpClient::shutdown);
        clients.clear();
    }
}
