package io.k3j.clienthttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.componentapi.Health;
import io.k3j.model.FieldMask;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReflectorTest {
    private static final Gvr NODES = new Gvr("", "v1", "nodes");
    private static final FieldMask LABELS = FieldMask.IDENTITY.with("metadata", "labels");
    @TempDir
    private Path directory;
    private ScriptedServer server;
    private ApiClients clients;
    private final ViewKeeper views = new ViewKeeper();
    private final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedServer(directory);
        server.kubeconfig("kubeproxy", "system:kube-proxy");
        server.kubeconfig("k3scontroller", "system:k3s-controller");
        clients = new ApiClients(directory, bundle -> List.of(), Health.none());
    }

    @AfterEach
    void stop() {
        views.close();
        clients.close();
        server.close();
    }

    private ApiClient client(String user) {
        return clients.client(ScriptedServer.identity(user), "test", views);
    }

    private static String node(String name, int revision) {
        return "{\"metadata\":{\"name\":\"" + name + "\",\"uid\":\"u-" + name + "\",\"resourceVersion\":\"" + revision
                + "\"}}";
    }

    private static String node(String name, int revision, String app, String phase) {
        return node(name, revision).replace("}}", ",\"labels\":{\"app\":\"" + app + "\"}},\"status\":{\"phase\":\""
                + phase + "\"},\"apiVersion\":\"v1\",\"kind\":\"Node\"}");
    }

    private static String list(int revision, String... items) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"NodeList\",\"metadata\":{\"resourceVersion\":\"" + revision
                + "\"},\"items\":[" + String.join(",", items) + "]}";
    }

    private static String event(String type, String object) {
        return "{\"type\":\"" + type + "\",\"object\":" + object + "}\n";
    }

    /// Where an order of events is expected nothing is answered before: one that listens later is told at once what
    /// has come of all answers.
    private View listening(View view) {
        view.listen(new View.Listener() {
            @Override
            public void changed(@Nullable Obj before, @Nullable Obj after) {
                events.add(after == null ? "-" + name(before) : (before == null ? "+" : "~") + after.name() + "@"
                        + after.revision());
            }

            @Override
            public void synced() {
                events.add("synced");
            }
        });
        return view;
    }

    private static String name(@Nullable Obj object) {
        return object == null ? "" : object.name();
    }

    private List<String> awaitEvents(int count) throws InterruptedException {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String word = events.poll(60, TimeUnit.SECONDS);
            assertThat(word).as("after " + words).isNotNull();
            words.add(word);
        }
        return words;
    }

    @Test
    void listsThenWatchesFromTheListsRevision() throws InterruptedException {
        listening(client("system:kube-proxy").view(NODES, Query.ALL));
        server.answer(list(7, node("a", 3))).hold(event("ADDED", node("b", 8)) + event("MODIFIED", node("a", 9)));
        assertThat(awaitEvents(4)).containsExactly("+a@3", "synced", "+b@8", "~a@9");
        assertThat(server.request()).isEqualTo("system:kube-proxy GET /api/v1/nodes?limit=500");
        assertThat(server.request()).contains("watch=true", "resourceVersion=7", "allowWatchBookmarks=true",
                "timeoutSeconds=");
    }

    @Test
    void requestsAreCountedByTheirAnswers() {
        server.answer(node("a", 3));
        client("system:kube-proxy").get(NODES, new Key("", "a"));
        server.forbidden.add("system:kube-proxy");
        assertThatThrownBy(() -> client("system:kube-proxy").get(NODES, new Key("", "a")))
                .isInstanceOf(ApiFault.class);
        String host = "host=\"localhost:" + server.port() + "\"";
        assertThat(clients.metrics().text()).contains(
                "rest_client_requests_total{code=\"200\"," + host + ",method=\"GET\"} 1\n",
                "rest_client_requests_total{code=\"403\"," + host + ",method=\"GET\"} 1\n",
                "rest_client_request_duration_seconds_count{" + host + ",verb=\"GET\"} 2\n");
    }

    @Test
    void requestsWithoutAnAnswerAreErrors() {
        RestMetrics metrics = new RestMetrics();
        metrics.failed("a:6443", "POST", TimeUnit.MILLISECONDS.toNanos(300));
        assertThat(metrics.text()).contains(
                "rest_client_requests_total{code=\"<error>\",host=\"a:6443\",method=\"POST\"} 1\n",
                "rest_client_request_duration_seconds_bucket{host=\"a:6443\",verb=\"POST\",le=\"0.25\"} 0\n",
                "rest_client_request_duration_seconds_bucket{host=\"a:6443\",verb=\"POST\",le=\"0.5\"} 1\n");
    }

    @Test
    void resumesFromTheLastRevisionWhenAWatchBreaks() throws InterruptedException {
        listening(client("system:kube-proxy").view(NODES, Query.ALL));
        server.answer(list(7)).hold(event("ADDED", node("a", 8)) + event("BOOKMARK", node("", 20)));
        assertThat(awaitEvents(2)).containsExactly("synced", "+a@8");
        server.request();
        server.request();
        server.hold(event("DELETED", node("a", 21)));
        server.cut();
        assertThat(server.request()).contains("watch=true", "resourceVersion=20");
        assertThat(awaitEvents(1)).containsExactly("-a");
    }

    @Test
    void reportsOnlyTheDifferenceAfterAnExpiredRevision() throws InterruptedException {
        listening(client("system:kube-proxy").view(NODES, Query.ALL));
        server.answer(list(7, node("kept", 1), node("gone", 2), node("changed", 3)))
                .answer(event("ERROR", "{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\",\"message\":\"old\"}"))
                .answer(list(90, node("kept", 1), node("changed", 50), node("new", 40))).hold("");
        assertThat(awaitEvents(4)).containsExactlyInAnyOrder("+kept@1", "+gone@2", "+changed@3", "synced");
        assertThat(awaitEvents(3)).containsExactly("-gone", "+new@40", "~changed@50");
        server.request();
        server.request();
        server.request();
        assertThat(server.request()).contains("watch=true", "resourceVersion=90");
    }

    @Test
    void anotherUidAfterAnExpiredRevisionIsAnotherObject() throws InterruptedException {
        listening(client("system:kube-proxy").view(NODES, Query.ALL));
        server.answer(list(7, node("a", 3)))
                .answer(event("ERROR", "{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\",\"message\":\"old\"}"))
                .answer(list(90, node("a", 50).replace("u-a", "u-b"))).hold("");
        assertThat(awaitEvents(4)).containsExactly("+a@3", "synced", "-a", "+a@50");
    }

    @Test
    void sharesOneReflectorAndEndsItWithTheLastView() throws InterruptedException {
        server.answer(list(7, node("a", 3))).hold("");
        ApiClient client = client("system:kube-proxy");
        View one = listening(client.view(NODES, Query.ALL));
        assertThat(awaitEvents(2)).containsExactly("+a@3", "synced");
        View other = listening(client.view(NODES, Query.ALL));
        assertThat(awaitEvents(2)).containsExactly("+a@3", "synced");
        assertThat(clients.reflectors()).isEqualTo(1);
        one.close();
        assertThat(other.get(Key.of("a"))).isPresent();
        other.close();
        assertThat(clients.reflectors()).isZero();
    }

    @Test
    void keepsTheFieldsThatAreReadAndTellsOnlyOfThem() throws InterruptedException {
        View view = listening(client("system:kube-proxy").view(NODES, Query.ALL, LABELS));
        server.answer(list(7, node("a", 3, "x", "one"))).hold(event("MODIFIED", node("a", 8, "x", "two"))
                + event("MODIFIED", node("a", 9, "y", "two")) + event("MODIFIED", node("a", 10, "y", "three"))
                + event("BOOKMARK", node("", 11)) + event("ADDED", node("b", 12, "y", "one")));
        assertThat(awaitEvents(4)).containsExactly("+a@3", "synced", "~a@9", "+b@12");
        assertThat(view.list()).hasSize(2).allSatisfy(o -> assertThat(o.tree()).isEqualTo(LABELS.of(o).tree()));
        assertThat(view.get(Key.of("a"))).hasValueSatisfying(a -> {
            assertThat(a.labels()).containsEntry("app", "y");
            assertThat(a.revision()).as("of the change that was not told").isEqualTo(10);
        });
        assertThat(view.revision()).as("at least of the bookmark").isGreaterThanOrEqualTo(11);
    }

    @Test
    void aListAfterAnExpiredRevisionTellsNothingOfOtherFields() throws InterruptedException {
        listening(client("system:kube-proxy").view(NODES, Query.ALL, LABELS));
        server.answer(list(7, node("a", 3, "x", "one"), node("gone", 2, "x", "one")))
                .answer(event("ERROR", "{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\",\"message\":\"old\"}"))
                .answer(list(90, node("a", 50, "x", "two"), node("b", 40, "x", "one")))
                .hold(event("DELETED", node("a", 91, "x", "three")));
        assertThat(awaitEvents(3)).containsExactlyInAnyOrder("+a@3", "+gone@2", "synced");
        assertThat(awaitEvents(3)).containsExactly("-gone", "+b@40", "-a");
    }

    @Test
    void aViewOfSomeFieldsSharesTheWatchOfOneThatKeepsThem() throws InterruptedException {
        server.answer(list(7, node("a", 3, "x", "one"))).hold("");
        ApiClient client = client("system:kube-proxy");
        listening(client.view(NODES, Query.ALL, LABELS));
        listening(client.view(NODES, Query.ALL, FieldMask.IDENTITY.with("metadata", "labels")));
        listening(client.view(NODES, Query.ALL, FieldMask.IDENTITY));
        assertThat(awaitEvents(6)).containsOnly("+a@3", "synced");
        assertThat(clients.reflectors()).isEqualTo(1);
        server.request();
        server.request();
        server.answer(list(7, node("a", 3, "x", "one"))).hold("");
        View whole = listening(client.view(NODES, Query.ALL));
        assertThat(awaitEvents(2)).containsExactly("+a@3", "synced");
        assertThat(whole.list()).allSatisfy(o -> assertThat(o.status().text("phase")).isEqualTo("one"));
        assertThat(clients.reflectors()).isEqualTo(2);
        listening(client.view(NODES, Query.ALL, FieldMask.IDENTITY.with("status")));
        assertThat(awaitEvents(2)).containsExactly("+a@3", "synced");
        assertThat(clients.reflectors()).isEqualTo(2);
    }

    @Test
    void reportsNothingToAnIdentityThatMayNotList() throws InterruptedException {
        server.answer(list(7, node("secret", 3))).hold("");
        try (View allowed = listening(client("system:kube-proxy").view(NODES, Query.ALL))) {
            assertThat(awaitEvents(2)).containsExactly("+secret@3", "synced");
            server.forbidden.add("system:k3s-controller");
            View refused = listening(client("system:k3s-controller").view(NODES, Query.ALL));
            assertThatThrownBy(refused::list).isInstanceOfSatisfying(ApiFault.class,
                    f -> assertThat(f.code()).isEqualTo(403));
            assertThat(allowed.list()).hasSize(1);
            assertThat(events).isEmpty();
            server.forbidden.clear();
            server.answer(list(7));
            assertThat(awaitEvents(2)).containsExactly("+secret@3", "synced");
        }
    }

    @Test
    void usesAnotherViewsIdentityWhenOneIsRefused() throws InterruptedException {
        server.forbidden.add("system:kube-proxy");
        listening(client("system:kube-proxy").view(NODES, Query.ALL));
        assertThat(server.request()).startsWith("system:kube-proxy");
        server.answer(list(7, node("a", 3))).hold("");
        View allowed = listening(client("system:k3s-controller").view(NODES, Query.ALL));
        assertThat(awaitEvents(2)).containsExactly("+a@3", "synced");
        assertThat(allowed.list()).hasSize(1);
        assertThat(events).as("the view that is refused").isEmpty();
    }

    @Test
    void reportsTheDifferenceToASlowListener() throws InterruptedException {
        server.answer(list(7));
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 6_000; i++) {
            many.append(event("ADDED", node("n" + i, 10 + 2 * i))).append(event("DELETED", node("n" + i, 11 + 2 * i)));
        }
        server.hold(many + event("ADDED", node("last", 20_000)));
        CountDownLatch stuck = new CountDownLatch(1);
        View slow = client("system:kube-proxy").view(NODES, Query.ALL);
        slow.listen((before, after) -> {
            try {
                stuck.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            events.add((after == null ? "-" : "+") + name(after == null ? before : after));
        });
        View quick = client("system:kube-proxy").view(NODES, Query.ALL);
        CountDownLatch seen = new CountDownLatch(1);
        quick.listen((before, after) -> {
            if (after != null && after.name().equals("last")) {
                seen.countDown();
            }
        });
        assertThat(seen.await(60, TimeUnit.SECONDS)).isTrue();
        stuck.countDown();
        String word = awaitEvents(1).getFirst();
        int count = 1;
        for (; !word.equals("+last"); count++) {
            word = awaitEvents(1).getFirst();
        }
        assertThat(count).isLessThan(6_000);
    }

    @Test
    void usesARenewedCertificateForTheNextRequest() throws InterruptedException {
        ApiClient client = client("system:kube-proxy");
        server.answer(node("a", 1));
        client.get(NODES, Key.of("a"));
        assertThat(server.request()).startsWith("system:kube-proxy ");
        assertThat(new CountDownLatch(1).await(1_100, TimeUnit.MILLISECONDS)).isFalse();
        server.kubeconfig("kubeproxy", "renewed");
        server.answer(node("a", 1));
        client.get(NODES, Key.of("a"));
        assertThat(server.request()).startsWith("renewed ");
    }

    @Test
    void reportsAnUnreachableServer() {
        server.close();
        assertThatThrownBy(() -> client("system:kube-proxy").get(NODES, Key.of("a")))
                .isInstanceOfSatisfying(ApiFault.class, f -> {
                    assertThat(f.code()).isEqualTo(503);
                    assertThat(f).hasMessageContaining("cannot be reached");
                });
    }

    @Test
    void refusesUndeclaredIdentitiesAndThoseOfServers() {
        ApiClient client = clients.client(List.of(new io.k3j.componentapi.Identity("system:node:n", List.of()),
                new io.k3j.componentapi.Identity("system:k3s-supervisor", List.of("system:masters"))), "kubelet",
                views);
        assertThatThrownBy(() -> client.as("system:k3s-supervisor")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.as("system:admin")).isInstanceOf(IllegalArgumentException.class);
    }
}
