package io.k3j.kubelet;

import io.k3j.clientapi.ApiClient;
import io.k3j.kubeletoptions.IntervalOptions;
import io.k3j.kubeletoptions.StaticManifests;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.podstatus.MirrorClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Static pods from manifests in a directory, read every five seconds or as often as `file-check-frequency` says, and
/// their mirror pods in the API. See
/// <https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/>.
final class StaticPods {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private final Dependencies tools;
    private final PodWorkers workers;
    private final StaticManifests manifests;
    private final MirrorClient mirrors;
    private final Set<String> known = new HashSet<>();
    /// What was told of files that are refused.
    private final Map<Path, String> told = new HashMap<>();

    StaticPods(Dependencies tools, ApiClient api, PodWorkers workers) {
        this.tools = tools;
        this.workers = workers;
        manifests = new StaticManifests(tools.options(), tools.clock());
        mirrors = new MirrorClient(api);
    }

    /// Runs until the kubelet is closed.
    void run() {
        long every = IntervalOptions.manifests(tools.options()).toMillis();
        try {
            do {
                sync();
            } while (!tools.closed().await(every, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// One round. All pods are handed over before the API is asked about any: it may be slow, or away.
    void sync() {
        try {
            StaticManifests.Found found = manifests.read();
            if (!stopped()) {
                // a stop interrupts, and a file that was not read to its end is not gone
                found.refused().forEach(this::tell);
                told.keySet().retainAll(found.refused().keySet());
                take(found.pods());
            }
        } catch (IOException e) {
            LOG.log(stopped() ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "Cannot read static pods error={0}", e.toString());
        }
    }

    /// Once, until it is another reason.
    private void tell(Path file, StaticManifests.Refusal why) {
        if (!why.problem().equals(told.put(file, why.problem()))) {
            LOG.log(System.Logger.Level.WARNING, "Refused static pod path={0} error={1}", file, why.problem());
            why.twin().ifPresent(pod -> tools.tell(pod, true, "FailedValidation", why.problem()));
        }
    }

    private void take(Map<String, Obj> pods) {
        Set.copyOf(known).stream().filter(uid -> !pods.containsKey(uid)).forEach(uid -> {
            known.remove(uid);
            workers.remove(uid);
        });
        List<Obj> begun = pods.values().stream().filter(p -> known.contains(p.uid()) || begun(p)).toList();
        begun.forEach(p -> known.add(p.uid()));
        if (begun.size() == pods.size()) {
            workers.staticPodsKnown();
        }
        for (Obj pod : begun) {
            if (mirrors.make(pod)) {
                workers.wakeAll();
            }
        }
        Set<Key> named = pods.values().stream().map(Obj::key).collect(Collectors.toUnmodifiableSet());
        workers.orphanedMirrors(named).forEach(mirrors::delete);
    }

    /// Starts a pod; the next round tries again while the runtime does not tell whether an older one still runs.
    private boolean begun(Obj pod) {
        try {
            workers.putStatic(pod);
            return true;
        } catch (RuntimeFault e) {
            LOG.log(System.Logger.Level.DEBUG, "Static pod={0} waits for the runtime: {1}", pod.key(), e.getMessage());
            return false;
        }
    }

    private boolean stopped() {
        return tools.closed().getCount() == 0;
    }
}
