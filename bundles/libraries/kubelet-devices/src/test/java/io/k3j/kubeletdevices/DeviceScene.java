package io.k3j.kubeletdevices;

import io.k3j.componentapi.Health;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.ManualClock;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitcsi.DevicePlugin;
import io.k3j.testkitcsi.KubeletClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A node with its device manager on real sockets, and plug-ins that do as they are told.
@Timeout(120)
abstract class DeviceScene {
    static final String RESOURCE = "example.com/device";
    @TempDir
    Path root;
    final ManualClock clock = new ManualClock();
    /// Which pods have not ended, once that is known.
    volatile Optional<Set<String>> living = Optional.empty();
    String boot = "boot-1";
    /// Bits of the NUMA nodes from which devices are taken first.
    long nodes;
    /// How often the Node had something new to say.
    final AtomicInteger news = new AtomicInteger();
    DeviceManager manager;
    private CountDownLatch closed;
    private final List<Thread> loops = new ArrayList<>();
    private final List<DevicePlugin> plugins = new ArrayList<>();

    @BeforeEach
    void begin() throws IOException {
        Files.createDirectories(root.resolve("plugins_registry"));
        start();
    }

    /// Begins, as another kubelet after [#stop].
    void start() {
        closed = new CountDownLatch(1);
        manager = new DeviceManager(new DeviceManager.Host(root, boot, news::incrementAndGet, () -> living), clock,
                Health.none());
        CountDownLatch until = closed;
        DeviceManager fresh = manager;
        loop(() -> fresh.run(until));
        loop(() -> fresh.findPlugins(until));
    }

    /// What goes on until it is interrupted.
    interface Loop {
        void run() throws InterruptedException;
    }

    void loop(Loop loop) {
        loops.add(Thread.ofVirtual().start(() -> {
            try {
                loop.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    CountDownLatch closed() {
        return closed;
    }

    @AfterEach
    void end() throws Exception {
        stop();
        for (DevicePlugin plugin : plugins) {
            plugin.close();
        }
    }

    void stop() throws InterruptedException {
        closed.countDown();
        for (Thread loop : loops) {
            loop.interrupt();
            loop.join();
        }
        loops.clear();
        manager.close();
    }

    Path directory() {
        return root.resolve("device-plugins");
    }

    /// A plug-in of so many healthy devices, `d0` and so on, that is not registered yet.
    DevicePlugin plugin(String socket, int devices) throws IOException, InterruptedException {
        // which takes away sockets when it begins
        Waiting.until("the kubelet listens", () -> Files.exists(directory().resolve("kubelet.sock")));
        DevicePlugin plugin = new DevicePlugin(directory().resolve(socket), RESOURCE);
        plugins.add(plugin);
        Struct[] all = new Struct[devices];
        for (int i = 0; i < devices; i++) {
            all[i] = DevicePlugin.device("d" + i, true);
        }
        plugin.list(all);
        return plugin;
    }

    void register(String socket, String resource) {
        try (KubeletClient client = new KubeletClient(directory().resolve("kubelet.sock"))) {
            client.register(Struct.of("version", "v1beta1", "endpoint", socket, "resource_name", resource));
        }
    }

    /// A plug-in that is registered and has told of its devices.
    DevicePlugin registered(int devices) throws Exception {
        DevicePlugin plugin = plugin("p.sock", devices);
        register("p.sock", RESOURCE);
        Waiting.until("its devices are known", () -> allocatable() == devices);
        return plugin;
    }

    long capacity() {
        return manager.amounts().capacity().getOrDefault(RESOURCE, -1L);
    }

    long allocatable() {
        return manager.amounts().allocatable().getOrDefault(RESOURCE, -1L);
    }

    static Struct container(String name, int devices) {
        return Struct.of("name", name, "resources",
                Struct.of("limits", Struct.of(RESOURCE, Integer.toString(devices), "cpu", "1")));
    }

    static Obj pod(String uid, Struct... containers) {
        return Obj.of(Struct.of("metadata", Struct.of("name", uid, "namespace", "default", "uid", uid), "spec",
                Struct.of("containers", Seq.of((Object[]) containers))));
    }

    /// What a pod is told when it asks for devices, empty when it has them.
    String refusal(Obj pod) {
        boolean whole = false;
        try {
            PodDeviceRequest request = manager.request(pod);
            for (Struct container : PodSpecs.initContainers(pod)) {
                request.give(container, !PodSpecs.sidecar(container), nodes);
            }
            for (Struct container : PodSpecs.containers(pod)) {
                request.give(container, false, nodes);
            }
            manager.keep(request);
            whole = true;
            return "";
        } catch (DeviceFault e) {
            return String.valueOf(e.getMessage());
        } finally {
            if (!whole) {
                manager.ended(pod.uid());
            }
        }
    }

    Set<String> ids(String pod, String container) {
        Allocation has = manager.devices(pod, container).get(RESOURCE);
        return has == null ? Set.of() : has.ids();
    }
}
