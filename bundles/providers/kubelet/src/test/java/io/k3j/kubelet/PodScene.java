package io.k3j.kubelet;

import io.k3j.cgroups.CgroupDriver;
import io.k3j.cgroups.Cgroups;
import io.k3j.cgroups.MemoryControl;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.kubeletconfig.KubeletDefaults;
import io.k3j.kubeletdra.ClaimResources;
import io.k3j.kubeletimages.CredentialProviders;
import io.k3j.kubeletimages.ImageGarbageCollector;
import io.k3j.kubeletimages.Images;
import io.k3j.kubeletoptions.KubeletOptions;
import io.k3j.kubeletserver.PodWorkerMetrics;
import io.k3j.kubeletuserns.IdRange;
import io.k3j.kubeletuserns.UserNamespaces;
import io.k3j.kubeletvolumes.HostPrograms;
import io.k3j.kubeletvolumes.VolumeStats;
import io.k3j.kubeletvolumes.Volumes;
import io.k3j.kuberuntime.Dns;
import io.k3j.kuberuntime.Environment;
import io.k3j.kuberuntime.PodTokens;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodefiles.Mounts;
import io.k3j.podallocation.CurrentNode;
import io.k3j.podallocation.NodeAllocations;
import io.k3j.podallocation.NodeFit;
import io.k3j.podallocation.NodeResources;
import io.k3j.podstatus.PodStatus;
import io.k3j.podstatus.StatusWriter;
import io.k3j.probes.HandlerRunner;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import io.k3j.testkitbase.Waiting;
import io.k3j.volumecontent.ReferenceWatches;
import io.k3j.volumecontent.VolumeContent;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// The pod workers of a kubelet with an in-memory API and runtime. Cgroups are files in a directory.
abstract class PodScene {
    static final long NODE_MEMORY = 1L << 30;
    /// What runs on after that writes into a directory that is being deleted.
    static final Duration STOP = Duration.ofMinutes(1);
    final ScriptedRuntime runtime = new ScriptedRuntime();
    final CountDownLatch closed = new CountDownLatch(1);
    final FakeApi api = FakeApi.live();
    final ManualClock clock = new ManualClock();
    @TempDir
    Path directory;
    /// Called before what a pod refers to is read, with its resource.
    volatile Consumer<Gvr> reading = resource -> {
    };
    /// Why a pod is not taken.
    volatile Function<Obj, Optional<PodStatus.Waiting>> pressure = pod -> Optional.empty();
    Dependencies tools;
    PodWorkers workers;
    private LiveView view;

    @BeforeEach
    void begin() throws IOException {
        KubeletOptions options = new KubeletOptions("n", directory, directory.resolve("root"),
                directory.resolve("log/pods"), "/",
                List.of(), "cluster.local", arguments(), new KubeletDefaults(directory, List.of(), List.of(),
                        "cluster.local", "/etc/resolv.conf", List.of()));
        ReferencedObjects references = new ReferencedObjects((ApiClient) Proxy.newProxyInstance(
                ApiClient.class.getClassLoader(), new Class<?>[] {ApiClient.class}, (p, m, a) -> read(m, a)));
        Environment environment = new Environment(references, new Environment.Node("n", List.of(), 2000, NODE_MEMORY,
                () -> 0));
        PodTokens tokens = new PodTokens(api, clock.monotonic());
        api.seed(new Gvr("", "v1", "namespaces"), Obj.of(Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata",
                Struct.of("name", "default"))));
        NodeAllocations room = new NodeAllocations(2000, NODE_MEMORY);
        tools = new Dependencies(options, runtime, references, new Volumes(options.pods(), references,
                new VolumeContent(references, environment, tokens), new Mounts(), new HostPrograms(), clock,
                new VolumeStats(clock, clock.monotonic()), (pod, reason, message) -> {
                }), environment,
                new Cgroups(driver(), "/", -1),
                new Dns(List.of(), List.of(), List.of()), new HandlerRunner(runtime, closed),
                new Images(runtime, references, new CredentialProviders(Path.of("/absent"), Path.of("/absent"),
                        clock.monotonic()), clock.monotonic(), Images.PARALLEL),
                new StatusWriter(api, closed),
                new Events(api, "kubelet", "n", clock), clock, List::of, List.of("192.0.2.1"), NODE_MEMORY,
                MemoryControl.NONE,
                new UserNamespaces(options.pods(), IdRange.rest(IdRange.UNIT), runtime, new Random(1)), room, tokens,
                new ReferenceWatches(clock),
                new PodAdmission(List.of(), false, new NodeFit(new CurrentNode(api, "n", clock.monotonic()), room),
                        pod -> pressure.apply(pod), resources()),
                new StartGates(Duration.ofMinutes(5)),
                new ClaimResources(directory.resolve("root"), "n", api, clock.monotonic()), new PodWorkerMetrics(),
                closed);
        workers = new PodWorkers(tools);
        view = new LiveView(ReferencedObjects.PODS, Query.ALL, clock);
        view.listen(workers);
        view.attach(api);
    }

    /// The collector of images.
    ImageGarbageCollector collector() {
        return new ImageGarbageCollector(runtime, tools.options().imageLimits(), clock.monotonic(), tools::warn);
    }

    private Object read(Method method, Object[] arguments) throws Throwable {
        reading.accept((Gvr) arguments[0]);
        try {
            return method.invoke(api, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /// What `--kubelet-arg` says.
    Map<String, String> arguments() {
        return Map.of();
    }

    /// What containers may have for themselves.
    NodeResources resources() throws IOException {
        return NodeResources.none();
    }

    /// The cgroup driver.
    CgroupDriver driver() {
        return CgroupDriver.cgroupfs(directory.resolve("cgroup"));
    }

    @AfterEach
    void end() {
        runtime.stubborn.values().forEach(CountDownLatch::countDown);
        closed.countDown();
        view.close();
        workers.stop(STOP);
        api.close();
    }

    /// Waits until all pods of the API are known, and what runs for none of them was looked for: what is made in the
    /// runtime afterwards nobody takes for an orphan.
    void known() throws InterruptedException {
        until(view::synced);
        // is let in once the workers, who are told while the view is locked, have done what they do then
        view.listen((before, after) -> {
        });
    }

    /// Creates a pod bound to this node; its worker is notified.
    Obj pod(String name, Struct spec) {
        return pod(name, spec, Struct.EMPTY);
    }

    /// The same with annotations.
    Obj pod(String name, Struct spec, Struct annotations) {
        return api.seed(ReferencedObjects.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", name, "namespace", "default", "generation", 1, "annotations", annotations), "spec",
                spec.with("nodeName", "n"), "status", Struct.of("phase", "Pending"))));
    }

    static Struct container(String name) {
        return Struct.of("name", name, "image", "image:1");
    }

    static Struct spec(Struct... containers) {
        return Struct.of("containers", Seq.of((Object[]) containers));
    }

    Obj now(Obj pod) {
        return api.get(ReferencedObjects.PODS, pod.key());
    }

    /// Marks a pod as terminating, as the API does.
    void terminate(Obj pod, long grace) {
        api.seed(ReferencedObjects.PODS, now(pod).with("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")
                .with(grace, "metadata", "deletionGracePeriodSeconds"));
    }

    boolean ready(Obj pod) {
        return api.find(ReferencedObjects.PODS, pod.key())
                .map(p -> p.status().seq("conditions").find("type", "Ready").text("status").equals("True"))
                .orElse(false);
    }

    boolean called(String call) {
        return runtime.calls.stream().anyMatch(c -> c.startsWith(call));
    }

    void until(BooleanSupplier holds) throws InterruptedException {
        Waiting.until("what is waited for", Waiting.LIMIT, holds::getAsBoolean,
                () -> "calls " + runtime.calls + ", pods " + api.list(ReferencedObjects.PODS, Query.ALL).items()
                        .stream().map(Obj::status).toList());
    }
}
