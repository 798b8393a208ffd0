package io.k3j.controllersautoscaling;

import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Looks at each HorizontalPodAutoscaler every 15 seconds, or as [AutoscalerOptions] say, and at once when its spec has
/// changed. What it remembers of one is gone with its object, or with a swap of this bundle.
final class HorizontalPodAutoscalers implements Reconciler {
    static final Gvr RESOURCE = Gvr.of("autoscaling/v2", "horizontalpodautoscalers");
    /// The account, and the component of its events.
    static final String NAME = "horizontal-pod-autoscaler";
    /// `--concurrent-horizontal-pod-autoscaler-syncs`.
    private static final int WORKERS = 5;

    private final LiveView autoscalers;
    private final LiveView pods;
    private final TimeSource clock;
    private final Events events;
    private final ScaleTargets targets;
    private final MetricsClient metrics;
    private final AutoscalerOptions options;
    private final Selectors selectors = new Selectors();
    private final Map<Key, Looked> looked = new ConcurrentHashMap<>();

    /// When one was looked at last, on the monotonic clock, as of which generation, and what was recommended since.
    private record Looked(String uid, long generation, Instant at, History history) {
    }

    private HorizontalPodAutoscalers(ControllerContext context, MetricsClient metrics, AutoscalerOptions options) {
        this.options = options;
        this.autoscalers = context.views().of(RESOURCE);
        this.pods = context.views().of(BuiltinResources.PODS);
        this.clock = context.clock();
        this.events = context.events(NAME, NAME);
        this.targets = new ScaleTargets(context.account(NAME), clock.monotonic());
        this.metrics = metrics;
    }

    static void add(ControllerContext context, AutoscalerOptions options) {
        HorizontalPodAutoscalers all = new HorizontalPodAutoscalers(context, new ApiMetrics(context.account(NAME)),
                options);
        context.loop("horizontalpodautoscaler", NAME, WORKERS, all).on(all.autoscalers).reads(all.pods);
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = autoscalers.get(key).filter(a -> !a.terminating());
        if (found.isEmpty()) {
            looked.remove(key);
            selectors.forget(key);
            return Requeue.NEVER;
        }
        Obj autoscaler = found.get();
        Instant now = clock.monotonic().instant();
        Optional<Looked> last = Optional.ofNullable(looked.get(key)).filter(l -> l.uid.equals(autoscaler.uid()));
        Duration wait = last.filter(l -> l.generation == autoscaler.generation())
                .map(l -> options.period().minus(Duration.between(l.at, now))).orElse(Duration.ZERO);
        if (wait.isPositive()) {
            return Requeue.after(wait);
        }
        History history = last.map(Looked::history).orElseGet(History::new);
        looked.put(key, new Looked(autoscaler.uid(), autoscaler.generation(), now, history));
        new AutoscalerSync(new AutoscalerSync.Around(writer, events, clock, targets, metrics, pods, selectors,
                options), autoscaler, history).run();
        return Requeue.after(options.period());
    }
}
