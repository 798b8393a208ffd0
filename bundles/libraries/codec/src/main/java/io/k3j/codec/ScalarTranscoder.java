package io.k3j.codec;

import io.k3j.protobufwire.WireOut;
import io.k3j.schema.Shape;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Function;

/// Values of stored objects as fields of messages: the same bytes that [ProtoWriter] makes of them. What is not as
/// nearly all are is decoded and left to that. One thread.
final class ScalarTranscoder {
    /// What a plain time looks like: a digit where a zero stands.
    private static final String TIME = "0000-00-00T00:00:00Z";
    /// Digits.
    private static final int LONGEST_NUMBER = 18;
    /// Bytes; most of what is decoded apart is shorter.
    private static final int SMALL = 256;
    private final Function<Shape, MessageLayout> plans;
    private final CompactJson in;
    private final WireParts out;

    /// @param in where the value is, shared with the one who reads around it
    /// @param out where its field goes, shared as well
    ScalarTranscoder(Function<Shape, MessageLayout> plans, CompactJson in, WireParts out) {
        this.plans = plans;
        this.in = in;
        this.out = out;
    }

    /// The value that begins here, of any shape. Goes behind it.
    /// @param number the field's
    void value(int number, Shape shape) {
        switch (shape.type()) {
            case STRING -> text(number);
            case BYTES -> base64(number);
            case INT32, INT64 -> whole(number, shape);
            case BOOLEAN -> flag(number, shape);
            case TIME, MICRO_TIME -> time(number, shape);
            case QUANTITY -> quantity(number, shape);
            case FIELDS -> verbatim(number);
            default -> decoded(number, shape);
        }
    }

    /// Without escapes the bytes are the text; with one it is decoded and encoded again.
    private void text(int number) {
        in.expect('"');
        int from = in.at();
        int quote = in.plainEnd();
        if (quote >= 0) {
            out.bytes(number, in.bytes(), from, quote - from);
            in.go(quote + 1);
            return;
        }
        in.go(from - 1);
        int end = in.behind();
        String text = (String) JsonReader.read(in.bytes(), from - 1, end - from + 1).value();
        out.bytes(number, text.getBytes(StandardCharsets.UTF_8));
        in.go(end);
    }

    /// Base 64 has nothing to escape. The decoder is that of [ProtoWriter], which takes the same texts.
    private void base64(int number) {
        in.expect('"');
        int quote = in.plainEnd();
        if (quote < 0) {
            throw in.odd("base64");
        }
        out.bytes(number, Base64.getMimeDecoder().decode(Arrays.copyOfRange(in.bytes(), in.at(), quote)));
        in.go(quote + 1);
    }

    /// Up to 18 digits: more could be beyond 64 bits.
    private void whole(int number, Shape shape) {
        byte[] b = in.bytes();
        int end = in.behind();
        boolean negative = in.here() == '-';
        int from = negative ? in.at() + 1 : in.at();
        if (from == end || end - from > LONGEST_NUMBER) {
            decoded(number, shape);
            return;
        }
        long value = 0;
        for (int i = from; i < end; i++) {
            int digit = b[i] - '0';
            if (digit < 0 || digit > 9) {
                decoded(number, shape);
                return;
            }
            value = value * 10 + digit;
        }
        out.number(number, negative ? -value : value);
        in.go(end);
    }

    /// By its first letter and its length: what the word is was checked when it was stored.
    private void flag(int number, Shape shape) {
        int length = in.behind() - in.at();
        boolean set = in.here() == 't' && length == 4;
        if (set || in.here() == 'f' && length == 5) {
            out.number(number, set ? 1 : 0);
            in.go(in.at() + length);
        } else {
            decoded(number, shape);
        }
    }

    /// A number in place of a text is decoded: its text is to be made as the tree makes it.
    private void quantity(int number, Shape shape) {
        if (in.here() == '"') {
            int mark = out.begin(number);
            text(1);
            out.end(mark);
        } else {
            decoded(number, shape);
        }
    }

    /// Which fields somebody manages: JSON in the message, too. The bytes pass as they stand: what `fieldsV1` holds is
    /// JSON in both forms.
    private void verbatim(int number) {
        int from = in.at();
        int end = in.behind();
        int mark = out.begin(number);
        out.bytes(1, in.bytes(), from, end - from);
        out.end(mark);
        in.go(end);
    }

    /// `"2026-01-02T03:04:05Z"`, as nearly all times are. Written as seconds and nanoseconds in this order; no date is
    /// parsed as text, which would cost more than the rest of metadata.
    private void time(int number, Shape shape) {
        int from = in.at() + 1;
        if (!plainTime(from)) {
            decoded(number, shape);
            return;
        }
        long day = LocalDate.of(100 * two(from) + two(from + 2), two(from + 5), two(from + 8)).toEpochDay();
        int mark = out.begin(number);
        out.number(1, ((day * 24 + two(from + 11)) * 60 + two(from + 14)) * 60 + two(from + 17));
        out.number(2, 0);
        out.end(mark);
        in.go(from + TIME.length() + 1);
    }

    /// Seconds, no fraction, UTC. Days are left to [LocalDate], which refuses the 31st of February.
    private boolean plainTime(int from) {
        byte[] b = in.bytes();
        if (in.here() != '"' || StoredMetadata.plainEnd(b, from) != from + TIME.length()) {
            return false;
        }
        for (int i = 0; i < TIME.length(); i++) {
            byte c = b[from + i];
            if (TIME.charAt(i) == '0' ? c < '0' || c > '9' : c != TIME.charAt(i)) {
                return false;
            }
        }
        return two(from + 11) < 24 && two(from + 14) < 60 && two(from + 17) < 60;
    }

    /// Two digits as a number.
    private int two(int from) {
        byte[] b = in.bytes();
        return 10 * (b[from] - '0') + b[from + 1] - '0';
    }

    /// Decodes the one value that begins here. The bytes are those of [ProtoWriter] by construction.
    void decoded(int number, Shape shape) {
        int end = in.behind();
        Object tree = JsonReader.read(in.bytes(), in.at(), end - in.at()).value();
        WireOut small = new WireOut(SMALL);
        new ProtoWriter(plans, small).field(number, shape, tree);
        out.raw(small.bytes());
        in.go(end);
    }
}
