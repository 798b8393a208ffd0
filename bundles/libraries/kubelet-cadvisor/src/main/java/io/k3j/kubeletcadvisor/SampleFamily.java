package io.k3j.kubeletcadvisor;

import io.k3j.metricstext.MetricText;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/// A family of figures of control groups. A value.
///
/// @param name upstream's
/// @param type upstream's
/// @param help what it is
/// @param timed whether the lines have the time they were measured at; what is set for a group has none
/// @param points the figures of a group
record SampleFamily(String name, MetricText.Type type, String help, boolean timed,
        Function<CgroupSample, Stream<Point>> points) {
    /// A figure.
    ///
    /// @param value of it
    /// @param labels beside those of the group: name, value, name, value and so on
    record Point(Number value, List<String> labels) {
        static Point of(Number value, String... labels) {
            return new Point(value, List.of(labels));
        }
    }

    /// A figure for each group, which goes up only.
    static SampleFamily counter(String name, String help, Function<CgroupSample, Number> value) {
        return new SampleFamily(name, MetricText.Type.COUNTER, help, true, s -> Stream.of(Point.of(value.apply(s))));
    }

    /// A figure for each group.
    static SampleFamily gauge(String name, String help, Function<CgroupSample, Number> value) {
        return new SampleFamily(name, MetricText.Type.GAUGE, help, true, s -> Stream.of(Point.of(value.apply(s))));
    }

    /// Figures for each group, or none.
    static SampleFamily counters(String name, String help, Function<CgroupSample, Stream<Point>> points) {
        return new SampleFamily(name, MetricText.Type.COUNTER, help, true, points);
    }

    /// Figures for each group, or none.
    static SampleFamily gauges(String name, String help, Function<CgroupSample, Stream<Point>> points) {
        return new SampleFamily(name, MetricText.Type.GAUGE, help, true, points);
    }

    /// All lines in Prometheus' text form; empty without a figure.
    String text(List<CgroupSample> all) {
        MetricText text = new MetricText();
        boolean begun = false;
        for (CgroupSample sample : all) {
            for (Point point : points.apply(sample).toList()) {
                if (!begun) {
                    text.family(name, type, help);
                    begun = true;
                }
                line(text, sample, point);
            }
        }
        return begun ? text.toString() : "";
    }

    private void line(MetricText text, CgroupSample sample, Point point) {
        Map<String, String> sorted = new TreeMap<>(sample.entry().labels());
        for (int i = 0; i < point.labels().size(); i += 2) {
            sorted.put(point.labels().get(i), point.labels().get(i + 1));
        }
        String[] labels = sorted.entrySet().stream().flatMap(e -> Stream.of(e.getKey(), e.getValue()))
                .toArray(String[]::new);
        if (timed) {
            text.value(point.value(), sample.at(), labels);
        } else {
            text.value(point.value(), labels);
        }
    }
}
