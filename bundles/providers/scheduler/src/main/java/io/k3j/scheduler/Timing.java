package io.k3j.scheduler;

import java.time.Instant;
import java.util.List;

/// Measures an attempt: its steps, which upstream calls extension points, and single plug-ins if the attempt is one of
/// those that are sampled. Any thread.
final class Timing {
    static final String PRE_FILTER = "PreFilter";
    static final String FILTER = "Filter";
    static final String POST_FILTER = "PostFilter";
    static final String SCORE = "Score";
    static final String PRE_BIND = "PreBind";
    static final String BIND = "Bind";

    static final String SUCCESS = "Success";
    static final String SKIP = "Skip";
    static final String UNSCHEDULABLE = "Unschedulable";
    static final String ERROR = "Error";

    private final SchedulerMetrics metrics;
    private final String profile;
    private final boolean sampled;

    /// @param profile by which the pod is scheduled
    /// @param sampled whether plug-ins are timed
    Timing(SchedulerMetrics metrics, String profile, boolean sampled) {
        this.metrics = metrics;
        this.profile = profile;
        this.sampled = sampled;
    }

    /// By the monotonic clock.
    Instant now() {
        return metrics.now();
    }

    /// A step has ended.
    void step(String point, String status, Instant begun) {
        metrics.step(profile, point, status, begun);
    }

    /// A plug-in has done its part of a step.
    void plugin(String plugin, String point, String status, Instant begun) {
        if (sampled) {
            metrics.plugin(plugin, point, status, begun);
        }
    }

    /// Lets a plug-in score all feasible nodes.
    void score(String plugin, Runnable work) {
        if (!sampled) {
            work.run();
            return;
        }
        Instant begun = now();
        work.run();
        plugin(plugin, SCORE, SUCCESS, begun);
    }

    /// The filters, timed if the attempt is sampled.
    List<Filter> timed(List<Filter> filters) {
        return sampled ? filters.stream().<Filter>map(f -> new TimedFilter(f, this)).toList() : filters;
    }
}
