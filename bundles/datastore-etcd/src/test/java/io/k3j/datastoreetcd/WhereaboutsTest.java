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

class WhereaboutsTest {
    private static final String TOLD = """
            {"members":[{"ID":1,"name":"a","clientURLs":["https://a:2379"]},
            {"ID":2,"name":"b","clientURLs":["https://b:2379"],"isLearner":true},{"ID":3,"peerURLs":["https://c:2380"]}]}
            """;
    @TempDir
    Path directory;
    private String server = TOLD;

    private Whereabouts whereabouts() {
        return new Whereabouts(directory.resolve("db/etcd-members.json"), () -> {
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
    void theServerIsAskedForTheVotersWhenNothingIsRemembered() {
        assertThat(whereabouts().endpoints()).isEqualTo("https://a:2379");
        server = "";
        assertThatThrownBy(() -> whereabouts().endpoints()).isInstanceOf(DatastoreUnavailable.class)
                .hasMessageContaining("cannot reach the server");
        server = "{\"members\":[]}";
        assertThatThrownBy(() -> whereabouts().endpoints()).isInstanceOf(DatastoreUnavailable.class);
        server = "<html>";
        assertThatThrownBy(() -> whereabouts().endpoints()).isInstanceOf(DatastoreUnavailable.class);
    }

    @Test
    void whatIsRememberedIsEnoughWhileTheServerIsAway() throws IOException {
        whereabouts().keep(List.of(voter("x"), voter("y"),
                new Member(3, "z", List.of(), List.of("https://z:2379"), true)));
        server = "";
        assertThat(whereabouts().endpoints()).isEqualTo("https://x:2379,https://y:2379");
    }

    @Test
    void theServerIsAskedWhenNobodyOfThoseRememberedAnswers() throws IOException {
        whereabouts().keep(List.of(voter("x")));
        Whereabouts start = whereabouts();
        assertThat(start.endpoints()).isEqualTo("https://x:2379");
        assertThat(start.endpoints()).isEqualTo("https://a:2379");
        assertThat(start.endpoints()).isEqualTo("https://x:2379");
        server = "";
        assertThatThrownBy(start::endpoints).isInstanceOf(DatastoreUnavailable.class);
        assertThat(start.endpoints()).isEqualTo("https://x:2379");
    }

    @Test
    void aDamagedMemoryIsNone() throws IOException {
        Files.createDirectories(directory.resolve("db"));
        Files.writeString(directory.resolve("db/etcd-members.json"), "{");
        assertThat(whereabouts().endpoints()).isEqualTo("https://a:2379");
    }
}
