package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SnapshotObjectsItest {
    private static final Gvr FILES = Gvr.of("k3s.cattle.io/v1", "etcdsnapshotfiles");
    private static final Gvr NODES = Gvr.of("v1", "nodes");
    private final FakeApi api = FakeApi.stepped(InstantSource.fixed(Instant.parse("2026-11-20T10:00:00Z")));
    private final List<SnapshotFile> here = new ArrayList<>();
    private final SnapshotObjects objects = new SnapshotObjects(() -> Map.of("n1", List.copyOf(here)), "n1",
            () -> api, Duration.ofMinutes(10), InstantSource.fixed(Instant.parse("2026-11-20T10:00:00Z")));

    private static SnapshotFile file(String name, String node) {
        return new SnapshotFile(name, node, node, "file:///db/snapshots/" + name, 7,
                Instant.parse("2026-11-20T09:00:00Z"), Struct.of("team", "red"), "abcdefabcdef", Struct.EMPTY);
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
        assertThat(api.get(NODES, io.k3j.model.Key.of("n1")).annotations())
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
}
