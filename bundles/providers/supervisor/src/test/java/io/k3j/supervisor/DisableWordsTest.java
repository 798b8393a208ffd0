package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clusteragreement.FlagMismatch;
import io.k3j.codec.Json;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.model.Struct;
import io.k3j.pki.PasswordFile;
import io.k3j.supervisorrequests.Requester;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each word of `--disable` by which a feature of the distribution is known: servers that say it agree with those that
/// say it too, and with nobody else.
class DisableWordsTest {
    @TempDir
    private Path directory;
    private final MemoryDatastore store = new MemoryDatastore(true);

    static Set<String> words() throws IOException {
        Set<String> words = new TreeSet<>();
        try (Stream<Path> features = Files.list(TestServer.FEATURES)) {
            for (Path file : features.map(one -> one.resolve("feature.json")).filter(Files::exists).toList()) {
                Struct feature = Json.object(Files.readAllBytes(file));
                words.add(feature.text("name"));
                words.addAll(feature.seq("words").texts());
            }
        }
        return words;
    }

    private TestServer server(String name, String... disabled) throws IOException {
        return new TestServer(directory, name).flag("disable", disabled);
    }

    /// The answer to a server that wants to join.
    private String told() throws Exception {
        FakeExchange get = new FakeExchange("GET", "/v1-k3s/server-config");
        new ConfigRequests(() -> store, () -> "s3cret", server("server-1").parity().mine(), InstantSource.system(),
                TestServer.RANDOM).answer(get, new Requester("server", List.of(PasswordFile.SERVER_GROUP)));
        return get.answer();
    }

    private void refused(TestServer joiner, String here, String cluster) {
        assertThatThrownBy(() -> joiner.agree(store)).isInstanceOf(FlagMismatch.class)
                .hasMessageContaining("critical configuration value mismatch between servers")
                .message().containsPattern("--disable +\\Q" + here + "\\E +\\Q" + cluster + "\\E +command line");
    }

    @ParameterizedTest
    @MethodSource("words")
    void whoSaysItIsJoinedByThoseWhoSayItToo(String word) throws Exception {
        server("server-1", word).agree(store);
        String told = told();
        refused(server("server-2"), "(none)", word);
        refused(server("server-3", "acme"), "acme", word);
        refused(server("server-4", "acme", word), String.join(",", new TreeSet<>(Set.of("acme", word))), word);
        server("server-5", " " + word.toUpperCase(Locale.ROOT), word).agree(store);
        assertThat(told()).isEqualTo(told).contains("\"disable\":\"" + word + "\"");
    }

    @Test
    void thereAreWordsOfK3sAndOfEachFeature() throws Exception {
        assertThat(words()).contains("coredns", "servicelb", "traefik", "local-storage", "metrics-server", "runtimes",
                "kube-proxy", "scheduler", "datastore-sqlite").hasSizeGreaterThan(40);
    }
}
