package io.k3j.etcdsnapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.codec.Json;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SnapshotObjectsItest {
    private static final Gvr FILES = Gvr.of("k3s.cattle.io/v1", "etcdsnapshotfiles");
    private static final Gvr NODES = Gvr.of("v1", "nodes");
    private static final Gvr EVENTS = Gvr.of("v1", "events");
    private static final Gvr CONFIG_MAPS = Gvr.of("v1", "configmaps");
    private static final Instant START = Instant.parse("2026-11-20T10:00:00Z");
    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final FakeApi api = FakeApi.stepped(now::get);
    private final List<SnapshotFile> here = new ArrayList<>();
    private final List<SnapshotFile> inS3 = new ArrayList<>();
    private final Set<String> members = new HashSet<>(Set.of("n1", "n2"));
    private final SnapshotOutcomes news = new SnapshotOutcomes();
    private final SnapshotTimes times = new SnapshotTimes(System::nanoTime);
    private final SnapshotObjects objects = new SnapshotObjects(
            () -> Map.of("n1", List.copyOf(here), "s3", List.copyOf(inS3)), news,
            new SnapshotObjects.Around("n1", Duration.ofMinutes(10), () -> members, times), () -> api, now::get);

    private static SnapshotFile file(String name, String node) {
        return new SnapshotFile(name, node, node, "file:///db/snapshots/" + name, 7,
                Instant.parse("2026-11-20T09:00:00Z"), Struct.of("team", "red"), "abcdefabcdef", Struct.EMPTY, "");
    }

    private List<String> events() {
        return api.list(EVENTS, Query.ALL).items().stream().map(Obj::tree).map(event -> event.text("type") + " "
                + event.text("reason") + " " + event.struct("involvedObject").text("kind") + " "
                + event.struct("source").text("component") + ": " + event.text("message")).toList();
    }

    private List<Obj> told() {
        return api.list(FILES, Query.ALL).items();
    }

    @BeforeEach
    void serve() {
        api.serve(new ApiResource(FILES, "ETCDSnapshotFile", false, List.of("list")),
                true);
    }

    @Test
    void eachFileHasAnObjectAndNoOther() throws IOException {
        api.create(NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "n1"))), WriteOptions.PLAIN);
        api.create(FILES, Obj.of(file("gone-n1-1", "n1").object()), WriteOptions.PLAIN);
        api.create(FILES, Obj.of(file("other-n2-1", "n2").object()), WriteOptions.PLAIN);
        here.add(file("On-Demand-n1-1795188833", "n1"));
        objects.step(api);
        assertThat(told()).extracting(Obj::name).hasSize(2)
                .anyMatch(name -> name.startsWith("local-on-demand-n1-1795188833-"))
                .anyMatch(name -> name.startsWith("local-other-n2-1-"));
        Obj one = told().stream().filter(o -> o.name().contains("on-demand")).findFirst().orElseThrow();
        assertThat(one.spec().text("snapshotName")).isEqualTo("On-Demand-n1-1795188833");
        assertThat(one.spec().struct("metadata").text("team")).isEqualTo("red");
        assertThat(one.status()).isEqualTo(Struct.of("size", "7", "creationTime", "2026-11-20T09:00:00Z",
                "readyToUse", true));
        assertThat(one.annotations()).containsEntry("etcd.k3s.cattle.io/snapshot-token-hash", "abcdefabcdef");
        assertThat(api.get(NODES, Key.of("n1")).annotations())
                .containsEntry("etcd.k3s.cattle.io/local-snapshots-timestamp", "2026-11-20T10:00:00Z");
    }

    @Test
    void anObjectThatIsDeletedComesBackWhileItsFileIsThere() throws IOException {
        here.add(file("on-demand-n1-1", "n1"));
        objects.step(api);
        api.delete(FILES, told().getFirst().key(), DeleteOptions.PLAIN);
        objects.step(api);
        assertThat(told()).hasSize(1);
        here.clear();
        objects.step(api);
        assertThat(told()).isEmpty();
    }

    @Test
    void aNameThatIsNoneForObjectsIsReplaced() {
        assertThat(file("with_underscore-n1-1", "n1.local").objectName()).startsWith("local-etcd-snapshot-n1-");
        assertThat(Path.of(file("x", "n1").location().substring("file://".length()))).isAbsolute();
    }

    @Test
    void aFailedSnapshotIsToldForADay() throws IOException {
        news.failed(SnapshotFile.failed("etcd-snapshot-n1-1795168800", "n1", START, Struct.EMPTY, "disk full"));
        objects.step(api);
        assertThat(told()).singleElement().satisfies(one -> {
            assertThat(one.name()).startsWith("local-etcd-snapshot-n1-1795168800-");
            assertThat(one.labels()).containsEntry(SnapshotFile.STORAGE, "n1");
            assertThat(one.status()).isEqualTo(Struct.of("size", "0", "creationTime", "2026-11-20T10:00:00Z",
                    "readyToUse", false, "error",
                    Struct.of("time", "2026-11-20T10:00:00Z", "message", "disk full")));
        });
        assertThat(events()).containsExactly("Warning ETCDSnapshotFailed ETCDSnapshotFile k3s-supervisor: Failed to"
                + " save snapshot etcd-snapshot-n1-1795168800 on n1: disk full");
        now.set(START.plus(Duration.ofHours(24)).minusSeconds(1));
        objects.step(api);
        assertThat(told()).hasSize(1);
        now.set(START.plus(Duration.ofHours(24)));
        objects.step(api);
        assertThat(told()).isEmpty();
        assertThat(events()).hasSize(2).last().asString().startsWith("Normal ETCDSnapshotDeleted ");
    }

    @Test
    void whatFailedWhileTheApiWasAwayIsToldLater() throws IOException {
        news.failed(SnapshotFile.failed("a-n1-1", "n1", START, Struct.EMPTY, "disk full"));
        api.refuse("create", FILES, ApiFault.unavailable("away"));
        assertThatThrownBy(() -> objects.step(api)).isInstanceOf(ApiFault.class);
        assertThat(told()).isEmpty();
        objects.step(api);
        objects.step(api);
        assertThat(told()).hasSize(1);
        assertThat(events()).hasSize(1);
        assertThat(times.text()).contains("k3s_etcd_snapshot_reconcile_duration_seconds_count{status=\"error\"} 1\n")
                .contains("k3s_etcd_snapshot_reconcile_duration_seconds_count{status=\"success\"} 2\n");
    }

    @Test
    void aSnapshotThatIsDeletedOnPurposeTakesItsFailedCopyWithIt() throws IOException {
        here.add(file("on-demand-n1-1", "n1"));
        S3Settings s3 = S3Settings.of(Struct.of("bucket", "b", "folder", "k3s", "secretKey", "hidden"));
        news.failed(S3Snapshots.failed(s3, here.getFirst(), "no such bucket"));
        objects.step(api);
        assertThat(told()).hasSize(2).allSatisfy(one -> assertThat(one.toString()).doesNotContain("hidden"))
                .anySatisfy(one -> {
                    assertThat(one.spec().text("location")).isEqualTo("s3://b/k3s/on-demand-n1-1");
                    assertThat(one.status().struct("error").text("message")).isEqualTo("no such bucket");
                });
        here.clear();
        objects.step(api);
        assertThat(told()).singleElement().satisfies(one -> assertThat(one.name()).startsWith("s3-on-demand-n1-1-"));
        news.deleted(List.of("on-demand-n1-1"));
        objects.step(api);
        assertThat(told()).isEmpty();
    }

    @Test
    void aCopyOfAnotherServerIsNotTakenForGoneAtOnce() throws IOException {
        SnapshotFile copy = new SnapshotFile("a-n2-1", "s3", "n2", "s3://b/a-n2-1", 7, START, Struct.EMPTY, "",
                Struct.of("bucket", "b"), "");
        objects.step(api);
        api.create(FILES, Obj.of(copy.object()), WriteOptions.PLAIN);
        objects.step(api);
        assertThat(told()).hasSize(1);
        now.set(START.plusSeconds(60));
        objects.step(api);
        assertThat(told()).isEmpty();
    }

    @Test
    void objectsOfANodeWithoutEtcdGo() throws IOException {
        objects.step(api);
        api.create(FILES, Obj.of(file("a-n2-1", "n2").object()), WriteOptions.PLAIN);
        objects.step(api);
        assertThat(told()).hasSize(1);
        members.clear();
        objects.step(api);
        assertThat(told()).as("nobody knows the members").hasSize(1);
        members.add("n1");
        objects.step(api);
        assertThat(told()).isEmpty();
    }

    @Test
    void theOldConfigMapHasThoseWithWordsOfTheAdministrator() throws IOException {
        api.create(CONFIG_MAPS, Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                Struct.of("name", "k3s-etcd-snapshots", "namespace", "kube-system"), "data",
                Struct.of("local-x-n2-1", "{\"name\":\"x-n2-1\",\"nodeName\":\"n2\"}", "local-gone-n1-1",
                        "{\"name\":\"gone-n1-1\",\"nodeName\":\"n1\"}"))),
                WriteOptions.PLAIN);
        here.add(file("a b-n1-1.zip", "n1"));
        here.add(new SnapshotFile("plain-n1-1", "n1", "n1", "file:///plain-n1-1", 7, START, Struct.EMPTY, "",
                Struct.EMPTY, ""));
        objects.step(api);
        Struct data = api.get(CONFIG_MAPS, new Key("kube-system", "k3s-etcd-snapshots")).tree().struct("data");
        assertThat(data.names()).containsExactlyInAnyOrder("local-x-n2-1", "local-a_b-n1-1.zip");
        assertThat(Json.object(data.text("local-a_b-n1-1.zip").getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(Struct.of("name", "a b-n1-1.zip", "location", "file:///db/snapshots/a b-n1-1.zip",
                        "metadata", Base64.getEncoder().encodeToString(
                                "{\"team\":\"red\"}".getBytes(StandardCharsets.UTF_8)),
                        "nodeName", "n1", "createdAt", "2026-11-20T09:00:00Z", "size", 7L, "status", "successful",
                        "compressed", true));
    }
}
