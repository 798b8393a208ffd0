package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.RuntimeEvent;
import io.k3j.nodeapi.RuntimeFault;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StaticPodsTest extends PodScene {
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
        api.seed(ReferencedObjects.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "n"))));
        write("a");
        StaticPods files = files();
        files.sync();
        Key key = new Key("default", "a-n");
        Obj mirror = api.get(ReferencedObjects.PODS, key);
        api.seed(ReferencedObjects.PODS, mirror.with("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp"));
        until(() -> {
            files.sync();
            return api.find(ReferencedObjects.PODS, key)
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

    /// A kubelet takes the place of the one before, whose pods run on.
    private void swap() {
        workers.stop(STOP);
        workers = new PodWorkers(tools);
    }

    private StaticPods files() {
        return new StaticPods(tools, api, workers);
    }

    private Path write(String name) throws IOException {
        Path directory = Files.createDirectories(tools.options().staticPods());
        return Files.writeString(directory.resolve(name + ".yaml"), "{metadata: {name: " + name
                + "}, spec: {containers: [{name: " + name + ", image: 'image:1'}]}}");
    }
}
