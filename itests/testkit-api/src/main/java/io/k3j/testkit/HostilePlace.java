package io.k3j.testkit;

import io.k3j.testkit.HostileTables.Kind;

/// An object with a hole, `@`, in its metadata or in the rest of it.
///
/// @param path of objects of its kind
/// @param metadata fields beside the name, with a comma before them where there are any
/// @param rest fields beside the metadata, likewise
record HostilePlace(String path, Kind kind, String metadata, String rest) {
    private static final int LONG = 1_000;

    /// Two columns of a table, `-` or nothing where there is nothing. `~` in them is a text of a thousand characters,
    /// as long as a key in YAML may be.
    static HostilePlace of(Kind kind, String namespace, String metadata, String rest) {
        return new HostilePlace(kind.path(namespace), kind, fields(metadata), fields(rest));
    }

    private static String fields(String column) {
        return column.isEmpty() || column.equals("-") ? "" : "," + column.replace("~", "x".repeat(LONG));
    }

    /// The sign before the hole, which says what may be there.
    char hole() {
        String text = metadata + rest;
        return text.charAt(text.indexOf('@') - 1);
    }

    /// The object in JSON with its hole filled.
    String object(String name, String filling) {
        String text = "{\"apiVersion\":\"" + kind.apiVersion() + "\",\"kind\":\"" + kind.kind()
                + "\",\"metadata\":{\"name\":\"" + name + "\"" + metadata + "}" + rest + "}";
        int hole = text.indexOf('@');
        return hole < 0 ? text : text.substring(0, hole) + filling + text.substring(hole + 1);
    }
}
