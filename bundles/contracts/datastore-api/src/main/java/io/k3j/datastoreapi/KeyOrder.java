package io.k3j.datastoreapi;

/// The order of keys: that of their UTF-8 bytes, as in every datastore, which is that of code points. The one of Java
/// differs from it only between two keys that both have a character from [#FIRST] on: it puts what lies beyond the
/// basic plane, which is written with two surrogates, before the last characters of that plane. Pure.
public final class KeyOrder {
    /// The first surrogate.
    private static final char FIRST = Character.MIN_SURROGATE;

    private KeyOrder() {
    }

    /// Whether Java's own order may be wrong for this key and another one of which the same is true.
    public static boolean wide(String key) {
        for (int i = 0; i < key.length(); i++) {
            if (key.charAt(i) >= FIRST) {
                return true;
            }
        }
        return false;
    }

    /// Below, at or above zero, as the first key is lower, equal or higher.
    public static int compare(String a, String b) {
        int shared = Math.min(a.length(), b.length());
        for (int i = 0; i < shared; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                return Character.isSurrogate(x) == Character.isSurrogate(y) ? Character.compare(x, y)
                        : Character.isSurrogate(x) ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
