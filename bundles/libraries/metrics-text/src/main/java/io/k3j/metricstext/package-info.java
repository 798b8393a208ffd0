/// What a component counts, in the text form of Prometheus: families and values are written, counted durations are
/// kept, a histogram that another program shows is read, and how a configuration file was taken up is counted. Nothing
/// here blocks or starts a thread; errors are those of the caller (labels that come in no pairs, a text that is
/// damaged).
///
/// ```
///   durations ──► Histogram, TimingHistogram ──┐
///   values ────────────────────────────────────┴──► MetricText ──► a body of /metrics
///   a body of another's /metrics ──► ScrapedHistogram ──► quantiles
/// ```
@Export
@Version("1.4.0")
@NullMarked
package io.k3j.metricstext;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
