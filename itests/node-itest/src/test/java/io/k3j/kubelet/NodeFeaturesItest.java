package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.WriteOptions;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.GrpcHealth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What a node does beside plain pods: static pods, rotated logs, hooks, probes by gRPC.
class NodeFeaturesItest extends NodeScene {
    private static final String STATIC = """
            apiVersion: v1
            kind: Pod
            metadata: {name: own}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: c, image: "k3j.io/busybox:1", command: [sleep, "3600"]}
            """;

    private static final String MEMORY = "cat /sys/fs/cgroup/memory.max 2>/dev/null"
            + " || cat /sys/fs/cgroup/memory/memory.limit_in_bytes";
    private static final String QUOTA = "cat /sys/fs/cgroup/cpu.max 2>/dev/null"
            + " || cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us";

    @Test
    void resizesARunningContainerInItsPlace() throws Exception {
        create("sized", shell(LOOP).with("resources", amounts("100m", "64Mi")));
        Obj pod = until("sized", NodeScene::ready).orElseThrow();
        assertThat(exec("sized", MEMORY)).isEqualTo(Long.toString(64L << 20) + "\n");
        Struct wanted = amounts("200m", "128Mi");
        api.update(ReferencedObjects.PODS,
                find("sized").orElseThrow().with(Seq.of(pod.spec().seq("containers").struct(0)
                        .with("resources", wanted)), "spec", "containers"),
                WriteOptions.PLAIN);
        pod = until("sized", p -> p.isPresent() && container(p.get()).struct("resources").equals(wanted))
                .orElseThrow();
        assertThat(exec("sized", MEMORY)).isEqualTo(Long.toString(128L << 20) + "\n");
        assertThat(exec("sized", QUOTA)).startsWith("20000");
        assertThat(container(pod).whole("restartCount", 9)).isZero();
    }

    private static Struct amounts(String cpu, String memory) {
        Struct amounts = Struct.of("cpu", cpu, "memory", memory);
        return Struct.of("requests", amounts, "limits", amounts);
    }

    @Test
    void runsAPodFromAFileAndMirrorsIt() throws Exception {
        Path file = directory.resolve("agent/pod-manifests/own.yaml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, STATIC);
        Obj mirror = until("own-n1", NodeScene::ready).orElseThrow();
        assertThat(mirror.annotations()).containsEntry("kubernetes.io/config.source", "file")
                .containsKey("kubernetes.io/config.mirror");
        String id = container(mirror).text("containerID");
        delete("own-n1", 0);
        Obj again = until("own-n1", o -> ready(o) && !o.orElseThrow().uid().equals(mirror.uid())).orElseThrow();
        assertThat(container(again).text("containerID")).as("the deletion of its mirror does not touch it")
                .isEqualTo(id);
        Files.delete(file);
        until("own-n1", Optional::isEmpty);
        Waiting.until("end of the container", () -> containerd.runtime().containers(Map.of()).stream()
                .noneMatch(c -> id.endsWith(c.id()) && c.running()));
    }

    @Test
    void rotatesALogWithoutLosingALine() throws Exception {
        create("talk", shell("i=0; while [ $i -lt 2000 ]; do i=$((i+1)); echo line $i; [ $((i % 20)) -gt 0 ]"
                + " || sleep 0.1; done; " + LOOP));
        Obj pod = until("talk", NodeScene::ready).orElseThrow();
        Path logs = directory.resolve("log/pods/default_talk_" + pod.uid() + "/c");
        AtomicReference<List<String>> seen = new AtomicReference<>(List.of());
        Waiting.until("last line in a rotated log", () -> {
            seen.set(lines(logs));
            return files(logs).size() > 1 && seen.get().stream().anyMatch(line -> line.endsWith(" line 2000"));
        });
        List<String> lines = seen.get();
        for (int i = 0; i < lines.size(); i++) {
            assertThat(lines.get(i)).endsWith(" line " + (i + 1));
        }
        assertThat(lines).hasSize(2000);
    }

    /// The rotated logs, the oldest first, and 0.log itself, unless it is being rotated: the runtime opens the new one a
    /// moment after the old one got its name.
    private static List<Path> files(Path logs) throws IOException {
        try (Stream<Path> all = Files.list(logs)) {
            return all.filter(p -> p.getFileName().toString().startsWith("0.log"))
                    .sorted(Comparator.comparing((Path p) -> p.endsWith("0.log")).thenComparing(p -> p)).toList();
        }
    }

    /// The lines of all of them; none when one was rotated meanwhile.
    private static List<String> lines(Path logs) throws IOException {
        List<Path> files = files(logs);
        List<String> lines = new ArrayList<>();
        try {
            for (Path file : files) {
                lines.addAll(Files.readAllLines(file));
            }
        } catch (NoSuchFileException rotated) {
            return List.of();
        }
        return files(logs).equals(files) ? lines : List.of();
    }

    @Test
    void runsTheHookBeforeItEndsAContainer() throws Exception {
        Path seen = Files.createDirectories(directory.resolve("hook"));
        create("hooked", shell("trap 'echo term >> /v/seen; exit 0' TERM; while true; do sleep 0.1; done")
                .with("lifecycle", Struct.of("preStop", Struct.of("exec", Struct.of("command",
                        Seq.of("sh", "-c", "sleep 0.5; echo hook >> /v/seen")))))
                .with("volumeMounts", Seq.of(Struct.of("name", "v", "mountPath", "/v"))), "volumes",
                Seq.of(Struct.of("name", "v", "hostPath", Struct.of("path", seen.toString()))));
        until("hooked", NodeScene::ready);
        delete("hooked", 120);
        until("hooked", Optional::isEmpty);
        assertThat(seen.resolve("seen")).hasContent("hook\nterm\n");
    }

    @Test
    void asksAGrpcServerForItsHealth() throws Exception {
        try (GrpcHealth health = new GrpcHealth()) {
            Struct probe = Struct.of("grpc", Struct.of("port", health.port()), "periodSeconds", 1, "failureThreshold",
                    1);
            create("grpc", shell(LOOP).with("readinessProbe", probe), "hostNetwork", true);
            until("grpc", NodeScene::ready);
            health.serving(false);
            until("grpc", o -> !ready(o));
            health.serving(true);
            until("grpc", NodeScene::ready);
        }
    }
}
