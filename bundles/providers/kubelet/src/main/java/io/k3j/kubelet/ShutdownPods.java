package io.k3j.kubelet;

import io.k3j.model.Obj;
import io.k3j.nodeshutdown.NodeShutdown;
import io.k3j.podstatus.PodStatus;
import java.time.Duration;
import java.util.List;

/// The pods of this node as its shutdown sees them.
///
/// @param news called when the state of the node has changed
record ShutdownPods(Dependencies tools, PodWorkers workers, Runnable news) implements NodeShutdown.Node {
    @Override
    public List<Obj> pods() {
        return workers.all().stream().map(PodWorker::pod).toList();
    }

    @Override
    public boolean runs(List<String> uids) {
        return workers.all().stream()
                .anyMatch(w -> uids.contains(w.pod().uid()) && !w.runtime().running().isEmpty());
    }

    @Override
    public void end(List<String> uids, PodStatus.Waiting why, Duration grace) {
        workers.all().stream().filter(w -> uids.contains(w.pod().uid()))
                .forEach(w -> w.evict(new PodTermination.Eviction(why, grace, true)));
    }

    @Override
    public void inform(String reason, String message) {
        tools.inform(reason, message);
    }

    @Override
    public void changed() {
        news.run();
    }
}
