package io.k3j.scheduler;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import io.k3j.pki.ClientTls;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.Pem;
import io.k3j.pki.TimedAnswer;
import io.k3j.pki.Trust;
import io.k3j.schedulerconfig.ExtenderConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/// Posts JSON to one extender. Connections are kept, no redirect is followed. Any thread; blocks within the time-out.
final class ExtenderClient implements AutoCloseable {
    /// An answer may repeat all nodes of a large cluster.
    private static final int MOST_BYTES = 64 << 20;
    private static final int OK = 200;
    private final URI url;
    private final Duration timeout;
    private final HttpClient client;

    /// Connects with the first question.
    /// @throws IllegalArgumentException for certificates that cannot be used
    ExtenderClient(ExtenderConfig config) {
        url = config.url();
        timeout = config.timeout();
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER).proxy(HttpClient.Builder.NO_PROXY);
        if ("https".equals(url.getScheme())) {
            builder.sslContext(context(config.tls()));
        }
        client = builder.build();
    }

    private static SSLContext context(ExtenderConfig.Tls tls) {
        List<X509Certificate> authorities = Pem.certificates(tls.authorities());
        Optional<ClientTls.Own> own = own(tls);
        if (tls.insecure()) {
            return own.map(ClientTls::trustingAnybody).orElseGet(Trust::anybody);
        }
        if (!authorities.isEmpty()) {
            return ClientTls.trusting(authorities, own);
        }
        try {
            return own.isPresent() ? ClientTls.trustingMachine(own.get()) : SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalArgumentException("certificates of this machine cannot be used: " + e.getMessage(), e);
        }
    }

    private static Optional<ClientTls.Own> own(ExtenderConfig.Tls tls) {
        List<X509Certificate> chain = Pem.certificates(tls.certificate());
        List<LoadedKey> keys = Pem.keys(tls.key());
        return chain.isEmpty() || keys.isEmpty() ? Optional.empty()
                : Optional.of(new ClientTls.Own(chain, keys.getFirst().secret()));
    }

    /// The answer as JSON.
    /// @throws ExtenderFailure for anything else, in upstream's words
    Object post(String verb, Struct body) {
        URI to = URI.create(url + "/" + verb);
        HttpRequest request = HttpRequest.newBuilder(to).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body))).build();
        try {
            HttpResponse<byte[]> got = TimedAnswer.within(client, request, timeout, MOST_BYTES);
            if (got.statusCode() != OK) {
                throw new ExtenderFailure("failed " + verb + " with extender at URL " + to + ", code "
                        + got.statusCode());
            }
            return Json.value(got.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExtenderFailure("Post \"" + to + "\": context canceled");
        } catch (TimeoutException e) {
            throw new ExtenderFailure("Post \"" + to + "\": context deadline exceeded");
        } catch (ExecutionException e) {
            throw new ExtenderFailure("Post \"" + to + "\": " + e.getCause());
        } catch (MalformedInput e) {
            throw new ExtenderFailure("Post \"" + to + "\": the answer is no JSON: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
