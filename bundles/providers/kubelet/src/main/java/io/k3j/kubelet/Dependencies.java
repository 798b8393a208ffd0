package io.k3j.kubelet;

import io.k3j.cgroups.Cgroups;
import io.k3j.cgroups.ContainerResources;
import io.k3j.cgroups.MemoryControl;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Events;
import io.k3j.kubeletdra.ClaimResources;
import io.k3j.kubeletimages.Images;
import io.k3j.kubeletoptions.CgroupOptions;
import io.k3j.kubeletoptions.KubeletOptions;
import io.k3j.kubeletserver.PodWorkerMetrics;
import io.k3j.kubeletuserns.UserNamespaces;
import io.k3j.kubeletvolumes.Volumes;
import io.k3j.kuberuntime.Dns;
import io.k3j.kuberuntime.Environment;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.kuberuntime.PodTokens;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.podallocation.NodeAllocations;
import io.k3j.podallocation.Resizes;
import io.k3j.podstatus.PodStatus;
import io.k3j.podstatus.StatusWriter;
import io.k3j.probes.HandlerRunner;
import io.k3j.volumecontent.ReferenceWatches;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/// What every pod worker needs; thread-safe.
///
/// @param hosts addresses of this node
/// @param nodeMemory bytes
/// @param memory what the kernel is told of that of containers
/// @param userNamespaces which ids of the host pods have
/// @param room the resources allocated to its pods
/// @param claims devices of ResourceClaims
/// @param metrics counts what is done to pods
/// @param closed reaches zero when the kubelet stops
record Dependencies(KubeletOptions options, ContainerRuntime runtime, ReferencedObjects references, Volumes volumes,
        Environment environment, Cgroups cgroups, Dns dns, HandlerRunner handlers, Images images, StatusWriter statuses,
        Events events, TimeSource clock, Supplier<Collection<Obj>> services, List<String> hosts, long nodeMemory,
        MemoryControl memory, UserNamespaces userNamespaces, NodeAllocations room, PodTokens tokens,
        ReferenceWatches watches, PodAdmission admission, StartGates gates, ClaimResources claims,
        PodWorkerMetrics metrics, CountDownLatch closed)
        implements
            Resizes.Node {

    /// Gives to other pods what is kept of the node for one: room and host ports. May be called again.
    void release(String uid) {
        room.free(uid);
        admission.ended(uid);
    }

    /// The same for a pod whose containers have ended, with the devices and CPUs that they had for themselves.
    void free(String uid) {
        release(uid);
        admission.resources().ended(uid);
    }

    @Override
    public Struct limits(Obj pod, Struct container) {
        return admission.resources().applied(pod, container,
                CgroupOptions.held(options, ContainerResources.linux(pod, container, nodeMemory, memory)));
    }

    @Override
    public Optional<PodStatus.Waiting> resize(Obj given, Obj changed) {
        Optional<PodStatus.Waiting> refusal = admission.resources().resizeRefusal(given, changed);
        return refusal.isPresent() ? refusal : room.tryResize(changed);
    }

    /// Runs a hook of a container's life.
    /// @return what went wrong; empty when nothing did
    String hook(Struct hook, HandlerRunner.Target target, Duration limit) {
        HandlerRunner.Result result = handlers.hook(hook, target, limit);
        if (!result.warning().isEmpty()) {
            tell(target.pod(), true, "LifecycleHTTPFallback", result.warning());
        }
        return result.problem();
    }

    /// Records a warning about this node, which upstream's kubelet refers to by its name in place of the uid.
    void warn(String reason, String message) {
        tellOfNode("Warning", reason, message);
    }

    /// Records an event about this node that is no warning.
    void inform(String reason, String message) {
        tellOfNode("Normal", reason, message);
    }

    private void tellOfNode(String type, String reason, String message) {
        events.tell(Struct.of("kind", "Node", "name", options.nodeName(), "uid", options.nodeName()), type, reason,
                message);
    }

    @Override
    public void tell(Obj pod, boolean warning, String reason, String message) {
        events.tell(Events.reference(pod), warning ? "Warning" : "Normal", reason, message);
    }

    /// Records an event of a container.
    void tell(Obj pod, String container, boolean warning, String reason, String message) {
        String field = PodSpecs.initContainers(pod).stream().anyMatch(c -> c.text("name").equals(container))
                ? "initContainers" : "containers";
        Struct about = Events.reference(pod).with("fieldPath", "spec." + field + "{" + container + "}");
        events.tell(about, warning ? "Warning" : "Normal", reason, message);
    }
}
