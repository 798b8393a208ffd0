package io.k3j.componentapi;

import java.util.Arrays;
import java.util.Locale;

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

    /// Values of the family, a histogram.
    /// @param bounds in seconds or whatever the name says, ascending
    /// @param counts how many were up to each bound and above the one before; the last one counts those above all
    /// @param labels as for [#value]
    public MetricText histogram(double[] bounds, long[] counts, double sum, String... labels) {
        String[] all = Arrays.copyOf(labels, labels.length + 2);
        all[labels.length] = "le";
        long below = 0;
        for (int i = 0; i <= bounds.length; i++) {
            below += counts[i];
            all[labels.length + 1] = i < bounds.length ? Double.toString(bounds[i]) : "+Inf";
            line("_bucket", below, all);
        }
        return line("_sum", sum, labels).line("_count", below, labels);
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
