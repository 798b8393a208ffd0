package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import io.k3j.testkitprocess.K3sProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// A mutating and a validating webhook of a running server, through kubectl; and what happens when the webhooks' server
/// is gone, over a restart too.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdmissionWebhookItest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String UID = "\"request\":{\"uid\":\"";
    private static final String CONFIGURATIONS = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: MutatingWebhookConfiguration
            metadata: {name: labels}
            webhooks:
            - name: labels.example.com
              clientConfig: {url: 'https://127.0.0.1:PORT/label', caBundle: BUNDLE}
              rules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [configmaps]}]
              objectSelector: {matchLabels: {hooked: 'yes'}}
              sideEffects: None
              timeoutSeconds: 30
              admissionReviewVersions: [v1]
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingWebhookConfiguration
            metadata: {name: refusals}
            webhooks:
            - name: refusals.example.com
              clientConfig: {url: 'https://127.0.0.1:PORT/refuse', caBundle: BUNDLE}
              rules: [{operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*']}]
              objectSelector: {matchLabels: {hooked: 'yes'}}
              sideEffects: None
              timeoutSeconds: 30
              admissionReviewVersions: [v1]
            """;
    private Path home;
    private K3sProcess server;
    private HttpsServer hooks;
    private Commands commands;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        home = temporary;
        commands = new Commands(home);
        server = started();
        SecureRandom random = new SecureRandom();
        CertificateAuthority authority = CertificateAuthority.selfSigned("hooks", Keys.elliptic(), Instant.now(),
                random);
        hooks = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hooks.setHttpsConfigurator(new HttpsConfigurator(context(authority, random)));
        String patch = Base64.getEncoder().encodeToString(
                "[{\"op\":\"add\",\"path\":\"/metadata/labels/added\",\"value\":\"yes\"}]"
                        .getBytes(StandardCharsets.UTF_8));
        answers("/label", "\"allowed\":true,\"patchType\":\"JSONPatch\",\"patch\":\"" + patch + "\"");
        answers("/refuse", "");
        hooks.start();
        Path file = Files.writeString(home.resolve("hooks.yaml"), CONFIGURATIONS
                .replace("PORT", Integer.toString(hooks.getAddress().getPort()))
                .replace("BUNDLE", Base64.getEncoder().encodeToString(
                        Pem.encode(List.of(authority.certificate())).getBytes(StandardCharsets.UTF_8))));
        commands.kubectl("apply", "-f", file.toString());
        int[] probes = {0};
        server.await("webhooks are asked", LIMIT, () -> created("probe-" + probes[0]++, "bad").contains("denied"));
        // what the one refuses while the other is not asked yet is refused as well
        server.await("both webhooks are asked", LIMIT,
                () -> created("probe-" + probes[0]++, "fine").contains("created"));
    }

    private K3sProcess started() throws IOException, InterruptedException {
        K3sProcess begun = K3sProcess.server(home, "--disable-agent", "--bind-address", "127.0.0.1");
        begun.await("the API", LIMIT, commands::served);
        return begun;
    }

    private static SSLContext context(CertificateAuthority authority, SecureRandom random) throws Exception {
        KeyPair pair = Keys.elliptic();
        X509Certificate leaf = authority.sign(Profile.server("hooks", List.of("localhost"),
                List.of(InetAddress.getByName("127.0.0.1"))), pair.getPublic(), Instant.now(), random);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("hooks", pair.getPrivate(), new char[0],
                new X509Certificate[] {leaf, authority.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    /// Answers so; without an answer it refuses whatever does not carry the other webhook's label.
    private void answers(String path, String response) {
        hooks.createContext(path, exchange -> {
            String asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            int uid = asked.indexOf(UID) + UID.length();
            boolean allowed = asked.contains("\"added\":\"yes\"") && !asked.contains("\"data\":{\"a\":\"bad\"");
            String said = response.isEmpty()
                    ? "\"allowed\":" + allowed
                            + ",\"warnings\":[\"looked at\"],\"status\":{\"message\":\"no bad data\"}"
                    : response;
            byte[] body = ("{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"response\":"
                    + "{\"uid\":\"" + asked.substring(uid, asked.indexOf('"', uid)) + "\"," + said + "}}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    /// What kubectl says of a new ConfigMap.
    private String created(String name, String data) {
        try {
            Path file = Files.writeString(home.resolve(name + ".yaml"),
                    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "
                            + name + ", labels: {hooked: 'yes'}}\ndata: {a: " + data + "}\n");
            return commands.kubectl("apply", "-f", file.toString());
        } catch (IOException | AssertionError refused) {
            return String.valueOf(refused.getMessage());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// The same of a server that has just started: what it answers until it has read its configurations is asked again.
    private String decided(String name, String data) throws InterruptedException {
        AtomicReference<String> said = new AtomicReference<>("");
        server.await("a decision", LIMIT, () -> {
            said.set(created(name, data));
            return !said.get().contains("not yet ready to handle request");
        });
        return said.get();
    }

    @AfterAll
    void stop() {
        hooks.stop(0);
        server.close();
    }

    @Test
    void changesRefusesAndFailsClosedOverARestart() throws Exception {
        assertThat(created("good", "fine")).contains("configmap/good created");
        assertThat(commands.kubectl("get", "configmap", "good", "-o", "json").replace(" ", ""))
                .contains("\"added\":\"yes\"");
        assertThat(created("evil", "bad"))
                .contains("admission webhook \"refusals.example.com\" denied the request: no bad data");
        hooks.stop(0);
        assertThat(created("late", "fine"))
                .contains("failed calling webhook \"labels.example.com\": failed to call webhook: Post");
        server.stop();
        server = started();
        assertThat(decided("later", "fine")).contains("failed calling webhook \"labels.example.com\"");
        assertThatThrownBy(() -> commands.kubectl("delete", "configmap", "good")).isInstanceOf(AssertionError.class)
                .hasMessageContaining("failed calling webhook \"refusals.example.com\"");
        commands.kubectl("delete", "mutatingwebhookconfiguration", "labels");
        commands.kubectl("delete", "validatingwebhookconfiguration", "refusals");
        server.await("webhooks are not asked any more", LIMIT, () -> created("free", "bad").contains("created"));
    }
}
