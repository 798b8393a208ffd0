package io.k3j.resourcesbuiltin;

import io.k3j.model.Struct;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/// The cells of events, in either of their two forms.
final class EventCells {
    private EventCells() {
    }

    static void into(Map<String, Cells.Cell> cells) {
        cells.put("event.last", EventCells::last);
        cells.put("event.first", (o, now) -> first(o, now));
        cells.put("event.object", (o, now) -> object(o));
        cells.put("event.source", (o, now) -> source(o));
        cells.put("event.message", (o, now) -> (o.has("note") ? o.text("note") : o.text("message")).strip());
        cells.put("event.count", (o, now) -> count(o));
    }

    private static String text(Struct event, String core, String newer) {
        String text = event.text(core);
        return text.isEmpty() ? event.text(newer) : text;
    }

    private static Object count(Struct event) {
        long series = event.struct("series").whole("count", 0);
        long old = event.whole("count", event.whole("deprecatedCount", 0));
        return series > 0 ? series : Math.max(old, event.text("eventTime").isEmpty() ? old : 1);
    }

    private static String first(Struct event, Instant now) {
        String first = text(event, "firstTimestamp", "deprecatedFirstTimestamp");
        return Ages.since(first.isEmpty() ? event.text("eventTime") : first, now);
    }

    private static Object last(Struct event, Instant now) {
        String series = event.struct("series").text("lastObservedTime");
        String last = text(event, "lastTimestamp", "deprecatedLastTimestamp");
        if (!series.isEmpty()) {
            return Ages.since(series, now);
        }
        return last.isEmpty() ? first(event, now) : Ages.since(last, now);
    }

    private static String object(Struct event) {
        Struct about = event.has("regarding") ? event.struct("regarding") : event.struct("involvedObject");
        return about.text("kind").toLowerCase(Locale.ROOT)
                + (about.text("name").isEmpty() ? "" : "/" + about.text("name"));
    }

    private static String source(Struct event) {
        Struct source = event.has("deprecatedSource") ? event.struct("deprecatedSource") : event.struct("source");
        if (source.text("component").isEmpty()) {
            String who = text(event, "reportingComponent", "reportingController");
            String instance = event.text("reportingInstance");
            return instance.isEmpty() ? who : who + ", " + instance;
        }
        return source.text("host").isEmpty() ? source.text("component")
                : source.text("component") + ", " + source.text("host");
    }
}
