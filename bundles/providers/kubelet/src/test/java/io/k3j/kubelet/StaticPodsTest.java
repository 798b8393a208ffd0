package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.RuntimeEvent;
import io.k3j.nodeapi.RuntimeFault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class StaticPodsTest extends PodScene {
    private static final Key MIRROR = new Key("default", "a-n");

    @Test
    void aStaticPodOutlivesTheStartOfAKubeletWhoseRuntimeRefusesAtFirst() throws Exception {
        write("a");
        files().sync();
        until(() -> called("start a"));
        swap();
        StaticPods files = files();
        runtime.listing = () -> {
            throw new RuntimeFault(RuntimeFault.Kind.UNAVAILABLE, "planted");
        };
        files.sync();
        runtime.listing = () -> {
        };
        workers.synced();
        workers.event(RuntimeEvent.RESYNC);
        assertThat(workers.all()).isEmpty();
        files.sync();
        assertThat(workers.all()).singleElement().matches(w -> !w.leaving());
        assertThat(called("stop")).isFalse();
    }

    @Test
    void aStaticPodWhoseFileWentWhileThereWasNoKubeletIsStoppedOnceAllFilesAreRead() throws Exception {
        Path gone = write("a");
        write("b");
        files().sync();
        until(() -> called("start a") && called("start b"));
        swap();
        Files.delete(gone);
        workers.synced();
        assertThat(workers.all()).isEmpty();
        files().sync();
        until(() -> called("stop a"));
        assertThat(workers.find("default", "b-n")).get().matches(w -> !w.leaving());
    }

    @Test
    void allStaticPodsBeginBeforeTheApiIsAsked() throws Exception {
        write("a");
        write("b");
        List<Integer> begun = new ArrayList<>();
        ApiClient away = (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(),
                new Class<?>[] {ApiClient.class}, (proxy, method, arguments) -> {
                    begun.add(workers.all().size());
                    throw ApiFault.unavailable("planted");
                });
        new StaticPods(tools, away, workers).sync();
        assertThat(begun).containsExactly(2, 2);
    }

    @Test
    void aMirrorThatSomebodyHasDeletedIsMadeAnew() throws Exception {
        node();
        write("a");
        StaticPods files = files();
        files.sync();
        Obj mirror = api.get(ReferencedObjects.PODS, MIRROR);
        api.seed(ReferencedObjects.PODS, mirror.with("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp"));
        until(() -> {
            files.sync();
            return api.find(ReferencedObjects.PODS, MIRROR)
                    .filter(made -> !made.uid().equals(mirror.uid()) && !made.terminating()).isPresent();
        });
    }

    @Test
    void aFileThatAStopKeepsFromBeingReadIsNotGone() throws Exception {
        Path file = write("a");
        StaticPods files = files();
        files.sync();
        closed.countDown();
        Files.delete(file);
        files.sync();
        assertThat(workers.all()).singleElement().matches(w -> !w.leaving());
    }

    @Test
    void ofTwoFilesOfOnePodTheFirstCountsAndOneEventSaysSo() throws Exception {
        write("a");
        write("b", "a", "", ", hostname: b");
        StaticPods files = files();
        files.sync();
        files.sync();
        until(() -> called("start a"));
        assertThat(workers.all()).singleElement().matches(w -> !w.leaving() && !w.pod().spec().has("hostname"));
        assertThat(events("FailedValidation")).singleElement().satisfies(e -> {
            assertThat(e.text("message")).startsWith("Error validating pod a-n_default(")
                    .endsWith(") from file due to duplicate pod name \"a-n\", ignoring");
            assertThat(e.whole("count", 0)).isOne();
        });
    }

    @Test
    void aMirrorWhoseFileWentWhileThereWasNoKubeletGoesToo() throws Exception {
        node();
        write("a");
        Obj gone = api.seed(ReferencedObjects.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "gone-n", "namespace", "default", "uid", "u-gone", "annotations",
                        Struct.of(Labels.CONFIG_SOURCE, "file", Labels.CONFIG_MIRROR, "x")),
                "spec", Struct.of("nodeName", "n"))));
        StaticPods files = files();
        until(() -> {
            files.sync();
            return api.find(ReferencedObjects.PODS, gone.key()).isEmpty();
        });
        assertThat(api.find(ReferencedObjects.PODS, MIRROR)).isPresent();
    }

    @Test
    void aMirrorStaysUntilItsPodHasEnded() throws Exception {
        node();
        Path file = write("a");
        StaticPods files = files();
        files.sync();
        until(() -> called("start a"));
        CountDownLatch end = new CountDownLatch(1);
        runtime.stubborn.put("a", end);
        Files.delete(file);
        until(() -> {
            files.sync();
            return called("stop a");
        });
        files.sync();
        assertThat(api.find(ReferencedObjects.PODS, MIRROR)).isPresent();
        end.countDown();
        until(() -> {
            files.sync();
            return api.find(ReferencedObjects.PODS, MIRROR).isEmpty();
        });
    }

    /// Nobody sends requests elsewhere since a kubelet was started again.
    @Test
    void aContainerThatWasReadyIsSoToTheNextKubelet() throws Exception {
        node();
        write("a", "a", ", readinessProbe: {exec: {command: [ready]}, periodSeconds: 1}", "");
        files().sync();
        Obj mirror = api.get(ReferencedObjects.PODS, MIRROR);
        until(() -> ready(mirror));
        swap();
        CountDownLatch over = new CountDownLatch(1);
        runtime.executing = command -> over.await();
        api.seed(ReferencedObjects.PODS, now(mirror).without("status", "qosClass"));
        files().sync();
        until(() -> now(mirror).status().has("qosClass"));
        assertThat(ready(mirror)).isTrue();
        over.countDown();
    }

    @Test
    void aStaticPodEndsWhenItsActiveDeadlineIsOver() throws Exception {
        write("a", "a", "", ", activeDeadlineSeconds: 10");
        files().sync();
        until(() -> called("start a"));
        clock.advance(Duration.ofSeconds(10));
        until(() -> {
            workers.wakeAll();
            return called("stop a");
        });
    }

    @Test
    void aHookOfAStaticPodAsksThePodAndIsFineWithAnyAnswer() throws Exception {
        runtime.network = "127.77.0.";
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.77.0.1"))) {
            server.setSoTimeout(60_000);
            Path file = write("a", "a", ", lifecycle: {preStop: {httpGet: {path: /stop, port: "
                    + server.getLocalPort() + "}}}", "");
            StaticPods files = files();
            files.sync();
            until(() -> called("start a"));
            Files.delete(file);
            files.sync();
            try (Socket asked = server.accept()) {
                assertThat(new BufferedReader(new InputStreamReader(asked.getInputStream(), StandardCharsets.UTF_8))
                        .readLine()).isEqualTo("GET /stop HTTP/1.1");
                asked.getOutputStream().write("HTTP/1.1 500 No\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            }
            until(() -> called("stop a"));
            assertThat(events("FailedPreStopHook")).isEmpty();
        }
    }

    private void node() {
        api.seed(ReferencedObjects.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "n"))));
    }

    /// The events there are of a reason, once all are written.
    private List<Struct> events(String reason) {
        boolean more = true;
        while (more) {
            more = tools.events().step();
        }
        return api.list(BuiltinResources.EVENTS, Query.ALL).items().stream().map(Obj::tree)
                .filter(e -> e.text("reason").equals(reason)).toList();
    }

    /// A kubelet takes the place of the one before, whose pods run on.
    private void swap() {
        workers.stop(STOP);
        workers = new PodWorkers(tools);
    }

    private StaticPods files() {
        return new StaticPods(tools, api, workers);
    }

    private Path write(String name) throws IOException {
        return write(name, name, "", "");
    }

    /// @param ofContainer more fields of the only container, which is called as the pod
    /// @param ofPod more fields of the spec
    private Path write(String file, String name, String ofContainer, String ofPod) throws IOException {
        Path manifests = Files.createDirectories(tools.options().staticPods());
        return Files.writeString(manifests.resolve(file + ".yaml"), "{metadata: {name: " + name
                + "}, spec: {containers: [{name: " + name + ", image: 'image:1'" + ofContainer + "}]" + ofPod + "}}");
    }
}
