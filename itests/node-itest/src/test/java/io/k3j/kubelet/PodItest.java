package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.cricontainerd.TestRuntime;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ExecResult;
import io.k3j.testkit.FakeApi;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/// Pods from an API in memory to real containers. Needs root, containerd, runc and the CNI plugins.
@EnabledIf(value = "possible", disabledReason = "needs root and containerd")
class PodItest {
    private static final String IMAGE = "k3j.io/busybox:1";
    private static final String LOOP = "trap 'exit 0' TERM; while true; do sleep 0.1; done";
    private static Path directory;
    private static TestRuntime containerd;
    private final CountDownLatch never = new CountDownLatch(1);
    private FakeApi api;
    private NodeAgent agent;

    static boolean possible() {
        return Files.isExecutable(Path.of("/usr/bin/containerd")) && "root".equals(System.getProperty("user.name"));
    }

    @BeforeAll
    static void start() throws Exception {
        // a unix socket's path may have 107 bytes only
        directory = Files.createTempDirectory("k3j");
        containerd = new TestRuntime(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        if (containerd != null) {
            containerd.close();
            new Mounts().unmountBelow(directory);
            Trees.delete(directory);
        }
    }

    @BeforeEach
    void begin() throws IOException {
        api = FakeApi.live();
        api.seed(new Gvr("", "v1", "namespaces"), Obj.of(Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata",
                Struct.of("name", "default"))));
        agent = agent();
    }

    private NodeAgent agent() throws IOException {
        Map<String, Object> given = Map.of("dataDir", directory.toString(), "nodeName", "n1", "kubeletArg",
                new String[] {"root-dir=" + directory + "/kubelet", "pod-logs-dir=" + directory + "/log/pods",
                        "cgroup-root=/k3jtest"});
        Settings settings = (Settings) Proxy.newProxyInstance(Settings.class.getClassLoader(),
                new Class<?>[] {Settings.class}, (p, m, a) -> given.getOrDefault(m.getName(), m.getDefaultValue()));
        NodeAgent fresh = new NodeAgent(settings, containerd.runtime(), InstantSource.system(), ready -> {
        });
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
        for (int i = 0; i < 1000 && !agent.workers().all().isEmpty(); i++) {
            never.await(20, TimeUnit.MILLISECONDS);
        }
        agent.close();
        api.close();
    }

    @Test
    void runsAPodAndGivesItBackWithoutATrace() throws Exception {
        create("web", Struct.of("name", "c", "image", IMAGE));
        Obj pod = until("web", PodItest::ready).orElseThrow();
        assertThat(pod.status().text("podIP")).startsWith("10.88.77.");
        assertThat(exec("web", "cat /www/index.html")).isEqualTo("web\n");
        delete("web", -1);
        until("web", Optional::isEmpty);
        assertThat(directory.resolve("kubelet/pods")).isEmptyDirectory();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(pod.uid());
    }

    @Test
    void finishesAPodThatEndsAndKeepsItsLastWords() throws Exception {
        create("job", shell("echo why > /dev/termination-log; exit 3"), "restartPolicy", "Never");
        Obj pod = until("job", o -> phase(o).equals("Failed")).orElseThrow();
        Struct end = container(pod).struct("state").struct("terminated");
        assertThat(end.whole("exitCode", 0)).isEqualTo(3);
        assertThat(end.text("message")).isEqualTo("why\n");
    }

    @Test
    void waitsLongerAfterTheSecondCrash() throws Exception {
        create("crash", shell("exit 1"));
        Obj pod = until("crash", o -> o.isPresent() && container(o.get()).struct("state").struct("waiting")
                .text("reason").equals("CrashLoopBackOff")).orElseThrow();
        assertThat(container(pod).whole("restartCount", 0)).isEqualTo(1);
    }

    @Test
    void restartsAContainerThatFailsItsProbe() throws Exception {
        Struct probe = Struct.of("exec", Struct.of("command", Seq.of("test", "!", "-e", "/tmp/sick")), "periodSeconds",
                1,
                "failureThreshold", 1);
        create("sick", shell(LOOP).with("livenessProbe", probe));
        until("sick", PodItest::ready);
        exec("sick", "touch /tmp/sick");
        until("sick", o -> o.isPresent() && container(o.get()).whole("restartCount", 0) == 1);
    }

    @Test
    void showsAChangedConfigMapInTheRunningPod() throws Exception {
        Gvr maps = new Gvr("", "v1", "configmaps");
        Obj map = api.create(maps, Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                Struct.of("name", "m", "namespace", "default"), "data", Struct.of("k", "old"))), WriteOptions.PLAIN);
        create("vol", shell(LOOP).with("volumeMounts", Seq.of(Struct.of("name", "v", "mountPath", "/v"))), "volumes",
                Seq.of(Struct.of("name", "v", "configMap", Struct.of("name", "m"))));
        until("vol", PodItest::ready);
        api.update(maps, map.with("new", "data", "k"), WriteOptions.PLAIN);
        for (int i = 0; i < 200 && !exec("vol", "cat /v/k").equals("new"); i++) {
            never.await(50, TimeUnit.MILLISECONDS);
        }
        assertThat(exec("vol", "cat /v/k")).isEqualTo("new");
    }

    @Test
    void letsTheNextKubeletAdoptWhatRuns() throws Exception {
        create("keep", shell(LOOP));
        String id = container(until("keep", PodItest::ready).orElseThrow()).text("containerID");
        agent.close();
        agent = agent();
        for (int i = 0; i < 200 && agent.workers().find("default", "keep").isEmpty(); i++) {
            never.await(20, TimeUnit.MILLISECONDS);
        }
        Obj pod = until("keep", PodItest::ready).orElseThrow();
        assertThat(container(pod).text("containerID")).isEqualTo(id);
        assertThat(container(pod).whole("restartCount", 9)).isZero();
    }

    private void create(String name, Struct container, Object... more) {
        Struct spec = Struct.of(more).with("nodeName", "n1").with("containers", Seq.of(container));
        api.create(References.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", name, "namespace", "default"), "spec", spec)), WriteOptions.PLAIN);
    }

    private static Struct shell(String script) {
        return Struct.of("name", "c", "image", IMAGE, "command", Seq.of("/bin/sh", "-c", script));
    }

    private void delete(String name, long grace) {
        if (find(name).isPresent()) {
            api.delete(References.PODS, new Key("default", name), new DeleteOptions(grace, "", "", 0));
        }
    }

    private Optional<Obj> find(String name) {
        return api.find(References.PODS, new Key("default", name));
    }

    private Optional<Obj> until(String name, Predicate<Optional<Obj>> holds) throws InterruptedException {
        for (int i = 0; i < 3000 && !holds.test(find(name)); i++) {
            never.await(20, TimeUnit.MILLISECONDS);
        }
        Optional<Obj> now = find(name);
        assertThat(now).as("pod %s: %s", name, now.map(Obj::status)).matches(holds);
        return now;
    }

    private String exec(String name, String script) {
        String id = agent.workers().find("default", name).orElseThrow().runtime().newest("c").orElseThrow().id();
        ExecResult r = containerd.runtime().exec(id, List.of("/bin/sh", "-c", script), Duration.ofSeconds(10));
        return new String(r.output(), StandardCharsets.UTF_8);
    }

    private static boolean ready(Optional<Obj> pod) {
        return pod.isPresent()
                && pod.get().status().seq("conditions").find("type", "Ready").text("status").equals("True");
    }

    private static String phase(Optional<Obj> pod) {
        return pod.map(o -> o.status().text("phase")).orElse("");
    }

    private static Struct container(Obj pod) {
        return pod.status().seq("containerStatuses").find("name", "c");
    }
}
