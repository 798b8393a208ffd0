package io.k3j.stockrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// The API of the running server, with the admin's certificate of its kubeconfig.
final class Api {
    static final String JSON = "application/json";
    static final String PROTOBUF = "application/vnd.kubernetes.protobuf";
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /// PKCS#8 around a P-256 key of 121 bytes.
    private static final byte[] PKCS8 = HexFormat.of()
            .parseHex("308187020100301306072a8648ce3d020106082a8648ce3d030107046d");
    private static final int SEC1_SHORT = 0x6d;

    private final HttpClient client;
    private final String server;

    private Api(HttpClient client, String server) {
        this.client = client;
        this.server = server;
    }

    static Api of(Path kubeconfig) throws IOException, GeneralSecurityException {
        String text = Files.readString(kubeconfig);
        CertificateFactory x509 = CertificateFactory.getInstance("X.509");
        Collection<? extends Certificate> chain = x509.generateCertificates(pem(text, "client-certificate-data"));
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null);
        keys.setKeyEntry("admin", key(pem(text, "client-key-data")), new char[0], chain.toArray(Certificate[]::new));
        for (Certificate ca : x509.generateCertificates(pem(text, "certificate-authority-data"))) {
            keys.setCertificateEntry("ca", ca);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(keys, new char[0]);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
        trusted.init(keys);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        return new Api(HttpClient.newBuilder().sslContext(tls).connectTimeout(LIMIT).build(), word(text, "server"));
    }

    private static String word(String yaml, String key) {
        int start = yaml.indexOf(key + ":") + key.length() + 1;
        return yaml.substring(start, yaml.indexOf('\n', start)).strip();
    }

    private static InputStream pem(String yaml, String key) {
        return new ByteArrayInputStream(Base64.getDecoder().decode(word(yaml, key)));
    }

    private static PrivateKey key(InputStream pem) throws IOException, GeneralSecurityException {
        String text = new String(pem.readAllBytes(), StandardCharsets.US_ASCII);
        byte[] sec1 = Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", ""));
        byte[] all = new byte[PKCS8.length + sec1.length];
        System.arraycopy(PKCS8, 0, all, 0, PKCS8.length);
        System.arraycopy(sec1, 0, all, PKCS8.length, sec1.length);
        all[2] += (byte) (sec1.length - SEC1_SHORT);
        all[PKCS8.length - 1] += (byte) (sec1.length - SEC1_SHORT);
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(all));
    }

    /// An answer's body, when it is 200.
    byte[] get(String path, String accept) throws IOException, InterruptedException {
        return ok(request(path).header("Accept", accept).build());
    }

    JsonNode json(String path) throws IOException, InterruptedException {
        return MAPPER.readTree(get(path, JSON));
    }

    JsonNode mergePatch(String path, String body) throws IOException, InterruptedException {
        return MAPPER.readTree(ok(request(path).header("Content-Type", "application/merge-patch+json")
                .method("PATCH", HttpRequest.BodyPublishers.ofString(body)).build()));
    }

    void delete(String path) throws IOException, InterruptedException {
        ok(request(path).DELETE().build());
    }

    /// A watch's body, open.
    InputStream watch(String path, String accept) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = client.send(request(path).header("Accept", accept).build(),
                BodyHandlers.ofInputStream());
        if (answer.statusCode() != 200) {
            throw new AssertionError(path + ": " + answer.statusCode() + " "
                    + new String(answer.body().readAllBytes(), StandardCharsets.UTF_8));
        }
        return answer.body();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server + path)).timeout(LIMIT);
    }

    private byte[] ok(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new AssertionError(request.method() + " " + request.uri().getPath() + ": " + answer.statusCode() + " "
                    + new String(answer.body(), StandardCharsets.UTF_8));
        }
        return answer.body();
    }
}
