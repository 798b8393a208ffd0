package io.k3j.datastoreetcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.jetcd.EtcdCluster.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemberAddressesTest {
    private static final String MEMBERS = """
            {"members":[{"ID":1,"name":"a","clientURLs":["https://a:2379"]},
            {"ID":2,"name":"b","clientURLs":["https://b:2379"],"isLearner":true},{"ID":3,"peerURLs":["https://c:2380"]}]}
            """;
    @TempDir
    Path directory;
    private String server = MEMBERS;

    private MemberAddresses addresses() {
        return new MemberAddresses(directory.resolve("db/etcd-members.json"), () -> {
            if (server.isEmpty()) {
                throw new IOException("cannot reach the server");
            }
            return server;
        });
    }

    private static Member voter(String name) {
        return new Member(1, name, List.of("https://" + name + ":2380"), List.of("https://" + name + ":2379"), false);
    }

    @Test
    void asksTheServerForTheVotersWithoutACache() {
        assertThat(addresses().endpoints()).isEqualTo("https://a:2379");
        server = "";
        assertThatThrownBy(() -> addresses().endpoints()).isInstanceOf(DatastoreUnavailable.class)
                .hasMessageContaining("cannot reach the server");
        server = "{\"members\":[]}";
        assertThatThrownBy(() -> addresses().endpoints()).isInstanceOf(DatastoreUnavailable.class);
        server = "<html>";
        assertThatThrownBy(() -> addresses().endpoints()).isInstanceOf(DatastoreUnavailable.class);
    }

    @Test
    void theCacheIsEnoughWhileTheServerIsUnreachable() throws IOException {
        addresses().keep(List.of(voter("x"), voter("y"),
                new Member(3, "z", List.of(), List.of("https://z:2379"), true)));
        server = "";
        assertThat(addresses().endpoints()).isEqualTo("https://x:2379,https://y:2379");
    }

    @Test
    void asksTheServerInTurnWithTheCache() throws IOException {
        addresses().keep(List.of(voter("x")));
        MemberAddresses start = addresses();
        assertThat(start.endpoints()).isEqualTo("https://x:2379");
        assertThat(start.endpoints()).isEqualTo("https://a:2379");
        assertThat(start.endpoints()).isEqualTo("https://x:2379");
        server = "";
        assertThatThrownBy(start::endpoints).isInstanceOf(DatastoreUnavailable.class);
        assertThat(start.endpoints()).isEqualTo("https://x:2379");
    }

    @Test
    void aDamagedCacheIsIgnored() throws IOException {
        Files.createDirectories(directory.resolve("db"));
        Files.writeString(directory.resolve("db/etcd-members.json"), "{");
        assertThat(addresses().endpoints()).isEqualTo("https://a:2379");
    }
}
