package io.k3j.kubeletdevices;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.TimeSource;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/// The devices of this node: whose they are, and what the Node says of them. Any thread; what asks plug-ins blocks for
/// them. See
/// <https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/device-plugins/>.
///
/// ```
/// kubelet.sock, plugins_registry ─► plug-in ── ListAndWatch ──► devices ──► Node
///                                      ▲                           │
///                                      └── Allocate ── a pod that is admitted ──► checkpoint
/// ```
///
/// A kubelet that takes the place of another one reads the checkpoint: containers keep what they have, whether their
/// plug-ins have registered again or not. A method that asks a plug-in throws a
/// [java.util.concurrent.CancellationException] when its thread is interrupted.
public final class DeviceManager implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeletdevices");
    private static final Duration LOOK = Duration.ofSeconds(1);
    /// The Node is told so often at most, as by upstream: a plug-in may list other devices each second.
    private static final Duration TELL = Duration.ofSeconds(10);
    private final DeviceInventory inventory;
    private final PodDevices pods = new PodDevices();
    private final DeviceAllocator allocator;
    private final CheckpointFile checkpoint;
    private final RegisteredPlugins plugins;
    private final RegistrationSocket socket;
    private final RegistrySockets registry;
    private final AtomicBoolean changed = new AtomicBoolean();
    private final Runnable news;
    private final InstantSource monotonic;
    private final Supplier<Optional<Set<String>>> living;
    /// Pods with devices that were not among the living at the last look; the loop's.
    private Set<String> absent = Set.of();
    private boolean told;
    /// What the Node was let know of last, whether more has happened since, and when it may be told again; the loop's.
    private DeviceAmounts said = DeviceAmounts.NONE;
    private boolean unsaid;
    private Instant again = Instant.MIN;

    /// What it is told of its node.
    ///
    /// @param root the kubelet's directory
    /// @param boot of the kernel, as `/proc/sys/kernel/random/boot_id` has it: what plug-ins have prepared under
    ///     another one has to be prepared again
    /// @param news called when the Node has something new to say; does not block
    /// @param living the uids of pods that have not ended; empty while that is not known
    public record Host(Path root, String boot, Runnable news, Supplier<Optional<Set<String>>> living) {
    }

    /// Reads the checkpoint; [#run] does the rest. Blocks for the disk.
    /// @param health where the loops of plug-ins report
    public DeviceManager(Host host, TimeSource clock, Health health) {
        Path directory = host.root().resolve("device-plugins");
        news = host.news();
        living = host.living();
        monotonic = clock.monotonic();
        inventory = new DeviceInventory(monotonic);
        allocator = new DeviceAllocator(inventory, pods);
        checkpoint = new CheckpointFile(directory, host.boot());
        plugins = new RegisteredPlugins(inventory, health, () -> changed.set(true));
        socket = new RegistrationSocket(directory, plugins);
        registry = new RegistrySockets(host.root().resolve("plugins_registry"), plugins, monotonic);
        Checkpoint before = checkpoint.read();
        before.pods().forEach(pods::put);
        inventory.restore(before.registered().keySet());
    }

    /// Serves plug-ins until closed, without their registry: [#findPlugins] is a loop of its own.
    /// @param closed reaches zero at the end
    public void run(CountDownLatch closed) throws InterruptedException {
        socket.clean();
        do {
            look();
        } while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
    }

    /// Looks for plug-ins that wait to be found, until closed.
    /// @param closed reaches zero at the end
    public void findPlugins(CountDownLatch closed) throws InterruptedException {
        do {
            registry.look();
        } while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
    }

    private void look() {
        socket.ensure();
        if (inventory.expire()) {
            changed.set(true);
        }
        forgetEnded();
        if (changed.getAndSet(false)) {
            unsaid = true;
            write();
        }
        if (unsaid && !monotonic.instant().isBefore(again)) {
            say();
        }
    }

    /// A list that is like the one before is no news.
    private void say() {
        unsaid = false;
        DeviceAmounts now = inventory.amounts();
        if (!now.equals(said)) {
            said = now;
            again = monotonic.instant().plus(TELL);
            news.run();
        }
    }

    /// Twice not among the living: one that has just come may not have been there when they were counted.
    private void forgetEnded() {
        Set<String> gone = pods.pods();
        if (!gone.isEmpty()) {
            living.get().ifPresentOrElse(gone::removeAll, gone::clear);
        }
        gone.stream().filter(absent::contains).forEach(this::ended);
        absent = gone;
    }

    private void write() {
        try {
            checkpoint.write(pods, inventory);
            told = false;
        } catch (IOException e) {
            changed.set(true);
            LOG.log(told ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "Cannot write which containers have which devices error={0}", e.toString());
            told = true;
        }
    }

    /// Begins to give a pod that is to run here the devices that its containers ask for; [#keep] ends it, or [#ended],
    /// which gives back what it has by then.
    public PodDeviceRequest request(Obj pod) {
        return new PodDeviceRequest(pod, inventory, pods, allocator);
    }

    /// What was given is the pod's, whatever becomes of this kubelet.
    /// @throws DeviceFault when it cannot be written
    public void keep(PodDeviceRequest request) throws DeviceFault {
        try {
            if (request.any()) {
                checkpoint.write(pods, inventory);
            }
        } catch (IOException e) {
            throw new DeviceFault("failed to write checkpoint file: " + e.getMessage());
        }
    }

    /// What a container that is about to start is given. Devices that it was to have and does not, as after a lost
    /// checkpoint, are given to it now.
    /// @throws DeviceFault why it cannot start yet
    public ContainerDevices of(Obj pod, Struct container) throws DeviceFault {
        Map<String, Integer> wanted = allocator.wanted(pod, container);
        if (wanted.isEmpty()) {
            return ContainerDevices.NONE;
        }
        boolean fresh = allocator.allocate(pod, container, Map.of(), 0);
        String name = container.text("name");
        List<AllocateResponse> responses = new ArrayList<>();
        for (String resource : wanted.keySet()) {
            PodDevices.Place place = new PodDevices.Place(pod.uid(), name, resource);
            fresh |= pods.find(place).filter(a -> a.response().isEmpty()).isPresent();
            allocator.ask(place);
            Allocation given = pods.find(place).orElseThrow(() -> new DeviceFault("the pod has ended"));
            Optional<PluginClient> plugin = inventory.plugin(resource).filter(p -> p.options().preStart());
            if (plugin.isPresent()) {
                plugin.get().preStart(given.ids());
            }
            given.response().map(AllocateResponse::of).ifPresent(responses::add);
        }
        if (fresh) {
            changed.set(true);
        }
        return new ContainerDevices(responses);
    }

    /// Gives back what a pod has. May be called again.
    public void ended(String uid) {
        if (pods.free(uid)) {
            changed.set(true);
        }
    }

    /// What the Node says.
    public DeviceAmounts amounts() {
        return inventory.amounts();
    }

    /// What pods have, in devices by resource: a pod that was given devices fits, whatever the Node says meanwhile.
    public Map<String, Long> allocated() {
        Map<String, Long> all = new TreeMap<>();
        pods.taken().forEach((resource, ids) -> all.put(resource, (long) ids.size()));
        return all;
    }

    /// What a container has, by resource.
    Map<String, Allocation> devices(String pod, String container) {
        return pods.of(pod, container);
    }

    /// The health of what a container has, as its status tells it (`allocatedResourcesStatus`); empty for nothing. Of
    /// a device whose plug-in is not there nothing is known.
    public Seq health(String pod, String container) {
        List<Struct> all = new ArrayList<>();
        devices(pod, container).forEach((resource, has) -> {
            Map<String, Device> listed = inventory.devices(resource);
            boolean told = inventory.plugin(resource).isPresent();
            List<Struct> devices = has.ids().stream().map(id -> {
                Device device = told ? listed.get(id) : null;
                String health = device == null ? "Unknown" : device.healthy() ? "Healthy" : "Unhealthy";
                return Struct.of("resourceID", id, "health", health);
            }).toList();
            all.add(Struct.of("name", resource, "resources", Seq.copyOf(devices)));
        });
        return Seq.copyOf(all);
    }

    /// What containers may be given at all, by resource and id.
    Map<String, Map<String, Device>> allocatable() {
        Map<String, Map<String, Device>> all = new TreeMap<>();
        inventory.healthy().forEach((resource, ids) -> {
            Map<String, Device> healthy = new TreeMap<>(inventory.devices(resource));
            healthy.keySet().retainAll(ids);
            all.put(resource, healthy);
        });
        return all;
    }

    /// Ends all registrations and the socket; after the loops. What containers have stays theirs.
    @Override
    public void close() {
        socket.close();
        plugins.close();
    }
}
