package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiaccess.AnonymousAuth;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.componentapi.Health;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.encryption.UnreadableRow;
import io.k3j.encryptionproviders.ConfiguredEncryption;
import io.k3j.encryptionproviders.EncryptionOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Objects of any resource as an operator's file says, from a request to the row.
class ConfiguredAtRestTest {
    private static final String MAPS = "/api/v1/namespaces/a/configmaps";
    private static final String ROW = "/registry/configmaps/a/m";
    private static final String KEYS = "{keys: [{name: k, secret: MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=}]}";

    @TempDir
    private Path directory;
    private final MemoryDatastore store = new MemoryDatastore(true);
    private final List<TestServer> servers = new ArrayList<>();

    @AfterEach
    void stop() {
        servers.forEach(TestServer::close);
        store.close();
    }

    private TestServer server(String resource, String... providers) throws IOException {
        StringBuilder text = new StringBuilder("{apiVersion: apiserver.config.k8s.io/v1, kind: EncryptionConfiguration,"
                + " resources: [{resources: ['" + resource + "'], providers: [");
        for (String provider : providers) {
            text.append('{').append(provider).append(": ").append(provider.equals("identity") ? "{}" : KEYS)
                    .append("},");
        }
        Path file = Files.writeString(directory.resolve(servers.size() + ".yaml"), text + "]}]}");
        ResourceKind maps = TestKinds.kind("v1", "configmaps", "ConfigMap", "/registry/configmaps/", List.of(),
                new ResourceKind.Strategy(true, false, false, false, false));
        TestServer server = new TestServer(store, new Core.Policy(Set.of(), Set.of(), AnonymousAuth.NOWHERE),
                new ConfiguredEncryption(new EncryptionOptions(file.toString(), false), () -> List.of(maps),
                        Health.none()));
        servers.add(server);
        return server;
    }

    private static String map(String value) {
        return "{\"metadata\":{\"name\":\"m\"},\"data\":{\"k\":\"" + value + "\"}}";
    }

    private String row() {
        return new String(store.get(ROW).orElseThrow().value(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void objectsOfAWholeGroupAreEncryptedAndServedPlain() throws Exception {
        TestServer server = server("*.", "aesgcm", "identity");
        assertThat(server.call("POST", MAPS, map("plaintext")).status()).isEqualTo(201);
        assertThat(row()).startsWith("k8s:enc:aesgcm:v1:k:").doesNotContain("plaintext");
        assertThat(server.get(MAPS + "/m").text()).contains("plaintext");
        assertThat(server("*.", "aesgcm").get(MAPS + "/m").text()).contains("plaintext");
    }

    @Test
    void anUnchangedObjectIsWrittenOnceMoreOnlyWhenAnotherProviderHasWrittenIt() throws Exception {
        server("configmaps", "aescbc").call("POST", MAPS, map("1"));
        TestServer next = server("configmaps", "secretbox", "aescbc");
        String same = next.get(MAPS + "/m").text();
        assertThat(row()).startsWith("k8s:enc:aescbc:v1:k:");
        assertThat(next.call("PUT", MAPS + "/m", same).status()).isEqualTo(200);
        assertThat(row()).startsWith("k8s:enc:secretbox:v1:k:");
        long revision = store.get(ROW).orElseThrow().revision();
        assertThat(next.call("PUT", MAPS + "/m", next.get(MAPS + "/m").text()).status()).isEqualTo(200);
        assertThat(store.get(ROW).orElseThrow().revision()).isEqualTo(revision);
        TestServer plain = server("*.*", "identity", "secretbox");
        assertThat(plain.call("PUT", MAPS + "/m", plain.get(MAPS + "/m").text()).status()).isEqualTo(200);
        assertThat(row()).startsWith("{");
    }

    @Test
    void aServerThatCannotReadARowDoesNotStart() throws Exception {
        server("configmaps", "aescbc").call("POST", MAPS, map("1"));
        assertThatThrownBy(() -> server("secrets", "aescbc")).isInstanceOf(UnreadableRow.class)
                .hasMessageContaining("cannot decrypt " + ROW + ": it is encrypted with the key aescbc k");
        assertThatThrownBy(() -> server("configmaps", "aesgcm")).isInstanceOf(UnreadableRow.class)
                .hasMessageContaining("has no key aescbc k");
    }
}
