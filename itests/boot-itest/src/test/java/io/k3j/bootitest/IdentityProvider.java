package io.k3j.bootitest;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// An OpenID Connect issuer on a port of this machine, made by the JDK alone, with an authority of its own.
final class IdentityProvider implements AutoCloseable {
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private final SecureRandom random = new SecureRandom();
    private final CertificateAuthority authority;
    private final HttpsServer server;
    private volatile KeyPair key;

    IdentityProvider() throws IOException, GeneralSecurityException {
        authority = CertificateAuthority.selfSigned("issuer", Keys.elliptic(), Instant.now(), random);
        KeyPair keys = Keys.elliptic();
        X509Certificate shown = authority.sign(Profile.server("issuer", List.of("localhost"),
                List.of(InetAddress.getByName("127.0.0.1"))), keys.getPublic(), Instant.now(), random);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", keys.getPrivate(), new char[0],
                new X509Certificate[] {shown, authority.certificate()});
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        rotate();
        server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/.well-known/openid-configuration", exchange -> say(exchange,
                "{\"issuer\": \"" + url() + "\", \"jwks_uri\": \"" + url() + "/keys\"}"));
        server.createContext("/keys", exchange -> say(exchange, keySet()));
        server.start();
    }

    private static void say(HttpExchange exchange, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    String url() {
        return "https://localhost:" + server.getAddress().getPort();
    }

    String authorities() {
        return Pem.encode(List.of(authority.certificate()));
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
        server.stop(0);
    }
}
