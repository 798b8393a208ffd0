package io.k3j.sqllog;

import io.k3j.datastoreapi.KeyOrder;

/// The keys that start with a prefix and are not below a start: `from` ≤ key < `below`, or `from` < key < `below`
/// when it is `open`: a start that ends with the character 0 means "after this key", and PostgreSQL takes no such text.
/// In the order of the keys' UTF-8 bytes, which is that of the column in every database.
record KeyRange(String from, boolean open, String below) {
    /// No key has the last code point of Unicode four times in a row.
    private static final String LAST = Character.toString(Character.MAX_CODE_POINT).repeat(4);

    /// Of a start below the prefix the prefix itself counts.
    static KeyRange of(String prefix, String start) {
        String from = KeyOrder.compare(start, prefix) > 0 ? start : prefix;
        boolean open = from.endsWith("\0");
        return new KeyRange(open ? from.substring(0, from.length() - 1) : from, open, after(prefix));
    }

    /// A string above every key that starts with `prefix`. Not simply the prefix with its last character raised:
    /// after `/` comes `0`, which SQLite compares as a number where kine has declared the column as INTEGER.
    private static String after(String prefix) {
        return prefix + LAST;
    }
}
