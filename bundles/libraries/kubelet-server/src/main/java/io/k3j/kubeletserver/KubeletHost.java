package io.k3j.kubeletserver;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.TimeSource;
import io.k3j.kubeletvolumes.VolumeStats;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// The kubelet whose port is served; upstream's `HostInterface`. The kubelet implements it, [KubeletServer] calls it,
/// on any thread; nothing in it blocks, but for the calls of `api` and `runtime`.
///
/// What is returned belongs to the kubelet and is only read here.
public interface KubeletHost {
    /// The node's name. It is the `name` of every SubjectAccessReview, so that a role may allow one node only.
    String nodeName();

    /// The directory on whose file system pods' files lie. `/var/lib/kubelet` by default. The summary's `node.fs` is
    /// the size of that file system.
    Path rootDir();

    /// The directory of a pod below it. The kubelet's own; there may be none.
    Path podDir(String uid);

    /// Where the logs of a pod lie, in a directory for each container. The kubelet's own; there may be none.
    Path podLogs(Obj pod);

    /// What `/logs/` shows: the first directory, with links that lead into any of them. `/var/log`, where programs of
    /// the node write, and where the runtime writes logs of pods; no other file is opened as a container's log. The
    /// same at each call.
    List<Path> logDirectories();

    /// What the volumes of pods use, as it was counted in the background.
    VolumeStats volumeStats();

    /// Who is asked whether a request may be answered. Its identity is the node's own: TokenReview and
    /// SubjectAccessReview are asked for as `system:node:<name>`, to which the role `system:node` grants both.
    ApiClient api();

    /// Where containers run. Its calls block until the runtime has answered and throw [io.k3j.nodeapi.RuntimeFault].
    ContainerRuntime runtime();

    /// The time of day, and the time that passes. The first is for what is written into answers, the second for how
    /// long an answer of the API server counts.
    TimeSource clock();

    /// Whether the kubelet works still; anyone who follows a log is let go soon after it does not. Asked again by every
    /// reader of a log that follows, each second.
    boolean open();

    /// The pods of this node. Static pods are among them, as are pods that have ended and are not yet forgotten. It may
    /// change while it is read.
    Collection<? extends HostedPod> pods();

    /// One of them.
    /// @return empty for a pod of another node, too: this one knows nothing of it
    Optional<? extends HostedPod> pod(String namespace, String name);

    /// What `/metrics/probes` shows: figures of the pods' probes in Prometheus' text form.
    String probeMetrics();

    /// What `/configz` shows as `kubeletconfig`. Field names are those of `KubeletConfiguration`. It holds no secret:
    /// whoever may read `nodes/configz` sees it.
    Struct configuration();
}
