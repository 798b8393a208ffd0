package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.k3j.kuberuntime.Labels;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OrphansTest extends PodScene {
    /// All pods of the node are told.
    @BeforeEach
    void tell() {
        workers.synced();
        workers.staticPodsKnown();
    }

    /// As after the start of a node whose server is away.
    @Test
    void nothingIsRemovedWhileItIsNotKnownWhichPodsThereAre() throws Exception {
        Path emptyDir = Files.createDirectories(
                tools.options().podDir("u").resolve("volumes/kubernetes.io~empty-dir/v"));
        Path logs = Files.createDirectories(tools.options().podLogs("default", "p", "u"));
        Path group = cgroup("cpu", "kubepods/burstable/podu");
        PodWorkers started = new PodWorkers(tools);
        Housekeeping housekeeping = new Housekeeping(tools, started, collector());
        housekeeping.leftovers();
        started.synced();
        housekeeping.leftovers();
        assertThat(List.of(emptyDir, logs, group)).allMatch(Files::exists);
        started.staticPodsKnown();
        housekeeping.leftovers();
        assertThat(List.of(emptyDir, logs, group)).noneMatch(Files::exists);
    }

    @Test
    void cgroupsOfOrphansAreRemovedForEveryQosClass() throws Exception {
        runtime.runSandbox(Struct.of("labels", Struct.of(Labels.POD_UID, "dead", Labels.POD_NAME, "dead",
                Labels.POD_NAMESPACE, "default")), "");
        Path burstable = cgroup("memory", "kubepods/burstable/poddead");
        Path guaranteed = cgroup("cpu", "kubepods/poddead");
        workers.stopOrphans();
        until(() -> Files.notExists(burstable) && Files.notExists(guaranteed)
                && runtime.sandboxes(Map.of()).isEmpty());
    }

    @Test
    void anOrphanThatEndsIsNotCountedAsAPod() throws Exception {
        String sandbox = runtime.runSandbox(Struct.of("labels", Struct.of(Labels.POD_UID, "dead", Labels.POD_NAME,
                "dead", Labels.POD_NAMESPACE, "default")), "");
        runtime.startContainer(runtime.createContainer(sandbox, Struct.of("metadata", Struct.of("name", "c"),
                "labels", Struct.of(Labels.POD_UID, "dead", Labels.CONTAINER, "c")), Struct.EMPTY));
        runtime.stubborn.put("c", new CountDownLatch(1));
        workers.stopOrphans();
        until(() -> called("stop c"));
        Obj next = Obj.of(Struct.of("metadata", Struct.of("name", "p", "uid", "u")));
        assertThat(tools.room().shortage(next, Struct.of("pods", "1"))).isEmpty();
    }

    @Test
    void busyCgroupsAreRemovedLater() throws Exception {
        Path pod = cgroup("cpu", "kubepods/burstable/poddead");
        Path busy = Files.createFile(pod.resolve("process"));
        Housekeeping housekeeping = new Housekeeping(tools, workers, collector());
        housekeeping.leftovers();
        assertThat(pod).exists();
        Files.delete(busy);
        housekeeping.leftovers();
        assertThat(pod).doesNotExist();
    }

    /// As one with a volume whose driver is away.
    @Test
    void anOrphanThatCannotBeRemovedKeepsNoOther() throws Exception {
        for (String name : List.of("a", "b", "c")) {
            Files.createDirectories(tools.options().podDir(name));
        }
        Path volume = Files.createDirectories(
                tools.options().podDir("b").resolve("volumes/kubernetes.io~csi/v"));
        Path busy = cgroup("cpu", "kubepods/burstable/poddead");
        new Housekeeping(tools, workers, collector()).leftovers();
        assertThat(volume).exists();
        assertThat(List.of("a", "c")).noneMatch(name -> Files.exists(tools.options().podDir(name)));
        assertThat(busy).doesNotExist();
    }

    @Test
    void whatIsClosedRemovesNothingOfItsSuccessor() throws Exception {
        Path pod = tools.options().podDir("new");
        Path logs = tools.options().podLogs("default", "p", "new");
        runtime.listing = () -> {
            closed.countDown();
            assertThatCode(() -> {
                Files.createDirectories(pod);
                Files.createDirectories(logs);
            }).doesNotThrowAnyException();
        };
        new Housekeeping(tools, workers, collector()).leftovers();
        assertThat(pod).exists();
        assertThat(logs).exists();
    }

    private Path cgroup(String controller, String name) throws Exception {
        return Files.createDirectories(directory.resolve("cgroup").resolve(controller).resolve(name));
    }
}
