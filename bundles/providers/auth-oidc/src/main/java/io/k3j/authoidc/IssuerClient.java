package io.k3j.authoidc;

import io.k3j.httpproxy.HttpProxy;
import io.k3j.pki.Pem;
import io.k3j.pki.Trust;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/// Gets documents of an issuer: HTTPS, its certificate verified, redirects to other HTTPS URLs followed as upstream's
/// client does (five at most), through the proxy that the environment names. A client lives for one question, since
/// questions are rare. Any thread; blocks.
///
/// @param authorities PEM, which alone are believed; empty: those of this machine
/// @param environment may name proxies
record IssuerClient(String authorities, Map<String, String> environment) {
    /// The longest document. Key sets of large issuers have a hundredth of it.
    static final int MOST_BYTES = 1 << 20;
    /// From the first packet to the last byte, as upstream. Requests do not wait that long ([RemoteKeySet#WAIT]).
    static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int MOST_SAID = 200;
    private static final int OK = 200;

    /// What is at a URL.
    /// @throws IOException when nothing is that can be used; says what, and nothing secret
    byte[] get(String url) throws IOException, InterruptedException {
        URI address = address(url);
        HttpClient client = client(address);
        try {
            return body(url, answer(client, address));
        } catch (TimeoutException late) {
            throw new IOException("Get \"" + url + "\": no answer within " + LIMIT.toSeconds() + " s", late);
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause() == null ? failed : failed.getCause();
            throw new IOException("Get \"" + url + "\": " + said(cause), cause);
        } finally {
            client.shutdownNow();
        }
    }

    /// The JDK's client does not always say what has failed.
    private static String said(Throwable cause) {
        if (cause instanceof ConnectException) {
            return "cannot connect";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private static URI address(String url) throws IOException {
        try {
            URI address = URI.create(url);
            if ("https".equals(address.getScheme()) && address.getHost() != null) {
                return address;
            }
        } catch (IllegalArgumentException malformed) {
            // told below
        }
        throw new IOException("Get " + Quoted.text(url) + ": it must be an https URL");
    }

    private HttpClient client(URI address) throws IOException {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(LIMIT)
                .version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NORMAL)
                .sslContext(context()).proxy(HttpClient.Builder.NO_PROXY);
        try {
            HttpProxy.of(environment, address).ifPresent(through -> through.on(builder));
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
        return builder.build();
    }

    private SSLContext context() throws IOException {
        try {
            return Trust.in(authorities.isEmpty() ? Trust.ofMachine() : Pem.certificates(authorities));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("authorities cannot be read: " + e.getMessage(), e);
        }
    }

    /// Reads no more than is allowed, whatever length is announced.
    private static HttpResponse<byte[]> answer(HttpClient client, URI address)
            throws InterruptedException, ExecutionException, TimeoutException {
        HttpRequest request = HttpRequest.newBuilder(address).header("Accept", "application/json").timeout(LIMIT)
                .build();
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request,
                HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MOST_BYTES));
        try {
            return answer.get(LIMIT.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            // without effect on one that is done; else it closes the connection
            answer.cancel(true);
        }
    }

    private static byte[] body(String url, HttpResponse<byte[]> answer) throws IOException {
        if (answer.statusCode() == OK) {
            return answer.body();
        }
        String said = new String(answer.body(), StandardCharsets.UTF_8);
        throw new IOException("Get \"" + url + "\": " + answer.statusCode() + ": "
                + Quoted.text(said.substring(0, Math.min(MOST_SAID, said.length())).strip()));
    }
}
