package io.k3j.bootitest;

import com.sun.net.httpserver.HttpExchange;
import io.k3j.testkithttps.HttpsPort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;

/// An OpenID Connect issuer on a port of this machine, made by the JDK alone, with an authority of its own.
final class IdentityProvider implements AutoCloseable {
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private final HttpsPort port;
    private volatile KeyPair key;

    IdentityProvider() throws IOException, GeneralSecurityException {
        rotate();
        port = new HttpsPort("issuer").at("/.well-known/openid-configuration", exchange -> say(exchange,
                "{\"issuer\": \"" + url() + "\", \"jwks_uri\": \"" + url() + "/keys\"}"))
                .at("/keys", exchange -> say(exchange, keySet())).started();
    }

    private static void say(HttpExchange exchange, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    String url() {
        return port.url();
    }

    String authorities() {
        return port.authorities();
    }

    /// Signs with another key from now on, and publishes only that.
    void rotate() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        key = generator.generateKeyPair();
    }

    private String id() {
        return Integer.toHexString(key.getPublic().hashCode());
    }

    private String keySet() {
        RSAPublicKey shown = (RSAPublicKey) key.getPublic();
        byte[] modulus = shown.getModulus().toByteArray();
        return "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"" + id() + "\",\"use\":\"sig\",\"n\":\""
                + ENCODER.encodeToString(Arrays.copyOfRange(modulus, 1, modulus.length))
                + "\",\"e\":\"AQAB\"}]}";
    }

    /// A token that is valid for an hour.
    /// @param claims more of them, as JSON without braces
    String token(String claims) throws GeneralSecurityException {
        return token(claims, Duration.ofHours(1));
    }

    /// A token of the audience `kubernetes`.
    /// @param valid for how long
    String token(String claims, Duration valid) throws GeneralSecurityException {
        long now = Instant.now().getEpochSecond();
        String signed = part("{\"alg\":\"RS256\",\"kid\":\"" + id() + "\"}") + "." + part("{\"iss\":\"" + url()
                + "\",\"aud\":\"kubernetes\",\"exp\":" + (now + valid.toSeconds()) + ",\"iat\":" + now + "," + claims
                + "}");
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(key.getPrivate());
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + ENCODER.encodeToString(signature.sign());
    }

    private static String part(String json) {
        return ENCODER.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        port.close();
    }
}
