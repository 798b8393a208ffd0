package io.k3j.authoidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.sun.net.httpserver.HttpExchange;
import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.testkithttps.HttpsPort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// An OpenID Connect issuer on a port of this machine, with an authority of its own. What it answers can be changed.
final class TestIssuer implements AutoCloseable {
    /// Its first key, `rsa`: making one takes long.
    static final RSAKey RSA = made("rsa");
    private static final RSAKey OTHER = made("other");
    static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    /// Questions for its keys.
    final AtomicInteger fetches = new AtomicInteger();
    private final ConcurrentHashMap<String, Handler> handlers = new ConcurrentHashMap<>();
    private final HttpsPort server;

    /// Answers a request.
    interface Handler {
        /// Answers, or does not.
        void handle(HttpExchange exchange) throws IOException, InterruptedException;
    }

    TestIssuer() throws Exception {
        server = new HttpsPort("issuer").at("/", this::serve).started();
        says("/.well-known/openid-configuration",
                Json.text(Struct.of("issuer", url(), "jwks_uri", url() + "/keys")));
        publishes(RSA);
    }

    /// Another key than the first, by any name; all of them are the same one.
    static RSAKey rsa(String id) {
        return new RSAKey.Builder(OTHER).keyID(id).build();
    }

    private static RSAKey made(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static ECKey elliptic(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/keys")) {
            fetches.incrementAndGet();
        }
        try {
            handlers.getOrDefault(path, TestIssuer::nothing).handle(exchange);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    private static void nothing(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(404, -1);
    }

    String url() {
        return server.url();
    }

    String authorities() {
        return server.authorities();
    }

    /// Answers at a path with whatever.
    TestIssuer at(String path, Handler handler) {
        handlers.put(path, handler);
        return this;
    }

    /// Answers at a path with a text.
    TestIssuer says(String path, String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        return at(path, exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        });
    }

    /// Publishes the public halves of keys.
    TestIssuer publishes(JWK... keys) {
        return says("/keys", new JWKSet(Arrays.asList(keys)).toString());
    }

    /// As its configuration names it, for the audience `me`.
    JwtConfiguration.Issuer issuer() {
        return new JwtConfiguration.Issuer(url(), "", authorities(), List.of("me"), "", "");
    }

    /// Claims of a good token.
    Struct claims() {
        return Struct.of("iss", url(), "aud", "me", "sub", "jane", "exp", NOW.getEpochSecond() + 3600);
    }

    /// A token of its first key.
    static String token(Struct claims) {
        return token(claims, JWSAlgorithm.RS256, RSA);
    }

    /// A token.
    static String token(Struct claims, JWSAlgorithm algorithm, JWK key) {
        try {
            JWSSigner signer = key instanceof RSAKey rsa ? new RSASSASigner(rsa) : new ECDSASigner((ECKey) key);
            JWSHeader header = new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build();
            String signed = header.toBase64URL() + "." + part(claims);
            return signed + "." + signer.sign(header, signed.getBytes(StandardCharsets.US_ASCII));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /// A part of a token.
    static String part(Struct json) {
        return ENCODER.encodeToString(Json.bytes(json));
    }

    @Override
    public void close() {
        server.close();
    }
}
