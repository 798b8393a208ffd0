package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiaccess.AnonymousAuth;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.encryption.EncryptionConfiguration;
import io.k3j.encryption.EncryptionKey;
import io.k3j.encryption.Provider.Kind;
import io.k3j.encryption.UnreadableRow;
import io.k3j.watchcache.EncryptionAtRest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Secrets are encrypted in the datastore and served in plain text; other resources are not encrypted.
class AtRestTest {
    private static final String SECRETS = "/api/v1/namespaces/a/secrets";
    private static final String ROW = "/registry/secrets/a/";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final EncryptionKey ONE = EncryptionKey.random("one", RANDOM);
    private static final EncryptionKey TWO = EncryptionKey.random("two", RANDOM);
    private static final EncryptionConfiguration FIRST = EncryptionConfiguration.initial(Kind.AESCBC, ONE);

    @TempDir
    private Path directory;
    private final MemoryDatastore store = new MemoryDatastore(true);
    private final List<TestServer> servers = new ArrayList<>();

    @AfterEach
    void stop() {
        servers.forEach(TestServer::close);
        store.close();
    }

    /// Every server has its own file.
    private TestServer server(String file) {
        TestServer server = new TestServer(store, new Core.Policy(Set.of(), Set.of(), AnonymousAuth.NOWHERE),
                new EncryptionAtRest(directory.resolve(file), false));
        server.contributions.kinds().put(new Secrets(), Map.of());
        servers.add(server);
        return server;
    }

    private static final class Secrets implements KindCatalog {
        @Override
        public Collection<ResourceKind> kinds() {
            return List.of(TestKinds.kind("v1", "secrets", "Secret", "/registry/secrets/", List.of(),
                    new ResourceKind.Strategy(true, false, false, false, false)));
        }
    }

    private void configure(String file, EncryptionConfiguration configuration) throws IOException {
        Path fresh = Files.writeString(directory.resolve(file + ".new"), configuration.json());
        Files.move(fresh, directory.resolve(file), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String secret(String name, String value) {
        return "{\"metadata\":{\"name\":\"" + name + "\"},\"stringData\":{},\"data\":{\"k\":\"" + value + "\"}}";
    }

    private String row(String name) {
        Entry entry = store.get(ROW + name).orElseThrow();
        return new String(entry.value(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void secretsAreEncryptedInTheStoreAndServedInPlainText() throws Exception {
        configure("a.json", FIRST);
        TestServer server = server("a.json");
        assertThat(server.call("POST", SECRETS, secret("s", "cGxhaW4=")).status()).isEqualTo(201);
        assertThat(row("s")).startsWith("k8s:enc:aescbc:v1:one:").doesNotContain("cGxhaW4=", "Secret", "metadata");
        assertThat(server.get(SECRETS + "/s").text()).contains("cGxhaW4=");
        assertThat(server.get(SECRETS).text()).contains("cGxhaW4=");
        server.call("POST", "/api/v1/namespaces/a/configmaps", "{\"metadata\":{\"name\":\"m\"}}");
        assertThat(new String(store.get("/registry/configmaps/a/m").orElseThrow().value(), StandardCharsets.UTF_8))
                .startsWith("{\"apiVersion\"");
        TestServer next = server("a.json");
        assertThat(next.get(SECRETS + "/s").text()).contains("cGxhaW4=");
    }

    @Test
    void aChangedConfigurationAppliesToTheNextWrite() throws Exception {
        TestServer server = server("a.json");
        server.call("POST", SECRETS, secret("s", "MQ=="));
        assertThat(row("s")).startsWith("{");
        configure("a.json", FIRST);
        server.call("PUT", SECRETS + "/s", secret("s", "Mg=="));
        assertThat(row("s")).startsWith("k8s:enc:aescbc:v1:one:");
        configure("a.json", FIRST.enabled(false, Kind.AESCBC));
        server.call("PUT", SECRETS + "/s", secret("s", "Mw=="));
        assertThat(row("s")).startsWith("{");
        configure("a.json", FIRST.withNewKey(Kind.SECRETBOX, TWO).rotated(Kind.SECRETBOX));
        server.call("PUT", SECRETS + "/s", secret("s", "NA=="));
        assertThat(row("s")).startsWith("k8s:enc:secretbox:v1:two:");
        assertThat(server.get(SECRETS + "/s").text()).contains("NA==");
    }

    @Test
    void rewritingEncryptsAgainOnlyWhenTheKeyHasChanged() throws Exception {
        configure("a.json", FIRST);
        TestServer server = server("a.json");
        server.call("POST", SECRETS, secret("s", "MQ=="));
        long revision = store.get(ROW + "s").orElseThrow().revision();
        String same = server.get(SECRETS + "/s").text();
        assertThat(server.call("PUT", SECRETS + "/s", same).status()).isEqualTo(200);
        assertThat(store.get(ROW + "s").orElseThrow().revision()).isEqualTo(revision);
        configure("a.json", FIRST.withNewKey(Kind.AESCBC, TWO).rotated(Kind.AESCBC));
        assertThat(server.call("PUT", SECRETS + "/s", same).status()).isEqualTo(200);
        assertThat(row("s")).startsWith("k8s:enc:aescbc:v1:two:");
        assertThat(server.get(SECRETS + "/s").text()).contains("MQ==");
    }

    @Test
    void aServerWithoutTheKeyRefusesToStart() throws Exception {
        configure("a.json", FIRST);
        TestServer first = server("a.json");
        first.call("POST", SECRETS, secret("s", "MQ=="));
        // nothing proves the key of a row of AES-CBC; two of them do not look right by chance
        first.call("POST", SECRETS, secret("t", "MQ=="));
        assertThatThrownBy(() -> server("none.json")).isInstanceOf(UnreadableRow.class)
                .hasMessageContaining("cannot decrypt /registry/secrets/a/s: it is encrypted with the key aescbc one")
                .hasMessageContaining("none.json from a backup");
        configure("b.json", EncryptionConfiguration.initial(Kind.AESCBC, TWO));
        assertThatThrownBy(() -> server("b.json")).hasMessageContaining("has no key aescbc one");
        configure("c.json", EncryptionConfiguration.initial(Kind.AESCBC, new EncryptionKey("one", TWO.secret())));
        assertThatThrownBy(() -> server("c.json")).hasMessageContaining("cannot decrypt");
        Files.writeString(directory.resolve("d.json"), "{");
        assertThatThrownBy(() -> server("d.json")).isInstanceOf(UnreadableRow.class).hasMessageContaining("d.json");
    }

    @Test
    void secretsAreNotWrittenInPlainTextWhenTheConfigurationIsMissing() throws Exception {
        configure("a.json", FIRST);
        TestServer server = server("a.json");
        server.call("POST", SECRETS, secret("s", "MQ=="));
        Files.delete(directory.resolve("a.json"));
        TestExchange refused = server.call("POST", SECRETS, secret("t", "MQ=="));
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.text()).contains("a.json is gone");
        assertThat(store.get(ROW + "t")).isEmpty();
        assertThat(server.get(SECRETS + "/s").text()).contains("MQ==");
        EncryptionAtRest wanted = new EncryptionAtRest(directory.resolve("never.json"), true);
        assertThatThrownBy(() -> wanted.seal(ROW + "x", new byte[1])).hasMessageContaining("never.json is gone");
    }

    @Test
    void aReadWaitsForAKeyThatArrivesLater() throws Exception {
        configure("a.json", FIRST);
        configure("b.json", FIRST);
        TestServer here = server("a.json");
        TestServer there = server("b.json");
        here.call("POST", SECRETS, secret("s", "MQ=="));
        EncryptionConfiguration rotated = FIRST.withNewKey(Kind.AESCBC, TWO).rotated(Kind.AESCBC);
        configure("a.json", rotated);
        here.call("PUT", SECRETS + "/s", secret("s", "Mg=="));
        configure("b.json", rotated);
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!there.get(SECRETS + "/s?resourceVersion=0").text().contains("Mg==") && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(there.get(SECRETS + "/s").text()).contains("Mg==");
    }

    @Test
    void aRowWithAMissingKeyDoesNotDelayOtherReads() throws Exception {
        configure("a.json", FIRST);
        configure("b.json", FIRST);
        TestServer here = server("a.json");
        TestServer there = server("b.json");
        here.call("POST", SECRETS, secret("s", "MQ=="));
        configure("a.json", FIRST.withNewKey(Kind.AESCBC, TWO).rotated(Kind.AESCBC));
        here.call("PUT", SECRETS + "/s", secret("s", "Mg=="));
        here.call("POST", "/api/v1/namespaces/a/configmaps", "{\"metadata\":{\"name\":\"m\"}}");
        assertThat(there.get("/api/v1/namespaces/a/configmaps/m").status()).isEqualTo(200);
        TestExchange unread = there.get(SECRETS + "/s");
        assertThat(unread.status()).isEqualTo(500);
        assertThat(unread.text()).contains("no key aescbc two");
        assertThat(here.get(SECRETS + "/s").text()).contains("Mg==");
    }

    @Test
    void oldRevisionsWithAMissingKeyAreIgnored() throws Exception {
        configure("a.json", FIRST);
        TestServer server = server("a.json");
        server.call("POST", SECRETS, secret("s", "MQ=="));
        server.call("POST", SECRETS, secret("gone", "MQ=="));
        server.call("DELETE", SECRETS + "/gone", "");
        configure("a.json", FIRST.withNewKey(Kind.AESCBC, TWO).rotated(Kind.AESCBC));
        server.call("PUT", SECRETS + "/s", server.get(SECRETS + "/s").text());
        configure("a.json", EncryptionConfiguration.initial(Kind.AESCBC, TWO));
        TestServer next = server("a.json");
        assertThat(next.get(SECRETS + "/s").text()).contains("MQ==");
        assertThat(next.get(SECRETS + "/gone").status()).isEqualTo(404);
    }

    @Test
    void readsTheRowsOfStockKubernetes() throws Exception {
        configure("a.json", FIRST);
        byte[] json = ("{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"stock\",\"namespace\":\"a\","
                + "\"uid\":\"u\"},\"data\":{\"k\":\"MQ==\"}}").getBytes(StandardCharsets.UTF_8);
        EncryptionAtRest sealing = new EncryptionAtRest(directory.resolve("a.json"), true);
        store.commit(ROW + "stock", 0, sealing.seal(ROW + "stock", json), Duration.ZERO);
        assertThat(server("a.json").get(SECRETS + "/stock").text()).contains("MQ==");
    }
}
