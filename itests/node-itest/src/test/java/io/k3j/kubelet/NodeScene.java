package io.k3j.kubelet;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.TimeSource;
import io.k3j.cricontainerd.TestRuntime;
import io.k3j.kubeletoptions.KubeletSettings;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ExecResult;
import io.k3j.nodefiles.Mounts;
import io.k3j.nodefiles.Trees;
import io.k3j.testkit.FakeApi;
import io.k3j.testkitbase.Teardown;
import io.k3j.testkitbase.Waiting;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// A kubelet between an API in memory and a real containerd. Needs root, containerd, runc and the CNI plugins.
@EnabledIfSystemProperty(named = "user.name", matches = "root", disabledReason = "needs root")
@NeedsPackages({"containerd", "runc", "containernetworking-plugins", "nftables", "conntrack"})
abstract class NodeScene {
    static final String IMAGE = "k3j.io/busybox:1";
    static final String LOOP = "trap 'exit 0' TERM; while true; do sleep 0.1; done";
    private static final int CGROUP_DEPTH = 8;
    static Path directory;
    static TestRuntime containerd;
    FakeApi api;
    NodeAgent agent;

    @BeforeAll
    static void start() throws Exception {
        // a unix socket's path may have 107 bytes only
        directory = Files.createTempDirectory("k3j");
        containerd = new TestRuntime(directory);
    }

    @AfterAll
    static void stop() {
        if (containerd != null) {
            Teardown.of("containerd in " + directory, containerd::close,
                    () -> new Mounts().unmountBelow(directory), () -> Trees.delete(directory),
                    NodeScene::removeCgroups);
        }
    }

    /// Its own, since a process that an aborted run has left keeps that one's.
    private static String cgroupRoot() {
        return "/k3jtest-" + directory.getFileName();
    }

    /// The tree shrinks while it is walked, and a group goes a moment after its last process.
    private static void removeCgroups() throws InterruptedException {
        Waiting.until("end of all control groups", () -> {
            try (Stream<Path> all = Files.find(Path.of("/sys/fs/cgroup"), CGROUP_DEPTH, (p, a) -> a.isDirectory()
                    && p.toString().contains(cgroupRoot()))) {
                for (Path cgroup : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(cgroup);
                }
            }
            return true;
        });
    }

    @BeforeEach
    void begin() throws IOException {
        api = FakeApi.live();
        api.seed(new Gvr("", "v1", "namespaces"), Obj.of(Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata",
                Struct.of("name", "default"))));
        agent = agent();
    }

    NodeAgent agent() throws IOException {
        Map<String, Object> given = Map.of("dataDir", directory.toString(), "nodeName", "n1", "kubeletArg",
                new String[] {"root-dir=" + directory + "/kubelet", "pod-logs-dir=" + directory + "/log/pods",
                        "cgroup-root=" + cgroupRoot(), "container-log-max-size=16Ki"});
        KubeletSettings settings = (KubeletSettings) Proxy.newProxyInstance(KubeletSettings.class.getClassLoader(),
                new Class<?>[] {KubeletSettings.class},
                (p, m, a) -> given.getOrDefault(m.getName(), m.getDefaultValue()));
        NodeAgent fresh = new NodeAgent(settings, containerd.runtime(), TimeSource.system(), ready -> {
        }, Health.none());
        fresh.attach(api);
        return fresh;
    }

    @AfterEach
    void end() throws Exception {
        if (agent == null) {
            return;
        }
        for (PodWorker w : List.copyOf(agent.workers().all())) {
            delete(w.pod().name(), 0);
        }
        // uids begin anew with the next API: nothing of these pods may be left
        Waiting.until("end of all pods", () -> agent.workers().all().isEmpty());
        agent.close();
        api.close();
    }

    void create(String name, Struct container, Object... more) {
        Struct given = Struct.of(more);
        String grace = "terminationGracePeriodSeconds";
        Struct spec = given.with(grace, given.whole(grace, 1)).with("nodeName", "n1").with("containers",
                Seq.of(container));
        api.create(ReferencedObjects.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", name, "namespace", "default"), "spec", spec)), WriteOptions.PLAIN);
    }

    static Struct shell(String script) {
        return Struct.of("name", "c", "image", IMAGE, "command", Seq.of("/bin/sh", "-c", script));
    }

    void delete(String name, long grace) {
        if (find(name).isPresent()) {
            api.delete(ReferencedObjects.PODS, new Key("default", name), new DeleteOptions(grace, "", "", 0));
        }
    }

    Optional<Obj> find(String name) {
        return api.find(ReferencedObjects.PODS, new Key("default", name));
    }

    Optional<Obj> until(String name, Predicate<Optional<Obj>> holds) throws InterruptedException {
        AtomicReference<Optional<Obj>> now = new AtomicReference<>(Optional.empty());
        Waiting.until("state of pod " + name, Waiting.LIMIT, () -> {
            now.set(find(name));
            return holds.test(now.get());
        }, () -> "it is " + now.get().map(Obj::status));
        return now.get();
    }

    String exec(String name, String script) {
        String id = agent.workers().find("default", name).orElseThrow().runtime().newest("c").orElseThrow().id();
        ExecResult r = containerd.runtime().exec(id, List.of("/bin/sh", "-c", script), Duration.ofSeconds(60));
        return new String(r.output(), StandardCharsets.UTF_8);
    }

    static boolean ready(Optional<Obj> pod) {
        return pod.isPresent()
                && pod.get().status().seq("conditions").find("type", "Ready").text("status").equals("True");
    }

    static String phase(Optional<Obj> pod) {
        return pod.map(o -> o.status().text("phase")).orElse("");
    }

    static Struct container(Obj pod) {
        return pod.status().seq("containerStatuses").find("name", "c");
    }
}
