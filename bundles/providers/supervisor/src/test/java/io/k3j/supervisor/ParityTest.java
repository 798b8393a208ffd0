package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clusteragreement.Agreement;
import io.k3j.clusteragreement.Declarations;
import io.k3j.clusteragreement.FlagMismatch;
import io.k3j.clusteragreement.Members;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.pki.PasswordFile;
import io.k3j.supervisorrequests.Refusal;
import io.k3j.supervisorrequests.Requester;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Servers agree on their critical flags, whichever components run on each of them.
class ParityTest {
    @TempDir
    private Path directory;
    private final MemoryDatastore store = new MemoryDatastore(true);

    static Set<String> critical() throws IOException {
        return Declarations.critical(TestServer.FEATURES);
    }

    private List<String> rows() {
        return store.range("", "", 0, 0).entries().stream()
                .map(e -> e.key() + "@" + e.revision() + ":" + new String(e.value())).toList();
    }

    private String refusal(TestServer joiner) throws IOException {
        List<String> rows = rows();
        Map<String, String> tree = joiner.tree();
        Throwable[] caught = new Throwable[1];
        assertThatThrownBy(() -> joiner.start(store)).isInstanceOf(FlagMismatch.class).satisfies(e -> caught[0] = e);
        assertThat(rows()).as("datastore").isEqualTo(rows);
        assertThat(joiner.tree()).as("data directory").isEqualTo(tree);
        return caught[0].getMessage();
    }

    private ConfigRequests requests(TestServer server) throws IOException {
        return new ConfigRequests(() -> store, () -> "s3cret", server.parity().mine(), InstantSource.system(),
                TestServer.RANDOM);
    }

    private TestServer first() throws IOException {
        TestServer one = new TestServer(directory, "server-1");
        one.agree(store);
        return one;
    }

    private static Object other(String key) {
        return switch (key) {
            case "clusterCidr", "serviceCidr" -> new String[] {"10.99.0.0/16"};
            case "clusterDns" -> new String[] {"10.43.0.53"};
            case "disable" -> new String[] {"servicelb", "traefik"};
            case "clusterDomain", "flannelBackend", "egressSelectorMode", "secretsEncryptionProvider", "agentToken" ->
                "other";
            default -> true;
        };
    }

    private static String flag(String key) {
        return new Agreement.Difference(key, "", "").flag();
    }

    @ParameterizedTest
    @MethodSource("critical")
    void refusesEachCriticalFlagThatDiffers(String key) throws Exception {
        first();
        String message = refusal(new TestServer(directory, "server-2").flag(key, other(key)));
        assertThat(message).contains(flag(key), "command line",
                "critical configuration value mismatch between servers");
        if (!key.equals("agentToken")) {
            assertThat(message).contains(Agreement.normal(key, other(key)));
        }
        assertThat(message).doesNotContain("s3cret");
    }

    @Test
    void readsTheFlagsFromEveryFeature() throws Exception {
        Path features = Files.createDirectories(directory.resolve("features/third-party"));
        Files.writeString(features.resolve("feature.json"),
                "{\"name\":\"third-party\",\"critical\":[\"thirdPartyMode\"],\"bundles\":[]}");
        new TestServer(directory, "server-1").features(features.getParent()).flag("thirdPartyMode", "fast")
                .agree(store);
        // disabled, in no role, or absent on the joining server: the record still names the flag
        String disabled = refusal(new TestServer(directory, "server-2").features(features.getParent())
                .flag("thirdPartyMode", "slow"));
        assertThat(disabled).contains("--third-party-mode", "slow", "fast");
        String absent = refusal(new TestServer(directory, "server-3").features(directory.resolve("none"))
                .flag("thirdPartyMode", "slow"));
        assertThat(absent).contains("--third-party-mode", "(not set)", "fast");
        new TestServer(directory, "server-4").features(features.getParent()).flag("thirdPartyMode", "fast")
                .agree(store);
    }

    /// While servers are upgraded one after the other, and when one goes back.
    @Test
    void theDefaultOfAFlagThatOnlyANewerReleaseKnowsIsNoDifference() throws Exception {
        TestServer before = new TestServer(directory, "server-1").features(directory.resolve("none"));
        before.agree(store);
        TestServer upgraded = upgraded("server-2");
        upgraded.agree(store);
        before.agree(store);
        upgraded.agree(store);
        assertThat(refusal(upgraded("server-3").flag("nextMode", "fast"))).contains("--next-mode", "fast",
                "(not set)");
    }

    /// Of a release that has a flag more, with a default.
    private TestServer upgraded(String name) throws IOException {
        Path features = Files.createDirectories(directory.resolve("features/next"));
        Files.writeString(features.resolve("feature.json"),
                "{\"name\":\"next\",\"critical\":[\"nextMode\"],\"bundles\":[]}");
        return new TestServer(directory, name).features(features.getParent()).preset("nextMode", "auto");
    }

    @Test
    void aFlagOfANewerReleaseCountsAsSoonAsItIsSetForAll() throws Exception {
        TestServer before = new TestServer(directory, "server-1").features(directory.resolve("none"));
        before.agree(store);
        TestServer upgraded = upgraded("server-2");
        upgraded.agree(store);
        FakeExchange put = new FakeExchange("PUT", "/v1-k3s/server-config").body("--next-mode=fast\n".getBytes());
        requests(upgraded).answer(put, new Requester("server", List.of(PasswordFile.SERVER_GROUP)));
        assertThat(put.answer()).contains("--next-mode: (not set) -> fast");
        assertThat(refusal(upgraded)).as("its default").contains("--next-mode", "auto", "fast");
        upgraded.flag("nextMode", "fast").agree(store);
        assertThat(refusal(before)).as("a release that does not know it").contains("--next-mode", "fast");
    }

    @Test
    void aReleaseDoesNotWriteToADatastoreThatOneWithANewerFormHasWrittenTo() throws Exception {
        TestServer one = first();
        assertThat(rows()).as("of the first form").noneMatch(row -> row.startsWith("k3s/data-form"));
        TestServer newer = new TestServer(directory, "server-2").preset("dataForm", "2");
        newer.agree(store);
        List<String> rows = rows();
        assertThat(rows).anyMatch(row -> row.startsWith("k3s/data-form") && row.endsWith(":2"));
        assertThatThrownBy(() -> one.agree(store)).isInstanceOf(IOException.class).hasMessageContaining("form 2")
                .hasMessageContaining("reads up to 1");
        assertThat(rows()).isEqualTo(rows);
        newer.agree(store);
    }

    @ParameterizedTest
    @MethodSource("critical")
    void isNotWeakenedByMissingFeatureDeclarations(String key) throws Exception {
        first();
        TestServer bare = new TestServer(directory, "server-2").features(directory.resolve("no-features-at-all"));
        assertThat(refusal(bare.flag(key, other(key)))).contains(flag(key));
    }

    @Test
    void refusesADamagedDeclaration() throws Exception {
        Path features = Files.createDirectories(directory.resolve("features/odd"));
        Files.writeString(features.resolve("feature.json"), "{");
        assertThatThrownBy(() -> new TestServer(directory, "s").features(features.getParent()).parity())
                .isInstanceOf(IOException.class).hasMessageContaining("odd/feature.json");
    }

    @Test
    void showsAllDifferencesAtOnceAndWhereEachWasSet() throws Exception {
        new TestServer(directory, "server-1").flag("disable", new String[] {"traefik", "servicelb"}).agree(store);
        TestServer joiner = new TestServer(directory, "server-2").flag("clusterCidr", new String[] {"10.44.0.0/16"})
                .from("clusterCidr", "/etc/rancher/k3s/config.yaml:3").flag("disable", new String[] {"servicelb"});
        assertThat(refusal(joiner)).isEqualTo("""
                this server's configuration differs from the cluster's (agreed by server-1, 2026-11-20T10:00:00Z)
                  flag                     here                      cluster                   set here by
                  --cluster-cidr           10.44.0.0/16              10.42.0.0/16              \
                /etc/rancher/k3s/config.yaml:3
                  --disable                servicelb                 servicelb,traefik         command line
                to join, use the cluster's values; to change the cluster's values, run: \
                k3s server-config set --disable=servicelb
                critical configuration value mismatch between servers""");
    }

    @Test
    void treatsEquivalentSpellingsAsEqual() throws Exception {
        new TestServer(directory, "server-1").flag("disable", new String[] {"traefik", "servicelb", "traefik"})
                .flag("disableHelmController", false).agree(store);
        new TestServer(directory, "server-2").flag("disable", new String[] {"servicelb, traefik"})
                .flag("clusterCidr", "10.42.0.0/16").agree(store);
    }

    @Test
    void comparesAgentTokensWithoutShowingThem() throws Exception {
        new TestServer(directory, "server-1").flag("agentToken", "agents-one").agree(store);
        String message = refusal(new TestServer(directory, "server-2").flag("agentToken", "agents-two"));
        assertThat(message).contains("--agent-token", "sha256:").doesNotContain("agents-one", "agents-two");
    }

    @Test
    void aLoneServersFlagsReplaceTheRecord() throws Exception {
        TestServer one = first();
        one.flag("disable", new String[] {"traefik"}).flag("flannelBackend", "host-gw").agree(store);
        assertThat(refusal(new TestServer(directory, "server-2"))).contains("host-gw", "traefik");
        new TestServer(directory, "server-3").flag("disable", new String[] {"traefik"})
                .flag("flannelBackend", "host-gw").agree(store);
        assertThat(refusal(one.flag("flannelBackend", "vxlan"))).as("not alone any more").contains("host-gw");
    }

    @Test
    void fixedFlagsCannotChangeEvenForALoneServer() throws Exception {
        TestServer one = first();
        for (String key : List.of("clusterCidr", "serviceCidr", "clusterDomain")) {
            TestServer changed = new TestServer(directory, "server-1").flag(key, other(key))
                    .flag("disable", new String[] {"traefik"});
            assertThat(refusal(changed)).contains(flag(key),
                    "these cannot be changed once a cluster exists").doesNotContain("--disable");
        }
        one.agree(store);
    }

    @Test
    void acceptsAnotherDatastoreOnlyAfterACopy() throws Exception {
        first();
        TestServer moved = new TestServer(directory, "server-1").flag("datastoreEndpoint", "postgres://u:pw@h/db");
        assertThat(refusal(moved)).contains("datastore", "sqlite", "postgres").doesNotContain("pw@");
        store.commit("k3s/datastore-copied", 0, "postgres".getBytes(), Duration.ZERO);
        moved.agree(store);
        assertThat(store.get("k3s/datastore-copied")).isEmpty();
        assertThat(refusal(new TestServer(directory, "server-1"))).contains("datastore");
    }

    @Test
    void conversionToEtcdIsNoMismatch() throws Exception {
        first();
        new TestServer(directory, "server-1").flag("clusterInit", true).agree(store);
        assertThat(refusal(new TestServer(directory, "server-2"))).contains("etcd", "sqlite");
    }

    @Test
    void aServerWithANodeCountsUntilTheNodeIsDeleted() throws Exception {
        new TestServer(directory, "server-1").flag("disableAgent", false).agree(store);
        TestServer two = new TestServer(directory, "server-2");
        two.agree(store);
        two.flag("disable", new String[] {"traefik"});
        assertThat(refusal(two)).contains("traefik");
        new Members(store, "server-2", new Members.Kind(false, ""), InstantSource.system()).forget(node -> false);
        two.agree(store);
    }

    @Test
    void aResetServerIsAlone() throws Exception {
        new TestServer(directory, "server-1").flag("disableAgent", false).start(store);
        TestServer two = new TestServer(directory, "server-2");
        two.start(store);
        two.flag("clusterReset", true).flag("disable", new String[] {"traefik"}).start(store);
        assertThat(new Members(store, "server-2", new Members.Kind(false, ""), InstantSource.system()).others())
                .isEmpty();
        try (Stream<Path> files = Files.list(two.directory.resolve("server"))) {
            assertThat(files.map(p -> p.getFileName().toString())).anyMatch(n -> n.startsWith("tls-"));
        }
    }

    @Test
    void changesTheRecordByRequest() throws Exception {
        TestServer one = first();
        ConfigRequests requests = requests(one);
        Requester server = new Requester("server", List.of(PasswordFile.SERVER_GROUP));
        FakeExchange put = new FakeExchange("PUT", "/v1-k3s/server-config").body("--disable=traefik\n".getBytes());
        requests.answer(put, server);
        assertThat(put.answer()).contains("--disable: (none) -> traefik", "ConfigurationDrift");
        new TestServer(directory, "server-2").flag("disable", new String[] {"traefik"}).agree(store);
        assertThat(refusal(one)).contains("--disable");
        FakeExchange get = new FakeExchange("GET", "/v1-k3s/server-config").with("accept", "text/plain");
        requests.answer(get, server);
        assertThat(get.answer()).contains("agreed by server-1", "--disable", "traefik", "--cluster-cidr");
        for (String wrong : List.of("--cluster-cidr=10.1.0.0/16", "--datastore=etcd", "--nonsense=1")) {
            assertThatThrownBy(() -> requests.answer(new FakeExchange("PUT", "/").body(wrong.getBytes()), server))
                    .isInstanceOf(Refusal.class);
        }
    }
}
