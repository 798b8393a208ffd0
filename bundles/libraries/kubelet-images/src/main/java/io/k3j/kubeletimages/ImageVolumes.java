package io.k3j.kubeletimages;

import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodeapi.RuntimeVersion;
import io.k3j.podstatus.PodStatus;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Volumes that are images: pulled as a container's image is, mounted by the runtime, never written to. See
/// <https://kubernetes.io/docs/tasks/configure-pod-container/image-volumes/>.
public final class ImageVolumes {
    /// The first containerd that mounts images by CRI; older ones know nothing of the field and find no host path.
    private static final List<Integer> CONTAINERD = List.of(2, 1);

    private ImageVolumes() {
    }

    /// The image volumes that a container mounts, each once.
    public static List<Struct> of(Obj pod, Struct container) {
        Set<String> mounted = container.seq("volumeMounts").structs().stream().map(m -> m.text("name"))
                .collect(Collectors.toSet());
        return pod.spec().seq("volumes").structs().stream()
                .filter(v -> v.has("image") && mounted.contains(v.text("name"))).toList();
    }

    /// What is pulled for a volume, as a container names its image.
    public static Struct source(Struct volume) {
        Struct image = volume.struct("image");
        return Struct.builder().put("image", image.text("reference"))
                .putUnlessEmpty("imagePullPolicy", image.text("pullPolicy")).build();
    }

    /// The mount of an image, as CRI has it.
    /// @param path in the image, or empty for all of it
    public static Struct mount(String containerPath, Image image, String path) {
        return Struct.builder().put("containerPath", containerPath).put("image", Struct.of("image", image.id()))
                .putUnlessEmpty("imageSubPath", path).put("readonly", true).put("propagation", "PROPAGATION_PRIVATE")
                .build();
    }

    /// Why this node cannot run a pod with such volumes.
    public static Optional<PodStatus.Waiting> refusal(Obj pod, ContainerRuntime runtime) {
        if (pod.spec().seq("volumes").structs().stream().noneMatch(v -> v.has("image"))) {
            return Optional.empty();
        }
        try {
            RuntimeVersion version = runtime.version();
            return supported(version) ? Optional.empty()
                    : Optional.of(new PodStatus.Waiting("ImageVolumesNotSupported", "image volumes need containerd 2.1 "
                            + "or later, and this node has " + version.name() + " " + version.version()
                            + ": install a later one, or run the pod elsewhere"));
        } catch (RuntimeFault e) {
            // it will say so itself when it makes the container
            return Optional.empty();
        }
    }

    /// Whether a runtime mounts images; of others than containerd only the runtime itself knows.
    static boolean supported(RuntimeVersion version) {
        String[] parts = version.version().replaceFirst("^v", "").split("[.~+-]", 3);
        if (!version.name().equals("containerd") || parts.length < 2) {
            return true;
        }
        try {
            int major = Integer.parseInt(parts[0]);
            return major > CONTAINERD.get(0)
                    || major == CONTAINERD.get(0) && Integer.parseInt(parts[1]) >= CONTAINERD.get(1);
        } catch (NumberFormatException e) {
            return true;
        }
    }

    /// The ids of the images that pods have as volumes.
    public static Set<String> used(Collection<Obj> pods, ContainerRuntime runtime) {
        return pods.stream().filter(p -> !PodSpecs.finished(p)).flatMap(p -> p.spec().seq("volumes").structs().stream())
                .filter(v -> v.has("image")).map(v -> v.struct("image").text("reference")).distinct()
                .map(runtime.images()::find).flatMap(Optional::stream).map(Image::id).collect(Collectors.toSet());
    }
}
