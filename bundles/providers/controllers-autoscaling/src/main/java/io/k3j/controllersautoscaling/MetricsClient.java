package io.k3j.controllersautoscaling;

import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Where metrics come from. All values are in thousandths. Any thread; blocks.
interface MetricsClient {
    /// What a pod uses.
    ///
    /// @param value in thousandths
    /// @param at the end of the measurement
    /// @param window its length
    record Sample(long value, Instant at, Duration window) {
    }

    /// What pods use of a resource, by pod name; a pod without a figure for one of its containers is left out.
    ///
    /// @param container of which alone, or empty for all
    /// @throws MetricFailure when there are no figures
    Map<String, Sample> resource(String namespace, Selector pods, String resource, String container);

    /// A custom metric of pods, by pod name.
    /// @throws MetricFailure when there are no figures
    Map<String, Sample> pods(String namespace, Selector pods, Struct metric);

    /// A custom metric of an object of a namespace, or of a namespace itself.
    /// @throws MetricFailure when there is no figure
    long object(String namespace, Struct described, Struct metric);

    /// The values of an external metric.
    /// @throws MetricFailure when there are no figures
    List<Long> external(String namespace, Struct metric);
}
