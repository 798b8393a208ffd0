package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtcdSnapshotCommandTest {
    @TempDir
    Path directory;
    private final Map<String, String> environment = new HashMap<>();

    private Host host() {
        environment.putIfAbsent("K3S_CONFIG_FILE", directory.resolve("config.yaml").toString());
        return new Host("n1", true, "/root", List.of(), List.of(), Instant.EPOCH, environment,
                Path.of("/absent"), line -> {
                    throw new IOException(line.getFirst());
                });
    }

    private Struct asked(String operation, String... arguments) {
        Words words = EtcdSnapshotFlags.words(operation, List.of(arguments), host());
        return EtcdSnapshotCommand.request(operation, words, host(), List.of(words.text("name", "")));
    }

    @Test
    void onlyWhatWasGivenIsAskedForSoThatTheServersFlagsCount() {
        assertThat(asked("save"))
                .isEqualTo(Struct.of("operation", "save", "name", Seq.of("on-demand"), "retention", 0));
        assertThat(asked("list")).isEqualTo(Struct.of("operation", "list"));
        assertThat(asked("prune", "--name", "etcd-snapshot", "--etcd-snapshot-retention=3")).isEqualTo(
                Struct.of("operation", "prune", "name", Seq.of("etcd-snapshot"), "retention", 3));
        assertThat(asked("save", "--snapshot-compress", "--dir", "/backup")).isEqualTo(Struct.of("operation", "save",
                "name", Seq.of("on-demand"), "dir", "/backup", "compress", true, "retention", 0));
    }

    @Test
    void flagsOfS3HaveTwoNamesAndTheirVariables() {
        environment.put("AWS_SECRET_ACCESS_KEY", "from-environment");
        Struct s3 = asked("save", "--s3", "--etcd-s3-bucket=b", "--s3-endpoint", "one:9000", "--s3-insecure",
                "--etcd-s3-retention=2").struct("s3");
        assertThat(s3).isEqualTo(Struct.of("bucket", "b", "endpoint", "one:9000", "insecure", true, "skipSSLVerify",
                false, "secretKey", "from-environment", "retention", 2));
    }

    @Test
    void theConfigurationFileSaysTheRestAndNothingElse() throws IOException {
        Files.writeString(directory.resolve("config.yaml"), """
                cluster-init: true
                token: other
                etcd-snapshot-name: scheduled
                etcd-snapshot-retention: 9
                etcd-s3: true
                etcd-s3-bucket: b
                """);
        Struct asked = asked("prune", "--etcd-snapshot-retention=4");
        assertThat(asked.whole("retention", 0)).isEqualTo(4);
        assertThat(asked.seq("name").text(0)).isEqualTo("on-demand");
        assertThat(asked.struct("s3").text("bucket")).isEqualTo("b");
        assertThat(asked("prune").whole("retention", 0)).isEqualTo(9);
    }

    @Test
    void whatIsSavedByHandIsDeletedByHand() throws IOException {
        Files.writeString(directory.resolve("config.yaml"),
                "etcd-snapshot-retention: 9\netcd-s3: true\netcd-s3-bucket: b\netcd-s3-retention: 3\n");
        Struct asked = asked("save", "--etcd-snapshot-retention=4");
        assertThat(asked.whole("retention", -1)).isZero();
        assertThat(asked.struct("s3").has("retention")).isFalse();
        assertThat(asked("save", "--s3-retention=2").struct("s3").whole("retention", -1)).isEqualTo(2);
    }

    @Test
    void aNameThatIsNotThereIsToldOf() {
        assertThat(EtcdSnapshotCommand.missing(List.of("a", "b\u001b"), Struct.of("deleted", Seq.of("a"))))
                .containsExactly("Snapshot b\\u001b not found; see k3s etcd-snapshot ls");
    }

    @Test
    void theTableIsThatOfK3s() {
        Struct late = item("on-demand-n1-2", "2026-11-20T10:00:00Z");
        Struct early = item("s-n1-1", "2026-11-20T09:00:00Z");
        assertThat(EtcdSnapshotCommand.list(Struct.of("items", Seq.of(late, early)), "table")).isEqualTo("""
                Name           Location               Size Created
                s-n1-1         file:///s-n1-1         7    2026-11-20T09:00:00Z
                on-demand-n1-2 file:///on-demand-n1-2 7    2026-11-20T10:00:00Z
                """);
        assertThat(EtcdSnapshotCommand.list(Struct.of("items", Seq.of(late)), "json"))
                .startsWith("{\"items\":[{\"spec\":").endsWith("}\n");
        assertThat(EtcdSnapshotCommand.list(Struct.of("items", Seq.of(late)), "yaml")).startsWith("items:\n");
    }

    private static Struct item(String name, String created) {
        return Struct.of("spec", Struct.of("snapshotName", name, "location", "file:///" + name), "status",
                Struct.of("size", "7", "creationTime", created));
    }

    @Test
    void whatIsWrongIsToldBeforeAServerIsAsked() {
        assertThatThrownBy(() -> EtcdSnapshotCommand.run(List.of("ls", "-o", "xml"), host()))
                .hasMessageContaining("invalid output format: xml");
        assertThatThrownBy(() -> EtcdSnapshotCommand.run(List.of("--s3", "--s3-bucket=b", "ls", "-o", "xml"), host()))
                .hasMessageContaining("invalid output format: xml");
        assertThatThrownBy(() -> EtcdSnapshotCommand.run(List.of("--s3", "save", "one"), host()))
                .hasMessageContaining("--name");
        assertThatThrownBy(() -> EtcdSnapshotCommand.run(List.of("delete"), host()))
                .hasMessageContaining("no snapshots given for removal");
        assertThatThrownBy(() -> EtcdSnapshotCommand.run(List.of("save", "one"), host()))
                .hasMessageContaining("--name");
        assertThatThrownBy(() -> EtcdSnapshotCommand.run(List.of("save", "--s4"), host()))
                .hasMessageContaining("not defined: --s4");
    }
}
