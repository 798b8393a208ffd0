package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.model.Null;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/// What can be wrong with an Event: upstream's `ValidateEventCreate` and `ValidateEventUpdate`, which name fields as
/// core `v1` does, whatever version is written. Pure.
final class EventProblems {
    private static final int LONGEST = 128;
    private static final int LONGEST_MESSAGE = 1024;
    private static final String REPORTER = "reportingComponent";
    private static final List<String> FIXED = List.of("involvedObject", "reason", "message", "source", "firstTimestamp",
            "lastTimestamp", "count", "type", "eventTime", "action", "related", REPORTER, "reportingInstance");
    /// What core `v1` alone counts by.
    private static final List<String> OLD_TIMES = List.of("firstTimestamp", "lastTimestamp");

    private EventProblems() {
    }

    /// Checks what both versions ask.
    ///
    /// @param event in the form of core `v1`
    /// @param reporter how the version that is written calls who reports
    static void both(Struct event, String reporter, Problems p) {
        String namespace = event.struct("metadata").text("namespace");
        String about = event.struct("involvedObject").text("namespace");
        boolean dated = !event.text("eventTime").isEmpty();
        boolean here = about.isEmpty() ? namespace.equals("default") || dated && namespace.equals("kube-system")
                : dated || about.equals(namespace);
        if (!here) {
            p.at("involvedObject.namespace").invalid(about, "does not match event.namespace");
        }
        if (dated) {
            String by = event.text(REPORTER);
            if (by.isEmpty()) {
                p.at(reporter).required("");
            }
            p.at(reporter).invalid(by, Names.qualified(by));
            for (String field : List.of("reportingInstance", "action", "reason")) {
                p.present(event, field);
                limited(event, field, LONGEST, p);
            }
            limited(event, "message", LONGEST_MESSAGE, p);
        }
    }

    private static void limited(Struct event, String field, int most, Problems p) {
        String text = event.text(field);
        if (text.length() * 3L > most && text.getBytes(StandardCharsets.UTF_8).length > most) {
            p.at(field).invalid("", "can have at most " + most + " characters");
        }
    }

    /// Checks what `events.k8s.io` asks of a new Event beyond, but for what is required.
    ///
    /// @param event in the form of core `v1`
    static void created(Struct event, Problems p) {
        series(event, p);
        if (!List.of("Normal", "Warning").contains(event.text("type"))) {
            p.at("type").invalid("", "has invalid value: " + event.text("type"));
        }
        for (String field : OLD_TIMES) {
            if (!event.text(field).isEmpty()) {
                p.at(field).invalid("", "needs to be unset");
            }
        }
        if (event.whole("count", 0) != 0) {
            p.at("count").invalid("", "needs to be unset");
        }
        if (!event.struct("source").text("component").isEmpty() || !event.struct("source").text("host").isEmpty()) {
            p.at("source").invalid("", "needs to be unset");
        }
    }

    private static void series(Struct event, Problems p) {
        if (event.has("series") && event.struct("series").whole("count", 0) < 2) {
            p.at("series.count").invalid("", "should be at least 2");
        }
    }

    /// Checks what `events.k8s.io` asks of a changed Event beyond: only its series goes on.
    ///
    /// @param before and the event, both in the form of core `v1`
    static void updated(Struct before, Struct event, Problems p) {
        if (!Objects.equals(before.get("series"), event.get("series"))) {
            series(event, p);
        }
        for (String field : FIXED) {
            if (!said(before, field).equals(said(event, field))) {
                p.at(field.equals(REPORTER) ? "reportingController" : field)
                        .invalid(event.get(field), "field is immutable");
            }
        }
    }

    /// The value of a field; the empty struct for one that says nothing, which the versions write differently.
    private static Object said(Struct event, String field) {
        Object value = event.get(field);
        return value == null || value == Null.NULL || value.equals("") || value.equals(0L) ? Struct.EMPTY : value;
    }
}
