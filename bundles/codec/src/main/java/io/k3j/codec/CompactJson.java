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

    byte[] bytes() {
        return in;
    }

    int at() {
        return at;
    }

    void go(int to) {
        at = to;
    }

    /// The byte here.
    byte here() {
        return in[at];
    }

    /// How many objects, maps and lists have been entered and not left.
    int depth() {
        return depth;
    }

    boolean ended() {
        return at == in.length;
    }

    /// Refuses what is here.
    MalformedInput odd(String what) {
        return new MalformedInput("not a stored object: " + what + " is missing at position " + at);
    }

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

    /// Refuses spaces.
    void compact() {
        if (in[at] <= ' ') {
            throw odd("a value");
        }
    }

    /// The position of the quote that ends the string whose first byte is here, -1 when it has escapes.
    int plainEnd() {
        return StoredMetadata.plainEnd(in, at);
    }

    /// The position behind the value that begins here.
    int behind() {
        return StoredMetadata.behind(in, at);
    }

    void skip() {
        at = behind();
    }
}
