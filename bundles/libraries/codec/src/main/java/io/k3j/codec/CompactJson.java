package io.k3j.codec;

/// A place in a stored object, which is compact JSON as [JsonWriter] makes it; whatever else is met is refused. One
/// reader, one thread.
final class CompactJson {
    private byte[] in = {};
    private int at;
    private int depth;

    /// Begins at the first byte.
    void open(byte[] stored) {
        in = stored;
        at = 0;
        depth = 0;
    }

    /// The stored object itself; not to be changed.
    byte[] bytes() {
        return in;
    }

    /// The position of the byte here.
    int at() {
        return at;
    }

    /// Goes to a position that was found by looking at [#bytes].
    void go(int to) {
        at = to;
    }

    /// The byte here.
    /// @throws ArrayIndexOutOfBoundsException at the end: bounds are left to the array, and whoever reads a whole
    ///     object makes a [MalformedInput] of it
    byte here() {
        return in[at];
    }

    /// How many objects, maps and lists have been entered and not left.
    int depth() {
        return depth;
    }

    /// Whether every byte has been read; anything behind the object is damage.
    boolean ended() {
        return at == in.length;
    }

    /// Refuses what is here.
    /// @param what what should be here
    /// @return what the caller throws
    MalformedInput odd(String what) {
        return new MalformedInput("not a stored object: " + what + " is missing at position " + at);
    }

    /// Goes behind one byte.
    /// @throws MalformedInput when another one is here
    void expect(char c) {
        if (in[at] != c) {
            throw odd(String.valueOf(c));
        }
        at++;
    }

    /// Goes behind an opening bracket.
    /// @return whether there is something before the closing one, behind which it has gone otherwise
    boolean enter(char opening, char closing) {
        expect(opening);
        if (++depth > Json.MAX_DEPTH) {
            throw new MalformedInput("not a stored object: it is nested too deep");
        }
        if (in[at] != closing) {
            return true;
        }
        at++;
        depth--;
        return false;
    }

    /// Goes on behind an element.
    /// @return whether another one follows; else it has gone behind the closing bracket
    boolean more(char closing) {
        if (in[at] == ',') {
            at++;
            return true;
        }
        expect(closing);
        depth--;
        return false;
    }

    /// Goes to the value behind a name.
    void colon() {
        expect(':');
        compact();
    }

    /// Refuses spaces. [JsonWriter] writes none. A value taken over with a space before it would be another text than
    /// the one that is made of the tree.
    void compact() {
        if (in[at] <= ' ') {
            throw odd("a value");
        }
    }

    /// The position of the quote that ends the string whose first byte is here, -1 when it has escapes. Whoever gets -1
    /// decodes the string by [JsonReader].
    int plainEnd() {
        return StoredMetadata.plainEnd(in, at);
    }

    /// The position behind the value that begins here.
    int behind() {
        return StoredMetadata.behind(in, at);
    }

    /// Goes behind the value that begins here without looking into it.
    void skip() {
        at = behind();
    }
}
