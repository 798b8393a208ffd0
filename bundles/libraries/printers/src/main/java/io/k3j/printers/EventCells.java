package io.k3j.printers;

import io.k3j.model.Struct;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/// The cells of events, in either of their two forms: `v1`, where a repeated event is counted in place, and
/// `events.k8s.io/v1`, where it has a series and the old fields are called `deprecated…`. Both are one stored object,
/// and both forms show the same row.
///
/// | function | column | cell |
/// |---|---|---|
/// | `event.last` | Last Seen | the age of the last time: of the series, else `lastTimestamp`, else the first time |
/// | `event.first` | First Seen | the age of `firstTimestamp`, else of `eventTime` |
/// | `event.object` | Object | `kind/name` of what the event is about, the kind in lower case |
/// | `event.source` | Source | `component, host` of who reports it |
/// | `event.message` | Message | the text without blanks around it |
/// | `event.count` | Count | how often it happened |
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

    /// The field under its name in `v1`, else under its name in `events.k8s.io/v1`. Empty counts as missing.
    private static String text(Struct event, String core, String newer) {
        String text = event.text(core);
        return text.isEmpty() ? event.text(newer) : text;
    }

    /// A recorder of the new form writes no count until the event repeats, so one without a series happened once.
    private static Object count(Struct event) {
        if (event.get("series") instanceof Struct series) {
            return series.whole("count", 0);
        }
        long count = event.whole("count", event.whole("deprecatedCount", 0));
        return count == 0 ? 1L : count;
    }

    private static String first(Struct event, Instant now) {
        String first = text(event, "firstTimestamp", "deprecatedFirstTimestamp");
        return Ages.since(first.isEmpty() ? event.text("eventTime") : first, now);
    }

    private static Object last(Struct event, Instant now) {
        String series = event.struct("series").text("lastObservedTime");
        String last = text(event, "lastTimestamp", "deprecatedLastTimestamp");
        if (event.get("series") instanceof Struct) {
            return Ages.since(series, now);
        }
        return last.isEmpty() ? first(event, now) : Ages.since(last, now);
    }

    private static String object(Struct event) {
        Struct about = event.has("regarding") ? event.struct("regarding") : event.struct("involvedObject");
        return about.text("kind").toLowerCase(Locale.ROOT)
                + (about.text("name").isEmpty() ? "" : "/" + about.text("name"));
    }

    /// Recorders of the new form name a controller and an instance instead of a component and a host.
    private static String source(Struct event) {
        Struct source = event.has("deprecatedSource") ? event.struct("deprecatedSource") : event.struct("source");
        String who = first(source.text("component"), text(event, "reportingComponent", "reportingController"));
        String where = first(source.text("host"), event.text("reportingInstance"));
        return where.isEmpty() ? who : who + ", " + where;
    }

    private static String first(String text, String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }
}
