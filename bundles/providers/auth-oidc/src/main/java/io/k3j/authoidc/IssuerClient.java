package io.k3j.authoidc;

import io.k3j.authoidc.JwtConfiguration.Issuer;
import io.k3j.httpproxy.HttpProxy;
import io.k3j.pki.Pem;
import io.k3j.pki.TimedAnswer;
import io.k3j.pki.Trust;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/// Gets documents of an issuer: HTTPS, its certificate verified, redirects to other HTTPS URLs followed as upstream's
/// client does (five at most), through the proxy that the environment names. A client lives for one question, since
/// questions are rare, and so keeps no connection on which another answer than its own could come. Any thread; blocks.
///
/// @param authorities PEM, which alone are believed; empty: those of this machine
/// @param environment may name proxies
/// @param egress `cluster`: only addresses are dialled, as K3s' egress selector does, and no redirect is followed,
///        which could lead to a name; empty: names, too
record IssuerClient(String authorities, Map<String, String> environment, String egress) {
    /// The longest document. Key sets of large issuers have a hundredth of it.
    static final int MOST_BYTES = 1 << 20;
    /// From the first packet to the last byte, as upstream. Requests do not wait that long ([RemoteKeySet#WAIT]).
    static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int MOST_SAID = 200;
    private static final int OK = 200;
    private static final int IM_USED = 226;
    private static final int MOST_PORT = 65_535;

    /// As an issuer is configured.
    static IssuerClient of(Issuer issuer, Map<String, String> environment) {
        return new IssuerClient(issuer.certificateAuthority(), environment, issuer.egressSelectorType());
    }

    /// What is at a URL.
    /// @throws IOException when nothing is that can be used; says what, and nothing secret
    byte[] get(String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address(url)).header("Accept", "application/json").timeout(LIMIT)
                .build();
        return body(url, asked(request, egress.isEmpty() ? HttpClient.Redirect.NORMAL : HttpClient.Redirect.NEVER,
                context(), MOST_BYTES));
    }

    /// What the server of a claim answers. No redirect is followed: the access token is for that server alone.
    /// @param context of [#context]
    /// @param most bytes of an answer
    /// @throws IOException when nothing comes that can be used; says what, and nothing secret
    String claim(ClaimSource source, SSLContext context, int most) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address(source.endpoint())).timeout(LIMIT);
        if (!source.accessToken().isEmpty()) {
            if (!source.accessToken().chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
                throw new IOException("net/http: invalid header field value for \"Authorization\"");
            }
            request.header("Authorization", "Bearer " + source.accessToken());
        }
        HttpResponse<byte[]> answer = asked(request.build(), HttpClient.Redirect.NEVER, context, most);
        if (answer.statusCode() < OK || answer.statusCode() > IM_USED) {
            throw new IOException("error while getting distributed claim JWT: " + answer.statusCode());
        }
        return new String(answer.body(), StandardCharsets.US_ASCII);
    }

    private HttpResponse<byte[]> asked(HttpRequest request, HttpClient.Redirect redirects, SSLContext context,
            int most) throws IOException, InterruptedException {
        String what = "Get \"" + request.uri() + "\": ";
        Optional<HttpProxy> proxy = proxy(request.uri());
        HttpClient client = client(proxy, redirects, context);
        try {
            HttpResponse<byte[]> answer = TimedAnswer.within(client, shown(request, proxy), LIMIT, most);
            if (proxy.isPresent() && answer.statusCode() == HttpProxy.LOGIN_REFUSED) {
                throw new IOException(what + proxy.get().refusal());
            }
            return answer;
        } catch (TimeoutException late) {
            throw new IOException(what + "no answer within " + LIMIT.toSeconds() + " s", late);
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause() == null ? failed : failed.getCause();
            throw new IOException(what + said(cause), cause);
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

    private URI address(String url) throws IOException {
        URI address = https(url);
        if (!egress.isEmpty() && !isAddress(address.getHost())) {
            throw new IOException("Get " + Quoted.text(url) + ": failed to find Session for client "
                    + Quoted.text(address.getHost()) + ": through the egress selector addresses are reached, no names");
        }
        return address;
    }

    private static URI https(String url) throws IOException {
        try {
            URI address = URI.create(url);
            if ("https".equals(address.getScheme()) && address.getHost() != null && address.getPort() <= MOST_PORT) {
                return address;
            }
        } catch (IllegalArgumentException malformed) {
            // told below
        }
        throw new IOException("Get " + Quoted.text(url) + ": it must be an https URL");
    }

    /// Nothing is resolved.
    private static boolean isAddress(String host) {
        try {
            InetAddress.ofLiteral(host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
            return true;
        } catch (IllegalArgumentException name) {
            return false;
        }
    }

    private Optional<HttpProxy> proxy(URI address) throws IOException {
        try {
            return HttpProxy.of(environment, address);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static HttpRequest shown(HttpRequest request, Optional<HttpProxy> proxy) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(request, (_, _) -> true);
        proxy.ifPresent(through -> through.on(builder));
        return builder.build();
    }

    private static HttpClient client(Optional<HttpProxy> proxy, HttpClient.Redirect redirects, SSLContext context) {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(LIMIT)
                .version(HttpClient.Version.HTTP_1_1).followRedirects(redirects)
                .sslContext(context).proxy(HttpClient.Builder.NO_PROXY);
        proxy.ifPresent(through -> through.on(builder));
        return builder.build();
    }

    /// Whom to believe.
    SSLContext context() throws IOException {
        try {
            return Trust.in(authorities.isEmpty() ? Trust.ofMachine() : Pem.certificates(authorities));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("authorities cannot be read: " + e.getMessage(), e);
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
