package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemberConfigTest {
    @TempDir
    private Path dir;

    private static MemberConfig config(String host, String cluster, Map<String, String> arguments) {
        return config(Path.of("/data"), host, cluster, arguments);
    }

    private static MemberConfig config(Path data, String host, String cluster, Map<String, String> arguments) {
        return new MemberConfig(new EtcdLayout(data), "node-1-0a1b2c3d", host, new EtcdPorts(2379, 2380, 2381),
                cluster, false, "127.0.0.1", arguments);
    }

    @Test
    void portsAndFilesAreThoseOfK3s() {
        assertThat(config("10.0.0.1", "node-1-0a1b2c3d=https://10.0.0.1:2380", Map.of()).text(false))
                .contains("name: 'node-1-0a1b2c3d'\n", "data-dir: '/data/server/db/etcd'\n",
                        "listen-client-urls: 'https://127.0.0.1:2379,https://10.0.0.1:2379'\n",
                        "advertise-client-urls: 'https://10.0.0.1:2379'\n",
                        "initial-advertise-peer-urls: 'https://10.0.0.1:2380'\n",
                        "listen-metrics-urls: 'http://127.0.0.1:2381'\n",
                        "initial-cluster: 'node-1-0a1b2c3d=https://10.0.0.1:2380'\n", "heartbeat-interval: 100\n",
                        "pre-vote: true\n",
                        "  trusted-ca-file: '/data/server/tls/etcd/peer-ca.crt'\n")
                .doesNotContain("force-new-cluster");
        assertThat(config("fd00::1", "", Map.of()).text(true)).contains("https://[fd00::1]:2379",
                "force-new-cluster: true");
    }

    @Test
    void argumentsOverrideDefaultsAndKeepTheirType() {
        String text = config("10.0.0.1", "", Map.of("heartbeat-interval", "500", "auto-compaction-mode", "revision",
                "enable-pprof", "true")).text(false);
        assertThat(text).contains("heartbeat-interval: 500\n", "auto-compaction-mode: 'revision'\n",
                "enable-pprof: true\n").doesNotContain("heartbeat-interval: 100");
    }

    @Test
    void theInitialClusterDoesNotChangeTheIdentity() {
        assertThat(config("10.0.0.1", "a=b", Map.of()).identity())
                .isEqualTo(config("10.0.0.1", "", Map.of()).identity());
        assertThat(config("10.0.0.1", "", Map.of("log-level", "info")).identity())
                .isNotEqualTo(config("10.0.0.1", "", Map.of()).identity());
    }

    @Test
    void otherAuthoritiesChangeTheIdentity() throws IOException {
        Path tls = Files.createDirectories(dir.resolve("server/tls/etcd"));
        for (String authority : List.of("server-ca.crt", "peer-ca.crt")) {
            Files.writeString(tls.resolve(authority), "one");
            String before = config(dir, "10.0.0.1", "", Map.of()).identity();
            assertThat(config(dir, "10.0.0.1", "", Map.of()).identity()).isEqualTo(before);
            Files.writeString(tls.resolve(authority), "two");
            assertThat(config(dir, "10.0.0.1", "", Map.of()).identity()).isNotEqualTo(before);
        }
    }

    @Test
    void allUnknownArgumentsAreNamed() {
        Set<String> known = EtcdArguments
                .known("Member:\n  --name 'default'\n    Human-readable.\n  --quota-backend-bytes '0'\n");
        assertThat(known).containsExactly("name", "quota-backend-bytes");
        assertThat(EtcdArguments.read(List.of("quota-backend-bytes=8589934592"), known, "3.4"))
                .containsEntry("quota-backend-bytes", "8589934592");
        assertThatThrownBy(() -> EtcdArguments.read(List.of("--feature-gates=X=true", "name=a", "bogus"), known,
                "etcd Version: 3.4.23")).isInstanceOf(MemberFault.class).hasMessageContaining("feature-gates, bogus")
                .hasMessageContaining("3.4.23");
    }

    /// With a write-ahead log elsewhere a second start would take the data for none, and a reset would forget it.
    @ParameterizedTest
    @ValueSource(strings = {"wal-dir", "data-dir", "name", "initial-advertise-peer-urls", "initial-cluster",
            "initial-cluster-state", "force-new-cluster"})
    void whatTheServerSetsItselfIsRefused(String argument) {
        Set<String> known = Set.of(argument, "initial-election-tick-advance");
        assertThatThrownBy(() -> EtcdArguments.read(List.of("--" + argument + "=/x"), known, "3.6"))
                .isInstanceOf(MemberFault.class).hasMessageContaining("--etcd-arg " + argument + ": the server sets");
        assertThat(EtcdArguments.read(List.of("initial-election-tick-advance=false"), known, "3.6"))
                .containsEntry("initial-election-tick-advance", "false");
    }

    @Test
    void theCorruptionCheckUsesTheFlagOfTheInstalledVersion() {
        assertThat(configWithCorruptCheck("etcd Version: 3.4.23", Map.of()))
                .contains("experimental-initial-corrupt-check: true\n")
                .doesNotContain("feature-gates");
        assertThat(configWithCorruptCheck("3.6.5", Map.of())).contains("feature-gates: 'InitialCorruptCheck=true'\n")
                .doesNotContain("experimental");
        assertThat(configWithCorruptCheck("3.7.3", Map.of("feature-gates", "LeaseCheckpoint=true")))
                .contains("feature-gates: 'InitialCorruptCheck=true,LeaseCheckpoint=true'\n");
        assertThat(configWithCorruptCheck("3.7.3", Map.of("feature-gates", "InitialCorruptCheck=false")))
                .contains("feature-gates: 'InitialCorruptCheck=false'\n").doesNotContain("experimental");
        assertThat(configWithCorruptCheck("3.6.5", Map.of("experimental-initial-corrupt-check", "false")))
                .contains("experimental-initial-corrupt-check: false\n").doesNotContain("feature-gates");
    }

    private static String configWithCorruptCheck(String version, Map<String, String> given) {
        return config("10.0.0.1", "", EtcdArguments.corruptCheck(given, EtcdVersion.in(version))).text(false);
    }

    @Test
    void theNodeNameIsDerivedFromTheMemberName() {
        assertThat(MemberName.node("node-1-0a1b2c3d")).isEqualTo("node-1");
        assertThat(MemberName.node("short")).isEqualTo("short");
    }
}
