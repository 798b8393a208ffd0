package io.k3j.etcdsnapshots;

import io.k3j.httpproxy.HttpProxy;
import io.k3j.pki.Pem;
import io.k3j.pki.Trust;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/// How an S3 endpoint is reached: addresses, trust, proxy. Pure, but for the authority, which may be a file.
final class S3Connection {
    /// Shorter than the settings' timeout, which is for answers to large files.
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    private static final String BEGIN = "-----BEGIN";

    private S3Connection() {
    }

    /// Scheme, host and, where the bucket is part of it, the path. `auto` is by host for Amazon's own endpoints, if the
    /// bucket has no dot, which their certificates would not fit; by path for all others.
    static URI base(S3Settings settings) {
        String scheme = settings.insecure() ? "http://" : "https://";
        boolean amazon = settings.endpoint().endsWith(".amazonaws.com");
        boolean dns = settings.lookup().equals("dns")
                || settings.lookup().equals("auto") && amazon && settings.bucket().indexOf('.') < 0;
        return URI.create(dns ? scheme + settings.bucket() + "." + settings.endpoint()
                : scheme + settings.endpoint() + "/" + settings.bucket());
    }

    /// A client; the caller closes it. HTTP/1.1 and no redirects: a signature is for one host.
    /// @throws IOException naming the flag, when the authority cannot be used
    static HttpClient open(S3Settings settings, Optional<HttpProxy> proxy) throws IOException {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT_LIMIT)
                .version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER);
        builder.proxy(HttpClient.Builder.NO_PROXY);
        proxy.ifPresent(through -> through.on(builder));
        try {
            if (settings.unverified()) {
                builder.sslContext(Trust.anybody());
            } else if (!settings.authority().isEmpty()) {
                builder.sslContext(Trust.in(Pem.certificates(authority(settings.authority()))));
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("--etcd-s3-endpoint-ca cannot be used: " + e.getMessage(), e);
        }
        return builder.build();
    }

    /// The flag's proxy, else what the environment says.
    /// @throws IOException when it cannot be used
    static Optional<HttpProxy> proxy(S3Settings settings, Map<String, String> environment) throws IOException {
        try {
            return settings.proxy().isEmpty() ? HttpProxy.of(environment, base(settings))
                    : Optional.of(HttpProxy.parse("--etcd-s3-proxy", settings.proxy()));
        } catch (IllegalArgumentException unusable) {
            throw new IOException(unusable.getMessage(), unusable);
        }
    }

    /// A PEM text, the same in base64, or a file's name.
    private static String authority(String given) throws IOException {
        if (given.contains(BEGIN)) {
            return given;
        }
        if (Files.isReadable(Path.of(given))) {
            return Files.readString(Path.of(given));
        }
        try {
            return new String(Base64.getDecoder().decode(given.strip()), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IOException("--etcd-s3-endpoint-ca " + given + ": cannot be read", e);
        }
    }
}
