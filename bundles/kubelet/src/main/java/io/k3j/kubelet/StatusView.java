package io.k3j.kubelet;

import io.k3j.nodeapi.Container;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a worker knew at one look, kept for the writing of the status.
record StatusView(Tools tools, Map<String, String> words, Map<String, PodStatus.Waiting> waiting,
        Map<String, Marks> marks, Set<String> restarting, Resizes.Told resources, boolean ended,
        PodStatus.@Nullable Waiting failure)
        implements
            PodStatus.View {
    /// What probes said of a container.
    record Marks(boolean started, boolean ready) {
    }

    @Override
    public boolean started(Container c) {
        Marks m = marks.get(c.id());
        return m != null && m.started();
    }

    @Override
    public boolean ready(Container c) {
        Marks m = marks.get(c.id());
        return m != null && m.ready();
    }

    @Override
    public boolean restarts(Container c) {
        return restarting.contains(c.id());
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
    public String lastWords(Container c) {
        return words.getOrDefault(c.id(), "");
    }
}
