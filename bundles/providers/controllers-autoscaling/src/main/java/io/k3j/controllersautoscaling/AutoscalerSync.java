package io.k3j.controllersautoscaling;

import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Times;
import io.k3j.controllersautoscaling.ScaleTargets.Scale;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One pass over one autoscaler: reads the scale of its target, asks its metrics, writes the scale and the status.
/// What cannot be done is a condition and an event, and is tried again in the next period.
final class AutoscalerSync {
    private static final String ACTIVE = "ScalingActive";
    private static final String ABLE = "AbleToScale";
    /// What the API fills in where no metric is named.
    private static final Seq UNNAMED = Seq.of(Struct.of("type", "Resource", "resource", Struct.of("name", "cpu",
            "target", Struct.of("type", "Utilization", "averageUtilization", 80))));
    private final Around around;
    private final Obj autoscaler;
    private final History history;
    private final long least;
    private final long most;
    private Seq conditions;
    private Seq metrics = Seq.EMPTY;

    /// What all passes share.
    ///
    /// @param metrics where figures come from
    /// @param pods all pods
    /// @param selectors of all autoscalers' targets
    /// @param options of all autoscalers
    record Around(ExpectingWriter writer, Events events, TimeSource clock, ScaleTargets targets, MetricsClient metrics,
            LiveView pods, Selectors selectors, AutoscalerOptions options) {
    }

    /// What metrics want.
    private record Wanted(long replicas, String metric) {
    }

    /// @param history of this autoscaler; it is added to
    AutoscalerSync(Around around, Obj autoscaler, History history) {
        this.around = around;
        this.autoscaler = autoscaler;
        this.history = history;
        this.conditions = autoscaler.status().seq("conditions");
        this.least = autoscaler.spec().whole("minReplicas", 1);
        this.most = autoscaler.spec().whole("maxReplicas", 1);
    }

    void run() {
        Scale scale;
        try {
            scale = around.targets().read(autoscaler.namespace(), autoscaler.spec().struct("scaleTargetRef"));
        } catch (ApiFault fault) {
            around.events().warning(autoscaler, "FailedGetScale", String.valueOf(fault.getMessage()));
            condition(ABLE, false, "FailedGetScale",
                    "the HPA controller was unable to get the target's current scale: " + fault.getMessage());
            write(autoscaler.status());
            return;
        }
        condition(ABLE, true, "SucceededGetScale",
                "the HPA controller was able to get the target's current scale");
        history.begin(around.clock().monotonic().instant(), scale.wanted());
        reconcile(scale);
    }

    private void reconcile(Scale scale) {
        long current = scale.wanted();
        if (current == 0 && least != 0) {
            condition(ACTIVE, false, "ScalingDisabled",
                    "scaling is disabled since the replica count of the target is zero");
            finish(scale, 0, "");
        } else if (current > most) {
            finish(scale, most, "Current number of replicas above Spec.MaxReplicas");
        } else if (current < least) {
            finish(scale, least, "Current number of replicas below Spec.MinReplicas");
        } else {
            Optional<Wanted> wanted = compute(scale);
            if (wanted.isEmpty()) {
                told(scale, autoscaler.status().whole("desiredReplicas", 0), false);
                return;
            }
            long desired = wanted.get().replicas();
            String reason = desired > current ? wanted.get().metric() + " above target" : "All metrics below target";
            ScalingLimits.Bounded bounded = new ScalingLimits(behavior(), history, around.clock().monotonic().instant(),
                    current, least, most, around.options().stabilization()).bound(desired);
            bounded.conditions().forEach(c -> conditions = Conditions.with(conditions, c, around.clock().instant()));
            finish(scale, bounded.replicas(), reason);
        }
    }

    private Struct behavior() {
        return autoscaler.spec().struct("behavior");
    }

    private Optional<Wanted> compute(Scale scale) {
        Optional<Selector> selector = selector(scale.selector());
        if (selector.isEmpty()) {
            return Optional.empty();
        }
        List<Obj> pods = around.pods().list(autoscaler.namespace()).stream()
                .filter(p -> selector.get().matches(p.labels())).toList();
        around.selectors().put(autoscaler.key(), selector.get());
        List<String> others = around.selectors().controlling(autoscaler.key(), pods);
        if (others.size() > 1) {
            return refused("AmbiguousSelector", "pods by selector " + selector.get()
                    + " are controlled by multiple HPAs: [" + String.join(" ", others) + "]", "AmbiguousSelector");
        }
        MetricSources sources = new MetricSources(around.metrics(), autoscaler.namespace(), selector.get(), pods,
                new ReplicaCalculator(scale.wanted(), ScalingLimits.tolerance(behavior(), around.options().around())),
                scale.present(), around.clock().instant(), around.options());
        return propose(sources, scale.wanted());
    }

    private Optional<Selector> selector(String text) {
        if (text.isEmpty()) {
            condition(ACTIVE, false, "InvalidSelector", "the HPA target's scale is missing a selector");
            around.events().warning(autoscaler, "SelectorRequired", "selector is required");
            return failed("selector is required");
        }
        try {
            return Optional.of(Selector.parse(text));
        } catch (IllegalArgumentException e) {
            return refused("InvalidSelector",
                    "couldn't convert selector into a corresponding internal selector object: "
                            + e.getMessage(),
                    "InvalidSelector");
        }
    }

    private <T> Optional<T> refused(String reason, String message, String event) {
        condition(ACTIVE, false, reason, message);
        around.events().warning(autoscaler, event, message);
        return failed(message);
    }

    private <T> Optional<T> failed(String message) {
        around.events().warning(autoscaler, "FailedComputeMetricsReplicas", message);
        return Optional.empty();
    }

    /// The most that any metric wants. With a metric that cannot be had, the others may only make more of it.
    private Optional<Wanted> propose(MetricSources sources, long current) {
        List<Struct> statuses = new ArrayList<>();
        List<MetricSources.Unable> unable = new ArrayList<>();
        Wanted best = new Wanted(-1, "");
        Seq given = autoscaler.spec().seq("metrics");
        List<Struct> specs = (given.isEmpty() ? UNNAMED : given).structs();
        for (Struct metric : specs) {
            try {
                MetricSources.Proposal proposal = sources.of(metric);
                statuses.add(proposal.status());
                if (proposal.replicas() > best.replicas()) {
                    best = new Wanted(proposal.replicas(), proposal.name());
                }
            } catch (MetricSources.Unable e) {
                around.events().warning(autoscaler, e.reason(), String.valueOf(e.getMessage()));
                unable.add(e);
            }
        }
        metrics = Seq.copyOf(statuses);
        if (unable.size() >= specs.size() || !unable.isEmpty() && best.replicas() < current) {
            MetricSources.Unable first = unable.getFirst();
            condition(ACTIVE, false, first.reason(),
                    "the HPA was unable to compute the replica count: " + first.getMessage());
            return failed("invalid metrics (" + unable.size() + " invalid out of " + specs.size()
                    + "), first error is: " + first.whole());
        }
        condition(ACTIVE, true, "ValidMetricFound",
                "the HPA was able to successfully calculate a replica count from " + best.metric());
        return Optional.of(best);
    }

    private void finish(Scale scale, long desired, String reason) {
        if (desired == scale.wanted()) {
            told(scale, desired, false);
            return;
        }
        try {
            around.targets().write(scale, desired);
        } catch (ApiFault fault) {
            around.events().warning(autoscaler, "FailedRescale",
                    "New size: " + desired + "; reason: " + reason + "; error: " + fault.getMessage());
            condition(ABLE, false, "FailedUpdateScale",
                    "the HPA controller was unable to update the target scale: " + fault.getMessage());
            told(scale, autoscaler.status().whole("desiredReplicas", 0), false);
            return;
        }
        condition(ABLE, true, "SucceededRescale",
                "the HPA controller was able to update the target scale to " + desired);
        around.events().normal(autoscaler, "SuccessfulRescale", "New size: " + desired + "; reason: " + reason);
        history.scaled(around.clock().monotonic().instant(), desired - scale.wanted());
        told(scale, desired, true);
    }

    private void told(Scale scale, long desired, boolean scaled) {
        Struct.Builder b = Struct.builder().put("currentReplicas", scale.wanted()).put("desiredReplicas", desired)
                .putUnlessEmpty("currentMetrics", metrics);
        String before = autoscaler.status().text("lastScaleTime");
        write(b.putUnlessEmpty("lastScaleTime", scaled ? Times.seconds(around.clock().instant()) : before).build());
    }

    private void write(Struct status) {
        around.writer().updateStatus(HorizontalPodAutoscalers.RESOURCE, autoscaler,
                status.with("conditions", conditions));
    }

    private void condition(String type, boolean holds, String reason, String message) {
        conditions = Conditions.with(conditions, Conditions.of(type, holds, reason, message),
                around.clock().instant());
    }
}
