package io.k3j.swapitest;

/// One line of a watch.
///
/// @param type `ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK` or `ERROR`
/// @param name of the object
/// @param revision of the object
record Event(String type, String name, long revision) {
    static Event of(String line) {
        return new Event(text(line, "type"), text(line, "name"), revision(line));
    }

    /// The revision of the first object in a text; 0 when there is none.
    static long revision(String json) {
        String text = text(json, "resourceVersion");
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    private static String text(String json, String field) {
        String mark = "\"" + field + "\":\"";
        int from = json.indexOf(mark);
        return from < 0 ? "" : json.substring(from + mark.length(), json.indexOf('"', from + mark.length()));
    }
}
