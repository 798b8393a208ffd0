package io.k3j.etcdsnapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.etcdmember.S3Server;
import io.k3j.etcdmember.Server;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.PasswordFile;
import io.k3j.pki.PemFiles;
import io.k3j.testkit.FakeApi;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Snapshots of a real etcd in a real S3 server that checks signatures.
@NeedsPackages({"etcd-server", "etcd-client"})
class S3Itest {
    @TempDir
    Path directory;
    private final FakeApi api = FakeApi.stepped(InstantSource.system());
    private final SnapshotOutcomes news = new SnapshotOutcomes();
    private final SnapshotTimes times = new SnapshotTimes(System::nanoTime);
    private S3Server s3;
    private Server etcd;

    @BeforeEach
    void start() throws IOException {
        s3 = S3Server.start(Files.createDirectories(directory.resolve("s3")));
        etcd = new Server(directory.resolve("server-1"), "server-1", Optional.empty()).startAndWait();
        PasswordFile passwords = PasswordFile.parse("");
        passwords.put(new PasswordFile.Row("server", "secret", List.of("k3s:server")));
        PemFiles.directory(etcd.passwords().getParent());
        PemFiles.write(etcd.passwords(), passwords.text(), PemFiles.SECRET);
    }

    @AfterEach
    void end() {
        etcd.close();
        s3.close();
    }

    private Struct bucket() {
        return Struct.of("endpoint", s3.endpoint(), "insecure", true, "bucket", S3Server.BUCKET, "folder", "k3s/a",
                "accessKey", S3Server.ACCESS_KEY, "secretKey", S3Server.SECRET_KEY, "retention", 2);
    }

    private SnapshotScheduler desk(Struct flags) {
        SnapshotPlan plan = new SnapshotPlan(etcd.snapshots(), "etcd-snapshot", Optional.empty(), 5, false,
                Duration.ofMinutes(10), flags);
        SnapshotStores stores = new SnapshotStores(plan, "server-1", new ClusterFacts(etcd.passwords(), () -> api),
                times, InstantSource.system());
        return new SnapshotScheduler(plan, stores, etcd.source(), news.told(() -> {
        }), InstantSource.system());
    }

    private static Struct askDisk(String operation, Object... names) {
        return Struct.of("operation", operation, "name", Seq.of(names));
    }

    /// With the bucket, as `k3s etcd-snapshot --s3`.
    private Struct ask(String operation, Object... names) {
        return askDisk(operation, names).with("s3", bucket());
    }

    private List<String> inS3(SnapshotScheduler desk) throws IOException {
        return desk.carryOut(ask("list")).seq("items").structs().stream().map(o -> o.struct("spec"))
                .filter(spec -> spec.text("location").startsWith("s3://")).map(spec -> spec.text("snapshotName"))
                .toList();
    }

    @Test
    void snapshotsAreKeptListedPrunedAndDeletedThere() throws IOException {
        SnapshotScheduler desk = desk(bucket());
        String first = desk.carryOut(ask("save", "on-demand")).seq("created").text(0);
        assertThat(s3.file("k3s/a/" + first)).hasSameBinaryContentAs(etcd.snapshots().resolve(first));
        Struct told = desk.carryOut(ask("list")).seq("items").structs().stream()
                .filter(o -> o.struct("spec").text("location").startsWith("s3://")).findFirst().orElseThrow();
        assertThat(told.struct("metadata").text("name")).startsWith("s3-" + first + "-");
        assertThat(told.struct("spec").text("nodeName")).isEqualTo("server-1");
        assertThat(told.struct("spec").text("location")).isEqualTo("s3://" + S3Server.BUCKET + "/k3s/a/" + first);
        assertThat(told.toString()).doesNotContain(S3Server.SECRET_KEY);
        String second = desk.carryOut(ask("save", "on-demand")).seq("created").text(0);
        String third = desk.carryOut(ask("save", "on-demand")).seq("created").text(0);
        assertThat(inS3(desk)).containsExactlyInAnyOrder(second, third);
        assertThat(desk.carryOut(ask("delete", third)).seq("deleted").texts()).containsExactly(third);
        assertThat(inS3(desk)).containsExactly(second);
        assertThat(etcd.snapshots().resolve(third)).doesNotExist();
    }

    @Test
    void aRequestThatNamesNoBucketLeavesThatOfTheFlagsAlone() throws IOException {
        SnapshotScheduler desk = desk(bucket());
        String first = desk.carryOut(askDisk("save", "on-demand")).seq("created").text(0);
        assertThat(etcd.snapshots().resolve(first)).exists();
        assertThat(s3.file("k3s/a/" + first)).doesNotExist();
        String copied = desk.carryOut(ask("save", "on-demand")).seq("created").text(0);
        assertThat(desk.carryOut(askDisk("list")).seq("items").structs())
                .allSatisfy(one -> assertThat(one.struct("spec").text("location")).startsWith("file://"));
        assertThat(desk.carryOut(askDisk("delete", copied)).seq("deleted").texts()).containsExactly(copied);
        assertThat(inS3(desk)).containsExactly(copied);
    }

    @Test
    void whatIsSavedByHandStaysUntilSomebodyPrunesIt() throws IOException {
        SnapshotScheduler desk = desk(bucket());
        Struct bucket = bucket().without("retention");
        for (int i = 0; i < 7; i++) {
            desk.carryOut(askDisk("save", "on-demand").with("s3", bucket).with("retention", 0));
        }
        assertThat(inS3(desk)).as("beyond the retention of disk and bucket").hasSize(7);
        assertThat(etcd.snapshots()).isDirectoryContaining("glob:**/on-demand-*");
        desk.carryOut(askDisk("prune", "on-demand").with("s3", bucket).with("retention", 1));
        assertThat(inS3(desk)).hasSize(1);
    }

    @Test
    void aWrongSecretOrBucketIsRefusedBeforeAnythingIsSaved() {
        assertThatThrownBy(() -> desk(Struct.EMPTY)
                .carryOut(askDisk("save", "on-demand").with("s3", bucket().with("secretKey", "wrong"))))
                .isInstanceOf(IOException.class).hasMessageContaining("SignatureDoesNotMatch")
                .hasMessageNotContaining("wrong");
        assertThatThrownBy(() -> desk(Struct.EMPTY)
                .carryOut(askDisk("save", "on-demand").with("s3", bucket().with("bucket", "nowhere"))))
                .hasMessageContaining("bucket nowhere does not exist");
        assertThat(etcd.snapshots()).doesNotExist();
    }

    @Test
    void theScheduleKeepsItOnDiskAndTellsWhyThereIsNoCopy() throws IOException {
        desk(bucket().with("secretKey", "wrong")).take();
        try (var files = Files.list(etcd.snapshots())) {
            assertThat(files.count()).isOne();
        }
        assertThat(news.failure()).hasValueSatisfying(failed -> {
            assertThat(failed.storage()).isEqualTo("s3");
            assertThat(failed.location()).startsWith("s3://" + S3Server.BUCKET + "/k3s/a/etcd-snapshot-server-1-");
            assertThat(failed.error()).contains("SignatureDoesNotMatch").doesNotContain("wrong");
        });
        desk(bucket()).take();
        assertThat(times.text()).contains("k3s_etcd_snapshot_save_local_duration_seconds_count{status=\"success\"} 2\n")
                .contains("k3s_etcd_snapshot_save_s3_duration_seconds_count{status=\"error\"} 1\n")
                .contains("k3s_etcd_snapshot_save_s3_duration_seconds_count{status=\"success\"} 1\n")
                .contains("k3s_etcd_snapshot_save_duration_seconds_count{status=\"error\"} 1\n");
    }

    @Test
    void aDirectoryThatIsNoneIsToldOf() throws IOException {
        Path file = Files.writeString(Files.createDirectories(etcd.snapshots()).resolve("file"), "");
        assertThatThrownBy(() -> desk(Struct.EMPTY).carryOut(askDisk("save", "on-demand").with("dir", file.toString())))
                .hasMessage(file + " is not a directory");
        assertThat(news.failure()).hasValueSatisfying(failed -> {
            assertThat(failed.object().struct("status").flag("readyToUse", true)).isFalse();
            assertThat(failed.name()).startsWith("on-demand-server-1-");
        });
    }

    @Test
    void theSettingsMayStandInASecret() throws IOException {
        Struct.Builder data = Struct.builder();
        for (String field : List.of("endpoint=" + s3.endpoint(), "insecure=true", "bucket=" + S3Server.BUCKET,
                "access-key=" + S3Server.ACCESS_KEY, "secret-key=" + S3Server.SECRET_KEY)) {
            int equals = field.indexOf('=');
            data.put("etcd-s3-" + field.substring(0, equals), Base64.getEncoder().encodeToString(
                    field.substring(equals + 1).getBytes(StandardCharsets.UTF_8)));
        }
        SnapshotScheduler desk = desk(Struct.EMPTY);
        Struct save = askDisk("save", "on-demand").with("s3",
                Struct.of("configSecret", "s3", "endpoint", "s3.amazonaws.com"));
        assertThatThrownBy(() -> desk.carryOut(save)).hasMessageContaining("kube-system/s3");
        api.create(Gvr.of("v1", "secrets"), Obj.of(Struct.of("apiVersion", "v1", "kind", "Secret", "metadata",
                Struct.of("name", "s3", "namespace", "kube-system"), "data", data.build())), WriteOptions.PLAIN);
        String name = desk.carryOut(save).seq("created").text(0);
        assertThat(s3.file(name)).exists();
    }

    @Test
    void aSnapshotFromThereIsRestored() throws IOException, InterruptedException {
        etcd.put("/registry/a", "1");
        String name = desk(bucket()).carryOut(ask("save", "on-demand")).seq("created").text(0);
        try (S3Snapshots snapshots = new S3Snapshots(S3Settings.of(bucket()), InstantSource.system());
                Server other = new Server(directory.resolve("other"), "other", Optional.of(etcd))) {
            assertThatThrownBy(() -> snapshots.download("missing", directory.resolve("m")))
                    .hasMessageContaining("there is no snapshot missing in the bucket");
            Path fetched = snapshots.download(name, directory.resolve("fetched"));
            other.restore(fetched, "secret");
            other.startAndWait();
            assertThat(other.get("/registry/a")).hasValue("1");
        }
    }
}
