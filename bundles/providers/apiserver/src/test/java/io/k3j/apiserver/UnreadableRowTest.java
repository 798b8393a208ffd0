package io.k3j.apiserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A row that cannot be decoded exists: no client is told that it does not.
class UnreadableRowTest {
    private static final String MAPS = "/api/v1/namespaces/a/configmaps";
    private static final String ROW = "/registry/configmaps/a/";
    private static final Gvr CONFIG_MAPS = new Gvr("", "v1", "configmaps");
    private static final byte[] DAMAGED = "k8s\0\nnothing of the kind".getBytes(UTF_8);
    private final MemoryDatastore store = new MemoryDatastore(true);
    private final TestServer server = new TestServer(store);
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @AfterEach
    void stop() {
        server.close();
        store.close();
    }

    private static String map(String name, String value) {
        return "{\"metadata\":{\"name\":\"" + name + "\"},\"data\":{\"k\":\"" + value + "\"}}";
    }

    private void damage(String name) {
        store.commit(ROW + name, revision(name), DAMAGED, Duration.ZERO);
    }

    private void repair(String name, String value) {
        repair(name, "u", value);
    }

    private void repair(String name, String uid, String value) {
        String row = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                + "\",\"namespace\":\"a\",\"uid\":\"" + uid + "\"},\"data\":{\"k\":\"" + value + "\"}}";
        CommitResult done = store.commit(ROW + name, revision(name), row.getBytes(UTF_8), Duration.ZERO);
        assertThat(done).isInstanceOf(CommitResult.Committed.class);
    }

    private long revision(String name) {
        return store.get(ROW + name).map(e -> e.revision()).orElse(0L);
    }

    private View view() {
        return view(server);
    }

    private static View view(TestServer server) {
        Caller caller = Caller.of("system:kube-controller-manager", List.of("system:masters"));
        ApiClient client = new LocalClient(server.server.local(), user -> caller, caller, new ViewKeeper());
        return client.view(CONFIG_MAPS, Query.ALL);
    }

    private final class Ear implements View.Listener {
        @Override
        public void changed(@Nullable Obj before, @Nullable Obj after) {
            heard.add(shown(before) + ">" + shown(after));
        }

        private static String shown(@Nullable Obj object) {
            return object == null ? "" : object.name() + object.tree().struct("data").text("k");
        }

        @Override
        public void synced() {
            heard.add("synced");
        }
    }

    private String next() throws InterruptedException {
        return String.valueOf(heard.poll(60, TimeUnit.SECONDS));
    }

    /// Its head is whole, its last byte is gone.
    private void cut(String name) {
        byte[] row = store.get(ROW + name).orElseThrow().value();
        CommitResult done = store.commit(ROW + name, revision(name), Arrays.copyOf(row, row.length - 1), Duration.ZERO);
        assertThat(done).isInstanceOf(CommitResult.Committed.class);
    }

    @Test
    void isUnreadableAlsoWhenItIsDamagedBehindItsHead() throws Exception {
        server.call("POST", MAPS, map("bad", "1"));
        try (View view = view()) {
            view.listen(new Ear());
            assertThat(next()).isEqualTo(">bad1");
            assertThat(next()).isEqualTo("synced");
            cut("bad");
            server.call("POST", MAPS, map("other", "1"));
            assertThat(next()).isEqualTo(">other1");
            assertThat(view.get(new Key("a", "bad"))).isPresent();
            assertThat(view.list()).hasSize(2);
        }
        for (String path : List.of(MAPS, MAPS + "/bad")) {
            TestExchange read = server.get(path);
            assertThat(read.status()).isEqualTo(500);
            assertThat(read.text()).contains("/registry/configmaps/a/bad");
        }
        assertThat(server.get(MAPS + "?watch=true").line()).contains("\"type\":\"ERROR\"");
        try (TestServer next = new TestServer(store); View view = view(next)) {
            assertThat(next.get(MAPS).status()).isEqualTo(500);
            view.listen(new Ear());
            // history still has the last version that could be read
            assertThat(List.of(next(), next(), next())).containsExactly(">bad1", ">other1", "synced");
            assertThat(view.list()).hasSize(2);
        }
    }

    @Test
    void failsReadsAndListsWithItsName() throws Exception {
        server.call("POST", MAPS, map("good", "1"));
        server.call("POST", MAPS, map("bad", "1"));
        damage("bad");
        TestExchange read = server.get(MAPS + "/bad");
        assertThat(read.status()).isEqualTo(500);
        assertThat(read.text()).contains("InternalError", "/registry/configmaps/a/bad");
        TestExchange list = server.get(MAPS);
        assertThat(list.status()).isEqualTo(500);
        assertThat(list.text()).contains("/registry/configmaps/a/bad");
        assertThat(server.get(MAPS + "/good").status()).isEqualTo(200);
        assertThat(server.call("DELETE", MAPS + "/bad", "").status()).isEqualTo(500);
        assertThat(server.call("POST", MAPS, map("bad", "2")).status()).isEqualTo(409);
    }

    @Test
    void endsAWatchWithAnErrorNotADeletion() throws Exception {
        server.call("POST", MAPS, map("bad", "1"));
        TestExchange watch = server.get(MAPS + "?watch=true");
        assertThat(watch.line()).contains("ADDED", "\"name\":\"bad\"");
        damage("bad");
        assertThat(watch.line()).contains("\"type\":\"ERROR\"", "/registry/configmaps/a/bad");
        TestExchange late = server.get(MAPS + "?watch=true");
        assertThat(late.line()).contains("\"type\":\"ERROR\"", "/registry/configmaps/a/bad");
    }

    @Test
    void leavesViewsUnchangedUntilItIsReadable() throws Exception {
        server.call("POST", MAPS, map("bad", "1"));
        try (View view = view()) {
            view.listen(new Ear());
            assertThat(next()).isEqualTo(">bad1");
            assertThat(next()).isEqualTo("synced");
            String uid = view.get(new Key("a", "bad")).orElseThrow().uid();
            damage("bad");
            server.call("POST", MAPS, map("other", "1"));
            assertThat(next()).isEqualTo(">other1");
            assertThat(view.get(new Key("a", "bad"))).isPresent();
            assertThat(view.list()).hasSize(2);
            repair("bad", uid, "2");
            assertThat(next()).isEqualTo("bad1>bad2");
        }
    }

    @Test
    void keepsAViewUnsyncedWhenItWasNeverReadable() throws Exception {
        damage("bad");
        server.call("POST", MAPS, map("good", "1"));
        try (View view = view()) {
            view.listen(new Ear());
            assertThat(next()).isEqualTo(">good1");
            assertThatThrownBy(() -> view.get(new Key("a", "bad"))).isInstanceOf(ApiFault.class)
                    .hasMessageContaining("/registry/configmaps/a/bad");
            assertThatThrownBy(view::list).isInstanceOf(ApiFault.class);
            repair("bad", "2");
            assertThat(next()).isEqualTo(">bad2");
            assertThat(next()).isEqualTo("synced");
        }
    }

    @Test
    void isStillReportedAfterARestart() throws Exception {
        damage("bad");
        try (TestServer next = new TestServer(store)) {
            assertThat(next.get(MAPS + "/bad").status()).isEqualTo(500);
            assertThat(next.get(MAPS).status()).isEqualTo(500);
        }
    }

    @Test
    void undecryptableRowsOfOtherResourcesAreUnreadableRows() throws Exception {
        store.commit(ROW + "sealed", 0, "k8s:enc:aescbc:v1:one:xxxxxxxx".getBytes(UTF_8), Duration.ZERO);
        try (TestServer next = new TestServer(store)) {
            assertThat(next.get(MAPS + "/sealed").text()).contains("encrypted with the key aescbc one");
        }
    }

    @Test
    void doesNotHideTheOtherObjectsOfAView() throws Exception {
        damage("bad");
        server.call("POST", MAPS, map("good", "1"));
        assertThat(server.get(MAPS + "/good").status()).isEqualTo(200);
        try (View view = view()) {
            assertThat(view.readable()).extracting(Obj::name).containsExactly("good");
        }
    }

    @Test
    void inAFlowSchemaFailsNoRequest() throws Exception {
        store.commit("/registry/flowschemas/exempt", 0, DAMAGED, Duration.ZERO);
        server.call("POST", MAPS, map("good", "1"));
        assertThat(server.get(MAPS + "/good").status()).isEqualTo(200);
        byte[] half = "{\"apiVersion\":\"v1\",\"kind\":\"X\",\"metadata\":{\"uid\":{\"".getBytes(UTF_8);
        store.commit("/registry/prioritylevelconfigurations/exempt", 0, half, Duration.ZERO);
        server.call("POST", MAPS, map("next", "1"));
        assertThat(server.get(MAPS + "/next").status()).isEqualTo(200);
    }
}
