package io.k3j.metricstext;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntToLongFunction;

/// What is counted, in Prometheus' text form 0.0.4
/// (<https://prometheus.io/docs/instrumenting/exposition_formats/>): family by family, each with its lines. One thread.
public final class MetricText {
    /// The media type of the text.
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private final StringBuilder text = new StringBuilder(4_096);
    private String family = "";

    /// What the values of a family are.
    public enum Type {
        /// Goes up only.
        COUNTER,
        /// Goes up and down.
        GAUGE,
        /// Counts below bounds, their sum and number.
        HISTOGRAM
    }

    /// Begins a family, which must not have been begun before.
    public MetricText family(String name, Type type, String help) {
        family = name;
        text.append("# HELP ").append(name).append(' ').append(help.replace("\\", "\\\\").replace("\n", "\\n"))
                .append("\n# TYPE ").append(name).append(' ').append(type.name().toLowerCase(Locale.ROOT)).append('\n');
        return this;
    }

    /// A value of the family.
    /// @param labels name, value, name, value and so on
    public MetricText value(Number value, String... labels) {
        return line("", value, labels);
    }

    /// A value of the family that was measured at another time than now.
    /// @param labels as for [#value]
    public MetricText value(Number value, Instant at, String... labels) {
        line("", value, labels);
        text.setLength(text.length() - 1);
        text.append(' ').append(at.toEpochMilli()).append('\n');
        return this;
    }

    /// Values of the family, a histogram.
    /// @param labels as for [#value]
    public MetricText histogram(Histogram counted, String... labels) {
        return histogram(counted.bounds(), counted::within, counted.sum(), labels);
    }

    /// The same of one that counts nanoseconds, which nobody changes meanwhile.
    /// @param labels as for [#value]
    public MetricText histogram(TimingHistogram counted, String... labels) {
        return histogram(counted.bounds(), counted::within, counted.sum(), labels);
    }

    private MetricText histogram(double[] bounds, IntToLongFunction within, double sum, String... labels) {
        String[] all = Arrays.copyOf(labels, labels.length + 2);
        all[labels.length] = "le";
        long below = 0;
        for (int i = 0; i <= bounds.length; i++) {
            below += within.applyAsLong(i);
            all[labels.length + 1] = i < bounds.length ? bound(bounds[i]) : "+Inf";
            line("_bucket", below, all);
        }
        return line("_sum", sum, labels).line("_count", below, labels);
    }

    /// As Go writes it, since queries name buckets by that text: `1`, `0.0005`, `1e-08`.
    private static String bound(double bound) {
        BigDecimal exact = BigDecimal.valueOf(bound).stripTrailingZeros();
        if (bound >= 1e-4 || bound <= 0) {
            return exact.toPlainString();
        }
        int exponent = exact.scale() - exact.precision() + 1;
        String digits = exact.movePointRight(exponent).stripTrailingZeros().toPlainString();
        return digits + "e-" + (exponent < 10 ? "0" : "") + exponent;
    }

    private MetricText line(String suffix, Number value, String... labels) {
        text.append(family).append(suffix);
        for (int i = 0; i < labels.length; i += 2) {
            text.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"")
                    .append(labels[i + 1].replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")).append('"');
        }
        text.append(labels.length == 0 ? " " : "} ").append(value).append('\n');
        return this;
    }

    /// All lines.
    @Override
    public String toString() {
        return text.toString();
    }
}
