package io.k3j.kubelet;

import io.k3j.kuberuntime.PodRuntime;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.podstatus.PodStatus;
import io.k3j.podstatus.ResizeStatus;
import io.k3j.probes.Probes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The worker's state at one sync, from which the status is computed.
record StatusView(Dependencies tools, Map<String, String> words, Map<String, PodStatus.Waiting> waiting,
        Map<String, ProbeResults> marks, Set<String> restarting, ResizeStatus resources,
        PodTermination.End end, boolean released)
        implements
            PodStatus.View {
    /// The probe results of a container.
    record ProbeResults(boolean started, boolean ready) {
        /// Of all containers that run, by id.
        static Map<String, ProbeResults> of(PodRuntime seen, Probes probes) {
            return seen.running().stream().collect(Collectors.toMap(Container::id,
                    c -> new ProbeResults(probes.started(c), probes.ready(c)), (_, later) -> later));
        }
    }

    @Override
    public boolean started(Container c) {
        ProbeResults m = marks.get(c.id());
        return m != null && m.started();
    }

    @Override
    public boolean ready(Container c) {
        ProbeResults m = marks.get(c.id());
        return m != null && m.ready();
    }

    @Override
    public boolean restarts(Container c) {
        return restarting.contains(c.id());
    }

    @Override
    public boolean ended() {
        return end.ended();
    }

    @Override
    public PodStatus.@Nullable Waiting failure() {
        return end.failure();
    }

    @Override
    public boolean disrupted() {
        return end.disrupted();
    }

    @Override
    public boolean rejected() {
        return end.rejected();
    }

    @Override
    public List<String> hostAddresses() {
        return tools.hosts();
    }

    @Override
    public Instant now() {
        return tools.clock().instant();
    }

    @Override
    public Seq health(Obj pod, Struct container) {
        Seq all = tools.admission().resources().devices().health(pod, container);
        for (Struct claimed : tools.claims().health(pod, container).structs()) {
            all = all.plus(claimed);
        }
        return all;
    }

    @Override
    public String lastWords(Container c) {
        return words.getOrDefault(c.id(), "");
    }
}
