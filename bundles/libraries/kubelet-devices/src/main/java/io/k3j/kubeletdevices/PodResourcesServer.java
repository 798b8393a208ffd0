package io.k3j.kubeletdevices;

import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.protobufwire.MalformedMessage;
import io.k3j.streaming.GrpcFailure;
import io.k3j.streaming.GrpcServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `pod-resources/kubelet.sock`: who on this node has which devices, CPUs and memory, for monitors (`List`, `Get`,
/// `GetAllocatableResources` of `v1`, `List` of `v1alpha1`). One loop, which sees to it that the socket is there; calls
/// have threads of their own. See
/// <https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/device-plugins/>.
public final class PodResourcesServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeletdevices");
    private static final String SERVICE = "/v1.PodResourcesLister/";
    /// Of the API before it was `v1`, which some monitors still ask.
    private static final String OLD_LIST = "/v1alpha1.PodResourcesLister/List";
    /// Its directory is hardly ever replaced.
    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final int MOST_REQUEST_BYTES = 16 * 1024;
    /// gRPC's code for what Go's server gives an error without one.
    private static final int UNKNOWN = 2;
    private final Path directory;
    private final DeviceManager devices;
    private final ExclusiveCpus cpus;
    private final ExclusiveMemory memory;
    private final Supplier<Collection<Obj>> pods;
    private @Nullable GrpcServer server;
    private boolean told;

    /// @param root the kubelet's directory
    /// @param pods those of this node that have not ended; asked at each call
    public PodResourcesServer(Path root, DeviceManager devices, ExclusiveCpus cpus, ExclusiveMemory memory,
            Supplier<Collection<Obj>> pods) {
        this.cpus = cpus;
        this.memory = memory;
        directory = root.resolve("pod-resources");
        this.devices = devices;
        this.pods = pods;
    }

    /// Serves until closed.
    /// @param closed reaches zero at the end
    public void run(CountDownLatch closed) throws InterruptedException {
        do {
            ensure();
        } while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
    }

    private void ensure() {
        GrpcServer now = server;
        if (now != null && now.reachable()) {
            return;
        }
        try {
            if (now != null) {
                server = null;
                now.close();
            }
            Files.createDirectories(directory,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
            server = new GrpcServer(directory.resolve("kubelet.sock"), "pod-resources", this::answer,
                    MOST_REQUEST_BYTES);
            told = false;
        } catch (IOException e) {
            LOG.log(told ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "Nobody can ask for the resources of pods path={0} error={1}", directory, e.toString());
            told = true;
        }
    }

    private byte[] answer(String path, byte[] request) {
        return switch (path) {
            case SERVICE + "List" -> PodResourcesMessages.pods(pods.get().stream().map(p -> resources(p)).toList());
            case OLD_LIST -> PodResourcesMessages.pods(pods.get().stream().map(p -> resources(p).old()).toList());
            case SERVICE + "Get" -> pod(request);
            case SERVICE + "GetAllocatableResources" -> PodResourcesMessages.allocatable(allocatable(),
                    cpus.allocatable(), memory.allocatableMemory());
            default -> throw new GrpcFailure(GrpcFailure.UNIMPLEMENTED, "unknown method " + path);
        };
    }

    private byte[] pod(byte[] request) {
        PodResourcesMessages.Asked asked = asked(request);
        Obj found = pods.get().stream()
                .filter(p -> p.name().equals(asked.name()) && p.namespace().equals(asked.namespace())).findFirst()
                .orElseThrow(() -> new GrpcFailure(UNKNOWN,
                        "pod " + asked.name() + " in namespace " + asked.namespace() + " not found"));
        return PodResourcesMessages.pods(List.of(resources(found)));
    }

    private static PodResourcesMessages.Asked asked(byte[] request) {
        try {
            return PodResourcesMessages.asked(request);
        } catch (MalformedMessage e) {
            throw new GrpcFailure(GrpcFailure.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
        }
    }

    /// Init containers that have ended have nothing any more; those that run on are told as the others.
    private PodResourcesMessages.PodResources resources(Obj pod) {
        List<PodResourcesMessages.ContainerResources> containers = Stream
                .concat(PodSpecs.initContainers(pod).stream().filter(PodSpecs::sidecar),
                        PodSpecs.containers(pod).stream())
                .map(container -> resources(pod, container)).toList();
        return new PodResourcesMessages.PodResources(pod.name(), pod.namespace(), containers);
    }

    private PodResourcesMessages.ContainerResources resources(Obj pod, Struct container) {
        String name = container.text("name");
        List<PodResourcesMessages.GivenDevice> given = new ArrayList<>();
        for (Map.Entry<String, Allocation> each : devices.devices(pod.uid(), name).entrySet()) {
            each.getValue().ids().forEach(id -> given.add(new PodResourcesMessages.GivenDevice(each.getKey(), id,
                    each.getValue().nodes(id))));
        }
        return new PodResourcesMessages.ContainerResources(name, given, cpus.of(pod.uid(), name),
                memory.memory(pod.uid(), name));
    }

    private List<PodResourcesMessages.GivenDevice> allocatable() {
        List<PodResourcesMessages.GivenDevice> all = new ArrayList<>();
        devices.allocatable().forEach((resource, some) -> some.values().forEach(device -> all
                .add(new PodResourcesMessages.GivenDevice(resource, device.id(), device.nodes()))));
        return all;
    }

    /// Ends the socket; after the loop.
    @Override
    public void close() {
        GrpcServer now = server;
        server = null;
        if (now != null) {
            now.close();
        }
    }
}
