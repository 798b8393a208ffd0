package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchTest {
    private final TestServer server = new TestServer();

    @AfterEach
    void stop() {
        server.close();
    }

    private void create(String name, String labels) throws IOException {
        server.call("POST", "/api/v1/namespaces/a/configmaps",
                "{\"metadata\":{\"name\":\"" + name + "\",\"labels\":{" + labels + "}}}");
    }

    private void patch(String name, String changes) throws IOException {
        server.serve(new TestExchange("PATCH", "/api/v1/namespaces/a/configmaps/" + name,
                changes.getBytes(StandardCharsets.UTF_8)).with("content-type", "application/merge-patch+json"));
    }

    private static String event(TestExchange watch) throws InterruptedException {
        String line = watch.line();
        if (line.equals("end") || line.equals("nothing")) {
            return line;
        }
        Struct e = Json.object(line.getBytes(StandardCharsets.UTF_8));
        Struct object = e.struct("object");
        Struct metadata = object.struct("metadata");
        return e.text("type") + " " + metadata.text("name") + "@" + metadata.text("resourceVersion")
                + (object.text("reason").isEmpty() ? "" : object.text("reason"))
                + (metadata.struct("annotations").isEmpty() ? "" : " complete");
    }

    @Test
    void startsWithTheExistingObjectsAndContinues() throws Exception {
        create("one", "");
        TestExchange watch = server.get("/api/v1/namespaces/a/configmaps?watch=1");
        create("two", "");
        patch("one", "{\"data\":{\"k\":\"v\"}}");
        server.call("DELETE", "/api/v1/namespaces/a/configmaps/two", "");
        assertThat(event(watch)).isEqualTo("ADDED one@2");
        assertThat(event(watch)).isEqualTo("ADDED two@3");
        assertThat(event(watch)).isEqualTo("MODIFIED one@4");
        assertThat(event(watch)).isEqualTo("DELETED two@5");
        assertThat(watch.answered("content-type")).isEqualTo("application/json");
    }

    @Test
    void resumesAfterARevision() throws Exception {
        create("one", "");
        create("two", "");
        TestExchange watch = server.get("/api/v1/configmaps?watch=1&resourceVersion=2");
        assertThat(event(watch)).isEqualTo("ADDED two@3");
        create("three", "");
        assertThat(event(watch)).isEqualTo("ADDED three@4");
    }

    @Test
    void sendsABookmarkAfterTheInitialObjects() throws Exception {
        create("one", "");
        TestExchange watch = server.get("/api/v1/configmaps?watch=1&sendInitialEvents=true"
                + "&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");
        assertThat(event(watch)).isEqualTo("ADDED one@2");
        assertThat(event(watch)).isEqualTo("BOOKMARK @2 complete");
    }

    @Test
    void sendsAddedAndDeletedWhenAnObjectEntersOrLeavesTheSelection() throws Exception {
        TestExchange watch = server.get("/api/v1/configmaps?watch=1&labelSelector=l%3D1");
        create("one", "");
        patch("one", "{\"metadata\":{\"labels\":{\"l\":\"1\"}}}");
        patch("one", "{\"data\":{\"k\":\"v\"}}");
        patch("one", "{\"metadata\":{\"labels\":{\"l\":null}}}");
        patch("one", "{\"data\":{\"k\":\"w\"}}");
        create("two", "\"l\":\"1\"");
        assertThat(event(watch)).isEqualTo("ADDED one@3");
        assertThat(event(watch)).isEqualTo("MODIFIED one@4");
        assertThat(event(watch)).isEqualTo("DELETED one@5");
        assertThat(event(watch)).isEqualTo("ADDED two@7");
    }

    @Test
    void watchesOneObject() throws Exception {
        TestExchange watch = server.get("/api/v1/watch/namespaces/a/configmaps/two");
        TestExchange other = server.get("/api/v1/namespaces/a/configmaps?watch=1&fieldSelector=metadata.name%3Dtwo");
        create("one", "");
        create("two", "");
        assertThat(event(watch)).isEqualTo("ADDED two@3");
        assertThat(event(other)).isEqualTo("ADDED two@3");
    }

    @Test
    void endsWithExpiredAfterCompaction() throws Exception {
        create("one", "");
        create("two", "");
        server.server.storage().log().forget(3);
        TestExchange watch = server.get("/api/v1/configmaps?watch=1&resourceVersion=2");
        assertThat(event(watch)).isEqualTo("ERROR @Expired");
        assertThat(event(watch)).isEqualTo("end");
    }

    @Test
    void endsCleanlyAtItsTimeout() throws Exception {
        create("one", "");
        TestExchange watch = server.get("/api/v1/configmaps?watch=1&allowWatchBookmarks=true&timeoutSeconds=1");
        assertThat(event(watch)).isEqualTo("ADDED one@2");
        assertThat(event(watch)).isEqualTo("BOOKMARK @2");
        assertThat(event(watch)).isEqualTo("end");
    }

    @Test
    void endsCleanlyWhenTheServerStops() throws Exception {
        TestExchange watch = server.get("/api/v1/configmaps?watch=1&allowWatchBookmarks=true");
        create("one", "");
        assertThat(event(watch)).isEqualTo("ADDED one@2");
        server.server.close();
        assertThat(event(watch)).isEqualTo("BOOKMARK @2");
        assertThat(event(watch)).isEqualTo("end");
    }

    @Test
    void sendsAllMissedEventsToASlowClient() throws Exception {
        TestExchange slow = server.get("/api/v1/configmaps?watch=1");
        TestExchange quick = server.get("/api/v1/configmaps?watch=1");
        slow.stall(true);
        for (int i = 2; i < 302; i++) {
            create("map-" + i, "");
            assertThat(event(quick)).isEqualTo("ADDED map-" + i + "@" + i);
        }
        slow.stall(false);
        for (int i = 2; i < 302; i++) {
            assertThat(event(slow)).isEqualTo("ADDED map-" + i + "@" + i);
        }
        create("last", "");
        assertThat(event(slow)).isEqualTo("ADDED last@302");
    }

    @Test
    void endsWithExpiredForASlowClientAfterCompaction() throws Exception {
        TestExchange slow = server.get("/api/v1/configmaps?watch=1");
        TestExchange quick = server.get("/api/v1/configmaps?watch=1");
        slow.stall(true);
        for (int i = 2; i < 602; i++) {
            create("map-" + i, "");
            assertThat(event(quick)).isEqualTo("ADDED map-" + i + "@" + i);
        }
        server.server.storage().log().forget(600);
        slow.stall(false);
        String last = event(slow);
        for (String next = event(slow); !next.equals("end"); next = event(slow)) {
            last = next;
        }
        assertThat(last).isEqualTo("ERROR @Expired");
    }

    @Test
    void abortsSlowClientsWhenTheServerStops() throws Exception {
        TestExchange slow = server.get("/api/v1/configmaps?watch=1");
        TestExchange quick = server.get("/api/v1/configmaps?watch=1");
        slow.stall(true);
        create("one", "");
        assertThat(event(quick)).isEqualTo("ADDED one@2");
        server.server.close();
        assertThat(slow.line()).isEqualTo("abort");
    }

    @Test
    void sendsColumnsFirstToASlowClient() throws Exception {
        TestExchange watch = new TestExchange("GET", "/api/v1/configmaps?watch=1", new byte[0]).with("accept",
                "application/json;as=Table;v=v1;g=meta.k8s.io");
        server.serve(watch);
        TestExchange quick = server.get("/api/v1/configmaps?watch=1");
        watch.stall(true);
        create("one", "");
        assertThat(event(quick)).isEqualTo("ADDED one@2");
        watch.stall(false);
        assertThat(watch.line()).contains("\"columnDefinitions\":[{").contains("\"cells\":[\"one\"]");
    }

    @Test
    void aBookmarkInATableIsTheRowOfAnObjectWithNothingButItsRevision() throws Exception {
        create("one", "");
        TestExchange watch = new TestExchange("GET", "/api/v1/configmaps?watch=1&sendInitialEvents=true"
                + "&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true", new byte[0]).with("accept",
                        "application/json;as=Table;v=v1;g=meta.k8s.io");
        server.serve(watch);
        assertThat(watch.line()).contains("\"cells\":[\"one\"]");
        Struct table = Json.object(watch.line().getBytes(StandardCharsets.UTF_8)).struct("object");
        assertThat(table.struct("metadata")).isEqualTo(Struct.of("resourceVersion", "2"));
        assertThat(table.seq("rows").size()).isOne();
        Struct object = table.seq("rows").struct(0).struct("object");
        assertThat(object.text("kind")).isEqualTo("PartialObjectMetadata");
        assertThat(object.struct("metadata").struct("annotations"))
                .isEqualTo(Struct.of("k8s.io/initial-events-end", "true"));
    }

    @Test
    void sendsColumnsOnceInATable() throws Exception {
        TestExchange watch = new TestExchange("GET", "/api/v1/configmaps?watch=1", new byte[0]).with("accept",
                "application/json;as=Table;v=v1;g=meta.k8s.io");
        server.serve(watch);
        create("one", "");
        create("two", "");
        assertThat(watch.line()).contains("\"columnDefinitions\":[{").contains("\"cells\":[\"one\"]");
        assertThat(watch.line()).contains("\"columnDefinitions\":null").contains("\"cells\":[\"two\"]");
    }

    @Test
    void encodesProtobuf() throws Exception {
        TestExchange watch = new TestExchange("GET", "/api/v1/configmaps?watch=1", new byte[0]).with("accept",
                "application/vnd.kubernetes.protobuf;stream=watch");
        server.serve(watch);
        create("one", "");
        assertThat(watch.line()).contains("ADDED").contains("k8s").contains("ConfigMap");
        assertThat(watch.answered("content-type")).isEqualTo("application/vnd.kubernetes.protobuf;stream=watch");
    }
}
