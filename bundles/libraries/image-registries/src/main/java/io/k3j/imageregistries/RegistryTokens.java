package io.k3j.imageregistries;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What a registry is shown: a password, or a token that a token server gives for it
/// (<https://distribution.github.io/distribution/spec/auth/token/>), kept until shortly before its end. For any thread;
/// blocks for the token server.
final class RegistryTokens {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /// How long a token without an end is used, as the specification says.
    private static final long USUAL_SECONDS = 60;
    /// Taken from each token's time: the request still has to arrive.
    private static final long MARGIN_SECONDS = 10;
    private static final int MOST_TOKENS = 512;
    private static final int MAX_ANSWER = 256 << 10;
    private static final int OK = 200;
    private final RegistryClients clients;
    private final InstantSource clock;
    private final Map<Holder, Shown> shown = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Holder, Shown> eldest) {
            return size() > MOST_TOKENS;
        }
    };

    private record Shown(String header, Instant until) {
    }

    /// For whom something is kept: with another login of the file nothing of the one before counts.
    record Holder(String host, String repository, HostAccess.Login login) {
    }

    RegistryTokens(RegistryClients clients, InstantSource clock) {
        this.clients = clients;
        this.clock = clock;
    }

    /// The header that counted of late, if any.
    synchronized Optional<String> known(Holder holder) {
        Shown last = shown.get(holder);
        return last == null || !clock.instant().isBefore(last.until) ? Optional.empty() : Optional.of(last.header);
    }

    /// It did not count.
    synchronized void forget(Holder holder) {
        shown.remove(holder);
    }

    /// Meets a challenge.
    ///
    /// @param secure whether the endpoint speaks TLS: a password goes nowhere else without it
    /// @return empty when there is nothing to show
    /// @throws IOException in a sentence without secrets, when the token server refuses or cannot be asked
    Optional<String> header(Holder holder, Challenge challenge, HostAccess.Tls tls, boolean secure)
            throws IOException, InterruptedException {
        HostAccess.Login login = holder.login();
        if (challenge.scheme().equals("basic")) {
            Optional<String> basic = login.user().isEmpty() ? Optional.empty() : Optional.of(login.basic());
            basic.ifPresent(header -> keep(holder, header, USUAL_SECONDS));
            return basic;
        }
        URI realm = realm(challenge);
        if (secure && login.given() && !"https".equals(realm.getScheme())) {
            throw new IOException("its token server " + realm + " has no TLS, so nothing secret is sent there");
        }
        Struct answer = ask(realm, request(realm, holder, challenge), holder.login(), tls);
        String token = answer.text("token", answer.text("access_token"));
        if (token.isEmpty() || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IOException("its token server " + realm + " gave no token");
        }
        keep(holder, "Bearer " + token, answer.whole("expires_in", USUAL_SECONDS));
        return Optional.of("Bearer " + token);
    }

    private synchronized void keep(Holder holder, String header, long seconds) {
        long use = Math.min(Math.max(seconds, USUAL_SECONDS), Duration.ofHours(1).toSeconds()) - MARGIN_SECONDS;
        shown.put(holder, new Shown(header, clock.instant().plusSeconds(use)));
    }

    private static URI realm(Challenge challenge) throws IOException {
        try {
            URI realm = URI.create(challenge.parameters().getOrDefault("realm", ""));
            if (realm.getHost() != null && ("https".equals(realm.getScheme()) || "http".equals(realm.getScheme()))) {
                return realm;
            }
        } catch (IllegalArgumentException unreadable) {
            // told below
        }
        throw new IOException("it names no token server that can be asked");
    }

    private static HttpRequest.Builder request(URI realm, Holder holder, Challenge challenge) {
        HostAccess.Login login = holder.login();
        String service = challenge.parameters().getOrDefault("service", "");
        String scope = challenge.parameters().getOrDefault("scope", "repository:" + holder.repository() + ":pull");
        HttpRequest.Builder request = HttpRequest.newBuilder().timeout(LIMIT);
        if (!login.identityToken().isEmpty()) {
            return request.uri(realm).header("content-type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString("grant_type=refresh_token&client_id=k3s&service=" + encoded(service)
                            + "&scope=" + encoded(scope) + "&refresh_token=" + encoded(login.identityToken())));
        }
        String mark = realm.getRawQuery() == null ? "?" : "&";
        request.uri(URI.create(realm + mark + "service=" + encoded(service) + "&scope=" + encoded(scope)));
        if (login.given()) {
            request.header("authorization", login.basic());
        }
        return request;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /// The endpoint's authorities are believed for its token server, too, as containerd does.
    private Struct ask(URI realm, HttpRequest.Builder request, HostAccess.Login login, HostAccess.Tls tls)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> response = clients.send(realm, tls, request);
        try (InputStream body = response.body()) {
            if (response.statusCode() != OK) {
                throw new IOException("its token server " + realm + " answered " + response.statusCode()
                        + (login.given() ? " to " + login : ""));
            }
            return Json.object(body.readNBytes(MAX_ANSWER));
        } catch (MalformedInput e) {
            throw new IOException("its token server " + realm + " gave no token", e);
        }
    }
}
