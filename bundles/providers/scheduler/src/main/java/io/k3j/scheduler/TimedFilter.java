package io.k3j.scheduler;

import io.k3j.schedulercache.NodeState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A filter in an attempt whose plug-ins are timed.
record TimedFilter(Filter filter, Timing timing) implements Filter {
    @Override
    public String plugin() {
        return filter.plugin();
    }

    @Override
    public @Nullable Rejection reject(NodeState node) {
        Instant begun = timing.now();
        @Nullable
        Rejection no = filter.reject(node);
        timing.plugin(plugin(), Timing.FILTER, no == null ? Timing.SUCCESS : no.status(), begun);
        return no;
    }

    @Override
    public Filter changed(NodeState before, NodeState after) {
        return new TimedFilter(filter.changed(before, after), timing);
    }
}
