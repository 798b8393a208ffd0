package io.k3j.kuberuntime;

import io.k3j.controllerkit.Times;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Questions about a pod's specification; pure. Any thread. Defaults are those of the API's, for static pods, which no
/// API server has completed.
public final class PodSpecs {
    private PodSpecs() {
    }

    /// The resources of the pod as a whole; empty where only its containers have some.
    public static Struct resources(Obj pod) {
        return pod.spec().struct("resources");
    }

    /// Its containers proper, as `spec.containers` has them.
    public static List<Struct> containers(Obj pod) {
        return pod.spec().seq("containers").structs();
    }

    /// Its init containers in their order, sidecars among them.
    public static List<Struct> initContainers(Obj pod) {
        return pod.spec().seq("initContainers").structs();
    }

    /// Its ephemeral containers.
    public static List<Struct> ephemeralContainers(Obj pod) {
        return pod.spec().seq("ephemeralContainers").structs();
    }

    /// All containers, init containers first.
    public static List<Struct> all(Obj pod) {
        List<Struct> all = new ArrayList<>(initContainers(pod));
        all.addAll(containers(pod));
        all.addAll(ephemeralContainers(pod));
        return all;
    }

    /// The container with a name, the empty struct when there is none.
    /// @param name unique among containers of all kinds
    public static Struct container(Obj pod, String name) {
        return all(pod).stream().filter(c -> c.text("name").equals(name)).findFirst().orElse(Struct.EMPTY);
    }

    /// Whether an init container is a sidecar: it runs as long as the pod. See
    /// <https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/>.
    public static boolean sidecar(Struct initContainer) {
        return initContainer.text("restartPolicy").equals("Always");
    }

    /// `Always`, `OnFailure` or `Never`.
    public static String restartPolicy(Obj pod) {
        return pod.spec().text("restartPolicy", "Always");
    }

    /// Whether its containers are on the node's own network.
    public static boolean hostNetwork(Obj pod) {
        return pod.spec().flag("hostNetwork");
    }

    /// Whether it is described by a file of this node. Its mirror, the object the API server has of it, is none.
    public static boolean isStatic(Obj pod) {
        return pod.annotations().containsKey(Labels.CONFIG_SOURCE)
                && !pod.annotations().containsKey(Labels.CONFIG_MIRROR);
    }

    /// Whether it will never run again. By its phase, which never goes back.
    public static boolean finished(Obj pod) {
        String phase = pod.status().text("phase");
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    /// When its `activeDeadlineSeconds` are over, empty when they never are. Counted from `status.startTime`, which is
    /// set once; empty also before the pod has one.
    /// @param seen when the pod was first seen: a static pod has begun then, unless its mirror told otherwise
    public static Optional<Instant> deadline(Obj pod, Instant seen) {
        long limit = pod.spec().whole("activeDeadlineSeconds", -1);
        return limit < 0 ? Optional.empty()
                : Times.parse(pod.status().text("startTime"))
                        .or(() -> isStatic(pod) ? Optional.of(seen) : Optional.empty())
                        .map(t -> t.plusSeconds(limit));
    }

    /// Seconds its containers have for ending. A pod that is being deleted has what the deletion gave it, which may be
    /// less than it asked for; 30 by default, one where it asked for less than none.
    public static long grace(Obj pod) {
        long asked = pod.spec().whole("terminationGracePeriodSeconds", 30);
        long spec = asked < 0 ? 1 : asked;
        return pod.terminating() ? pod.metadata().whole("deletionGracePeriodSeconds", spec) : spec;
    }

    /// A sysctl's name with dots, however it is written. `net/ipv4/conf/eth0.1/arp` is `net.ipv4.conf.eth0/1.arp`: the
    /// first separator says which of the two is meant, see sysctl(8).
    /// @param sysctl one of `spec.securityContext.sysctls`
    public static String sysctl(Struct sysctl) {
        String name = sysctl.text("name");
        int slash = name.indexOf('/');
        int dot = name.indexOf('.');
        if (slash < 0 || dot >= 0 && dot < slash) {
            return name;
        }
        StringBuilder b = new StringBuilder(name);
        for (int i = 0; i < b.length(); i++) {
            char c = b.charAt(i);
            b.setCharAt(i, c == '/' ? '.' : c == '.' ? '/' : c);
        }
        return b.toString();
    }

    /// `name_namespace(uid)`, as upstream's messages have it.
    public static String text(Obj pod) {
        return pod.name() + "_" + pod.namespace() + "(" + pod.uid() + ")";
    }
}
